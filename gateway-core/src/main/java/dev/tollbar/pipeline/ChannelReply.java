package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.SseText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way back for one message on a channel. HTTP statuses have no place there. Of a stream only
 * the messages are passed on: event ids and comments belong to one stream of one client.
 */
final class ChannelReply implements ClientReply {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelReply.class);

  /** A message is held in memory, since the messages of others must not get into its middle. */
  private static final int LARGEST = 64 * 1024 * 1024;

  /** So often a stream may be resumed that has nothing new. */
  private static final int MOST_IN_VAIN = 10;

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Channel channel;
  private final Optional<MessageId> request;
  private final boolean wantsAnswer;
  private final int largest;
  private final Consumer<String> opened;
  private Optional<String> lastEvent = Optional.empty();
  private Duration pause = Duration.ofSeconds(1);
  private boolean streamed;
  private boolean heard;
  private boolean answered;
  private boolean resuming;

  private ChannelReply(
      Channel channel,
      Optional<MessageId> request,
      boolean wantsAnswer,
      int largest,
      Consumer<String> opened) {
    this.channel = channel;
    this.request = request;
    this.wantsAnswer = wantsAnswer;
    this.largest = largest;
    this.opened = opened;
  }

  /**
   * For a message of a client.
   *
   * @param opened is told of the session that the message opens, before the client is
   */
  static ChannelReply to(Item item, Channel channel, Consumer<String> opened) {
    return to(item, channel, LARGEST, opened);
  }

  static ChannelReply to(Item item, Channel channel, int largest, Consumer<String> opened) {
    return new ChannelReply(channel, item.id(), item.wantsAnswer(), largest, opened);
  }

  /** For what cannot be read, and so has no id. */
  static ChannelReply toWhatCannotBeRead(Channel channel) {
    return new ChannelReply(channel, Optional.empty(), true, LARGEST, _ -> {});
  }

  /** For what is not answered: what the server says by itself, and the end of a session. */
  static ChannelReply silent(Channel channel) {
    return new ChannelReply(channel, Optional.empty(), false, LARGEST, _ -> {});
  }

  /** Takes the message through the gateway. A request is answered, whatever happens on the way. */
  void answer(Item item) {
    try {
      item.posting().post(this);
      resume(item);
    } catch (IOException e) {
      LOG.debug("the answer broke off: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!answered && request.isPresent()) {
      apologise("The server behind the gateway broke off before it answered.");
    }
  }

  /**
   * A server may end a stream before the answer, for its client to come back (MCP 2025-11-25,
   * basic/transports, "Resumability"). A client of a channel cannot, so this is done for it.
   */
  private void resume(Item item) throws IOException, InterruptedException {
    if (answered || request.isEmpty() || lastEvent.isEmpty()) {
      return;
    }
    resuming = true;
    for (int inVain = 0; !answered && inVain < MOST_IN_VAIN; ) {
      Optional<String> from = lastEvent;
      Thread.sleep(pause);
      streamed = false;
      item.resume(from.get(), this);
      // Refused once is refused for ever.
      inVain = !streamed ? MOST_IN_VAIN : lastEvent.equals(from) ? inVain + 1 : 0;
    }
    answered |= !item.giveUp();
  }

  private void apologise(String text) {
    answered = true;
    try {
      channel.message(Errors.reply(request, Failures.CODE, text));
    } catch (IOException e) {
      LOG.debug("the client left: {}", e.getMessage());
    }
  }

  /** Whether there was a stream, which may have ended. */
  boolean streamed() {
    return streamed;
  }

  /** Whether a message came on the stream. */
  boolean heard() {
    return heard;
  }

  @Override
  public void session(String id) {
    opened.accept(id);
  }

  @Override
  public void challenge(String challenge) {}

  @Override
  public void accepted() {}

  @Override
  public void send(int status, byte[] json) throws IOException {
    if (wantsAnswer && !resuming) {
      answered = true;
      channel.message(json);
    }
  }

  @Override
  public OutputStream json(int status, OptionalLong length) {
    return new Whole();
  }

  @Override
  public Events events() {
    streamed = true;
    return new Events() {
      @Override
      public void write(Event event) throws IOException {
        SseText.id(event.raw()).ifPresent(id -> lastEvent = Optional.of(id));
        SseText.retry(event.raw()).ifPresent(ChannelReply.this::pause);
        if (event.data().length > 0) {
          heard = true;
          answered |= isAnswer(event.data());
          channel.message(event.data());
        }
      }

      @Override
      public void close() {}
    };
  }

  private void pause(long millis) {
    pause = Duration.ofMillis(Math.min(millis, LONGEST_PAUSE.toMillis()));
  }

  private boolean isAnswer(byte[] data) {
    return request.isPresent()
        && ServerMessage.read(data)
            .filter(it -> it.kind() == Kind.RESPONSE && it.id().equals(request))
            .isPresent();
  }

  /** Gathers a message of unknown length. */
  private final class Whole extends OutputStream {
    private final ByteArrayOutputStream message = new ByteArrayOutputStream(64 * 1024);

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (message.size() + length > largest) {
        apologise("The answer of the server is larger than " + largest + " bytes.");
        throw new IOException("the answer is too large for a channel");
      }
      message.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      answered = true;
      channel.message(message.toByteArray());
    }
  }
}
