package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.StrictParser;
import dev.tollbar.upstream.ServerLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Wire facts, section 5.17: clients that leave without a word do not use up a server. */
class RoomyLinesTest {
  private static final byte[] INITIALIZE =
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
      "capabilities":{},"clientInfo":{"name":"c","version":"1"}}}\
      """
          .getBytes(StandardCharsets.UTF_8);

  private static final class Line implements UpstreamSession {
    private boolean alive = true;

    @Override
    public UpstreamReply send(UpstreamMessage message) {
      return new UpstreamReply.Accepted();
    }

    @Override
    public EventStream listen(Optional<String> lastEventId) throws UpstreamException {
      throw new UpstreamException(Reason.REFUSED, true, 405, "no stream");
    }

    @Override
    public boolean alive() {
      return alive;
    }

    @Override
    public void close() {
      alive = false;
    }
  }

  /** A server that has room for two. */
  private static final class Two implements ServerLines {
    private final List<Line> opened = new ArrayList<>();

    @Override
    public UpstreamSession forSession() throws UpstreamException {
      if (opened.stream().filter(Line::alive).count() == 2) {
        throw new UpstreamException(Reason.EXHAUSTED, false, 0, "all 2 are in use");
      }
      Line line = new Line();
      opened.add(line);
      return line;
    }

    @Override
    public UpstreamSession resume(String token) throws UpstreamException {
      return forSession();
    }

    @Override
    public UpstreamSession forRequests(String grant) throws UpstreamException {
      return forSession();
    }

    @Override
    public void close() {}
  }

  @TempDir private Path data;
  private final Two server = new Two();
  private Sessions sessions;
  private RoomyLines lines;

  @BeforeEach
  void open() throws IOException {
    sessions =
        new Sessions(
            SessionSeal.open(data, new SecureRandom()),
            EndedSessions.open(data, InstantSource.system()),
            InstantSource.system(),
            new Sessions.Bounds(10, Duration.ofHours(1), Duration.ofHours(1)));
    lines = new RoomyLines("files", server, sessions);
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  private Session session() throws Exception {
    Reach reach = new Reach("files", "digest", lines::forSession, lines::resume);
    return sessions
        .open(
            "laptop",
            reach,
            Revision.newestLegacy(),
            lines.forSession(),
            StrictParser.parse(INITIALIZE))
        .orElseThrow();
  }

  @Test
  void theSessionThatNobodyUsedForLongestGivesUpItsLine() throws Exception {
    Session first = session();
    session();
    first.touch();

    session();

    assertThat(server.opened).extracting(Line::alive).containsExactly(true, false, true);
    lines.forRequests("laptop");
    assertThat(server.opened).extracting(Line::alive).containsExactly(false, false, true, true);
  }

  @Test
  void aSessionThatGaveUpItsLineIsStillGood() throws Exception {
    Session first = session();
    session();
    session();

    Reach reach = new Reach("files", "digest", lines::forSession, lines::resume);
    assertThat(sessions.find(first.id(), "laptop", reach)).isPresent();
  }

  @Test
  void nobodyWhoWaitsOrListensGivesUpALine() throws Exception {
    session().begin(MessageId.number(1));
    session().listenIfNobodyDoes();

    assertThatThrownBy(this::session).hasMessage("all 2 are in use");
    assertThat(server.opened).extracting(Line::alive).containsExactly(true, true);
  }

  @Test
  void sessionsOnOtherServersKeepTheirLines() throws Exception {
    session();
    session();

    assertThatThrownBy(() -> new RoomyLines("other", server, sessions).forSession())
        .hasMessage("all 2 are in use");
  }
}
