package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.pipeline.Pinned;
import dev.tollbar.protocol.CacheHints;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Splice;
import dev.tollbar.protocol.StrictParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The lists of all servers as one: each page holds a page of every server that has more. All are
 * asked at once, under one revision of the document; one that is slow or dead is left out, and
 * named.
 */
final class Lists {
  private final Lines lines;
  private final Joining joining;
  private final Shown shown = new Shown();
  private final Settings settings;

  Lists(Lines lines, Joining joining, Settings settings) {
    this.lines = lines;
    this.joining = joining;
    this.settings = settings;
  }

  /** Answers a request for a page of a common list. */
  void list(JointSession client, Message request, Door door, ClientReply reply)
      throws IOException, InterruptedException {
    try {
      reply.send(200, answer(client, request, listing(door)));
    } catch (MalformedCursorException e) {
      String why = String.valueOf(e.getMessage());
      reply.send(200, Errors.reply(request.id(), ErrorCode.INVALID_PARAMS, why));
    }
  }

  private static Listing listing(Door door) {
    return switch (door) {
      case LIST_TOOLS -> Listing.TOOLS;
      case LIST_PROMPTS -> Listing.PROMPTS;
      case LIST_RESOURCES -> Listing.RESOURCES;
      case LIST_TEMPLATES -> Listing.TEMPLATES;
      case LIST_TASKS -> Listing.TASKS;
      default -> throw new IllegalArgumentException("no list: " + door);
    };
  }

  private byte[] answer(JointSession client, Message request, Listing listing)
      throws MalformedCursorException, InterruptedException {
    Optional<Cursor> cursor = Optional.empty();
    Optional<String> asked = request.text("cursor");
    if (asked.isPresent()) {
      cursor = Optional.of(Cursor.of(asked.get()).orElseThrow(MalformedCursorException::new));
    }
    Map<String, Page> pages;
    try (Pinned pinned = lines.pin()) {
      pages = pages(pinned, client, request, listing, cursor);
    }
    return reply(client, request.id().orElseThrow(), listing, pages, cursor);
  }

  /** Reads a whole list of every server for the sake of what is to be learned from it. */
  void learn(JointSession client, Listing listing) throws InterruptedException {
    Optional<Cursor> cursor = Optional.empty();
    try (Pinned pinned = lines.pin()) {
      do {
        Message request = request(client, Changes.method(listing), cursor);
        Map<String, Page> pages = pages(pinned, client, request, listing, cursor);
        shown.entries(client, listing, pages, new ByteArrayOutputStream());
        cursor = next(pages, cursor);
      } while (cursor.isPresent());
    }
  }

