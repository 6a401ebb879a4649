package dev.tollbar.legacy;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.protocol.HeaderParam;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MirroredHeaders;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Splice;
import dev.tollbar.protocol.StrictParser;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Requests as a modern server gets them: as the client wrote them, with what has to be said along
 * spliced into their params.
 */
final class SplicedRequest {
  private SplicedRequest() {}

  /**
   * A client's request.
   *
   * @param headers which arguments its tool wants mirrored
   */
  static UpstreamMessage of(Message request, ClientProfile client, List<HeaderParam> headers) {
    return with(request, request.id().orElseThrow(), client, headers, new LinkedHashMap<>());
  }

  /**
   * A client's request once more, as the next round of one call.
   *
   * @param id of this round
   * @param answers further members of the params, which JSON text each
   */
  static UpstreamMessage again(
      Message request,
      MessageId id,
      ClientProfile client,
      List<HeaderParam> headers,
      SequencedMap<String, String> answers) {
    return with(request, id, client, headers, answers);
  }

  /**
   * A request of the bridge's own.
   *
   * @param params JSON text of an object
   */
  static UpstreamMessage own(MessageId id, String method, String params, ClientProfile client) {
    String json =
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":%s,\"params\":%s}"
            .formatted(id.json(), JsonText.quote(method), params);
    try {
      Message message = StrictParser.parse(json.getBytes(StandardCharsets.UTF_8));
      return of(message, client, List.of());
    } catch (MalformedMessageException e) {
      throw new IllegalStateException(e); // the bridge writes messages that can be read
    }
  }

  private static UpstreamMessage with(
      Message request,
      MessageId id,
      ClientProfile client,
      List<HeaderParam> headers,
      SequencedMap<String, String> members) {
    Splice splice = new Splice(request.bytes());
    if (!request.id().equals(Optional.of(id))) {
      splice.put(request.idRange().orElseThrow(), id.json());
    }
    SequencedMap<String, String> params = new LinkedHashMap<>(members);
    Optional<Range> meta = request.range("params._meta");
    if (meta.isPresent()) {
      set(splice, request, "params._meta", client.meta());
    } else {
      params.putFirst("_meta", object(client.meta()));
    }
    if (request.paramsRange().isPresent()) {
      set(splice, request, "params", params);
    } else {
      splice.addMembers(envelope(request.bytes()), "\"params\":" + object(params));
    }
    return new UpstreamMessage(
        splice.bytes(),
        UpstreamMessage.Kind.REQUEST,
        request.method(),
        Optional.of(id),
        request.progressToken(),
        Optional.of(ClientProfile.SPOKEN.text()),
        MirroredHeaders.of(request, headers));
  }

  /** Replaces the members that are there, and adds the others. */
  private static void set(
      Splice splice, Message request, String path, SequencedMap<String, String> members) {
    List<String> added = new ArrayList<>();
    for (Map.Entry<String, String> member : members.entrySet()) {
      Optional<Range> there = request.range(path + "." + member.getKey());
      if (there.isPresent()) {
        splice.put(there.get(), member.getValue());
      } else {
        added.add(member(member));
      }
    }
    if (!added.isEmpty()) {
      splice.addMembers(request.range(path).orElseThrow(), String.join(",", added));
    }
  }

  /** JSON text of an object with those members. */
  static String object(SequencedMap<String, String> members) {
    return "{"
        + String.join(",", members.entrySet().stream().map(SplicedRequest::member).toList())
        + "}";
  }

  private static String member(Map.Entry<String, String> member) {
    return JsonText.quote(member.getKey()) + ":" + member.getValue();
  }

  private static Range envelope(byte[] bytes) {
    int from = 0;
    while (bytes[from] != '{') {
      from++;
    }
    return new Range(from, bytes.length);
  }
}
