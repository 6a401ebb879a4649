package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.upstream.Room;
import dev.tollbar.upstream.Server;
import dev.tollbar.upstream.ServerLines;
import dev.tollbar.upstream.ToolCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class OpenServersTest {
  private final List<String> closed = new ArrayList<>();
  private final OpenServers servers = new OpenServers();

  private Server server(String name) {
    UpstreamTransport transport =
        new UpstreamTransport() {
          @Override
          public UpstreamSession connect() throws UpstreamException {
            throw new UpstreamException(UpstreamException.Reason.UNREACHABLE, false, 0, "none");
          }

          @Override
          public Health health() {
            return new Health(true, "");
          }

          @Override
          public void close() {
            closed.add(name);
          }
        };
    ServerLines lines =
        new ServerLines() {
          @Override
          public UpstreamSession forSession() throws UpstreamException, InterruptedException {
            return transport.connect();
          }

          @Override
          public UpstreamSession resume(String token)
              throws UpstreamException, InterruptedException {
            return transport.connect();
          }

          @Override
          public UpstreamSession forRequests(String grant)
              throws UpstreamException, InterruptedException {
            return transport.connect();
          }

          @Override
          public void close() {
            closed.add("lines of " + name);
          }
        };
    return new Server(
        name, name, transport, lines, new ToolCatalog(), new Room(Room.Terms.DEFAULT));
  }

  @Test
  void aServerIsClosedWhenTheLastRevisionHasLeftTheLinesFirst() {
    Server server = server("a");
    servers.opened(server, Optional.empty());
    servers.enter(List.of(server));
    servers.enter(List.of(server));

    servers.leave(List.of(server));
    assertThat(closed).isEmpty();
    servers.leave(List.of(server));
    assertThat(closed).containsExactly("lines of a", "a");
    servers.leave(List.of(server));
    assertThat(closed).hasSize(2);
  }

  @Test
  void oneThatCameNotToBeUsedIsDropped() {
    Server kept = server("kept");
    Server dropped = server("dropped");
    servers.opened(kept, Optional.empty());
    servers.opened(dropped, Optional.empty());
    servers.enter(List.of(kept));

    servers.drop(List.of(dropped));

    assertThat(closed).containsExactly("lines of dropped", "dropped");
  }

  @Test
  void isOfTheCodeThatItWasOpenedWith() {
    Server server = server("a");
    Object code = new Object();
    servers.opened(server, Optional.of(code));

    assertThat(servers.isOf(server, Optional.of(code))).isTrue();
    assertThat(servers.isOf(server, Optional.of(new Object()))).isFalse();
    assertThat(servers.isOf(server, Optional.empty())).isFalse();
    assertThat(servers.isOf(server("a"), Optional.of(code))).isFalse();
  }
}