  /** A request of the gateway's own; says of the client what the client's own request says. */
  private Message request(JointSession client, String method, Optional<Cursor> cursor) {
    MessageId id = lines.ownId();
    ObjectNode said = JsonNodeFactory.instance.objectNode();
    if (client.revision().isModern()
        && client.initialize().params().path("_meta") instanceof ObjectNode meta) {
      said.set("_meta", meta.deepCopy().without("progressToken"));
    }
    cursor.ifPresent(_ -> said.put("cursor", ""));
    String params = said.isEmpty() ? "" : ",\"params\":" + said;
    String json =
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id.json()
            + ",\"method\":\""
            + method
            + "\""
            + params
            + "}";
    try {
      return StrictParser.parse(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("a request of the gateway's own cannot be read", e);
    }
  }

  private Map<String, Page> pages(
      Pinned pinned, JointSession client, Message request, Listing listing, Optional<Cursor> cursor)
      throws InterruptedException {
    boolean first = cursor.isEmpty();
    Optional<String> revision = pinned.revision();
    FanOut<Page> pages =
        new FanOut<>((server, page) -> {
          if (first) {
            late(client, server, listing, page, revision);
          }
        });
    for (Member member : client.members()) {
      Optional<String> own = cursor.map(it -> it.at().getOrDefault(member.server(), ""));
      if (own.isPresent() && own.get().isEmpty()) {
        continue;
      }
      Optional<Page> kept =
          first ? client.latePages().take(member.server(), listing, revision) : Optional.empty();
      if (kept.isPresent()) {
        pages.ask(member.server(), settings.patience(), kept::get);
        continue;
      }
      boolean missing = member.joined().isEmpty();
      pages.ask(
          member.server(),
          missing ? settings.nudge() : settings.patience(),
          () -> page(pinned, client, member, request, listing, own));
    }
    return pages.answers(server ->
        Page.missing(
            client.member(server).filter(it -> it.joined().isPresent()).isPresent()
                ? "It did not answer in time."
                : Member.NO_ANSWER_YET));
  }

  /** A page came after the list was answered: the client is told to list again, and gets it. */
  private static void late(
      JointSession client, String server, Listing listing, Page page, Optional<String> revision) {
    if (page.entries().isPresent() && client.isAnswered()) {
      client.latePages().keep(server, listing, page, revision);
      Changes.of(listing).ifPresent(client.outlet()::tell);
    }
  }

  private Page page(
      Pinned pinned,
      JointSession client,
      Member member,
      Message request,
      Listing listing,
      Optional<String> cursor)
      throws InterruptedException {
    for (int attempt = 0; attempt < 2; attempt++) {
      boolean joined = joining.join(client, member, settings.patience());
      Optional<Joined> session = member.joined();
      if (!joined || session.isEmpty()) {
        return Page.missing(member.reason());
      }
      if (!session.get().offers(Changes.capability(listing))) {
        return Page.none();
      }
      MessageId id = lines.ownId();
      client.requests().sent(request.id().orElseThrow(), new Requests.Sent(member, id));
      Collected answer =
          lines.ask(pinned, client, member, session.get(), body(request, id, cursor));
      if (answer.status() != 404 || session.get().isAlone()) {
        return answer.message().map(reply -> page(reply, listing, cursor)).orElse(failed());
      }
      // The session is lost, of which the client need not know: its server joins again.
      member.lost(session.get());
    }
    return failed();
  }

  private static Page failed() {
    return Page.missing("Its list could not be had.");
  }

  private static Page page(byte[] reply, Listing listing, Optional<String> cursor) {
    int error = Json.read(reply).map(root -> root.path("error").path("code").asInt()).orElse(0);
    if (error == ErrorCode.METHOD_NOT_FOUND) {
      return Page.none();
    }
    if (error != 0) {
      return failed();
    }
    Page page = Page.of(reply, listing);
    return cursor.isPresent() && page.nextCursor().equals(cursor)
        ? page.last("Its list does not end.")
        : page;
  }

  private static byte[] body(Message request, MessageId id, Optional<String> cursor) {
    Splice splice = new Splice(request.bytes());
    splice.put(request.idRange().orElseThrow(), id.json());
    Optional<Range> range = request.range("params.cursor");
    if (cursor.isPresent() && range.isPresent()) {
      splice.putText(range.get(), cursor.get());
    }
    return splice.bytes();
  }

  private byte[] reply(
      JointSession client,
      MessageId id,
      Listing listing,
      Map<String, Page> pages,
      Optional<Cursor> cursor) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(8 * 1024);
    write(out, "{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + ",\"result\":{\"");
    write(out, listing.member() + "\":[");
    shown.entries(client, listing, pages, out);
    write(out, "]");
    next(pages, cursor).ifPresent(next -> write(out, ",\"nextCursor\":\"" + next.text() + "\""));
    Map<String, String> degraded = degraded(client, pages, cursor);
    if (client.revision().isModern()) {
      write(out, "," + CacheHints.members(degraded.isEmpty() ? ttlMs(pages) : 0));
    }
    write(out, Degraded.meta(degraded));
    write(out, "}}");
    return out.toByteArray();
  }

  /** As long as the page that may be kept the shortest. */
  private static long ttlMs(Map<String, Page> pages) {
    return pages.values().stream()
        .filter(page -> page.entries().isPresent())
        .mapToLong(Page::ttlMs)
        .min()
        .orElse(0);
  }

  private Optional<Cursor> next(Map<String, Page> pages, Optional<Cursor> cursor) {
    int page = cursor.map(Cursor::page).orElse(0) + 1;
    Map<String, String> at = new TreeMap<>();
    pages.forEach((server, read) -> read.nextCursor().ifPresent(next -> at.put(server, next)));
    return at.isEmpty() || page >= settings.mostPages()
        ? Optional.empty()
        : Optional.of(new Cursor(page, at));
  }

  private Map<String, String> degraded(
      JointSession client, Map<String, Page> pages, Optional<Cursor> cursor) {
    Map<String, String> degraded = new TreeMap<>(client.degraded());
    boolean over = cursor.map(Cursor::page).orElse(0) + 1 >= settings.mostPages();
    pages.forEach((server, page) -> {
      page.reason().ifPresent(reason -> degraded.put(server, reason));
      if (over && page.nextCursor().isPresent()) {
        degraded.put(server, "Its list does not end.");
      }
    });
    return degraded;
  }

  private static void write(ByteArrayOutputStream out, String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
