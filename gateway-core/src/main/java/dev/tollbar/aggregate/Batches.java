package dev.tollbar.aggregate;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.protocol.Batch;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.Fault;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.StrictParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Batches of clients that may send them (MCP 2025-03-26): one message after the other. */
final class Batches {
  private final Lines lines;
  private final Taking taking;

  /** Takes one message of a session. */
  interface Taking {
    void take(JointSession session, Message message, ClientReply reply)
        throws IOException, InterruptedException, MalformedMessageException;
  }

  Batches(Lines lines, Taking taking) {
    this.lines = lines;
    this.taking = taking;
  }

  /** Takes the messages, and answers them as one array. */
  void take(JointSession session, byte[] body, ClientReply reply)
      throws IOException, InterruptedException, MalformedMessageException {
    if (!session.revision().hasBatches()) {
      throw new MalformedMessageException(Fault.BATCH, Optional.empty());
    }
    List<byte[]> answers = new ArrayList<>();
    for (byte[] message : Batch.messages(body)) {
      Collected answer = new Collected(event -> aside(session, event));
      one(session, message, answer);
      answer.message().ifPresent(answers::add);
    }
    if (answers.isEmpty()) {
      reply.accepted();
      return;
    }
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    char before = '[';
    for (byte[] answer : answers) {
      array.write(before);
      array.writeBytes(answer);
      before = ',';
    }
    array.write(']');
    reply.send(200, array.toByteArray());
  }

  private void one(JointSession session, byte[] bytes, Collected answer)
      throws IOException, InterruptedException {
    try {
      Message message = StrictParser.parse(bytes);
      if (message.method().equals("initialize")) {
        String why = "initialize has no place in a batch.";
        answer.send(200, Errors.reply(message.id(), ErrorCode.INVALID_REQUEST, why));
      } else {
        taking.take(session, message, answer);
      }
    } catch (MalformedMessageException e) {
      answer.send(200, Errors.reply(e));
    }
  }

  /** What servers say meanwhile has no stream but the common one. */
  private void aside(JointSession session, Event event) {
    if (session.outlet().write(event)) {
      return;
    }
    ServerMessage.read(event.data())
        .filter(read -> read.kind() == Kind.REQUEST)
        .flatMap(ServerMessage::id)
        .flatMap(ServerIds::origin)
        .ifPresent(origin -> refuse(session, origin));
  }

  private void refuse(JointSession session, ServerIds.Origin origin) {
    Optional<Member> member = session.member(origin.server());
    Optional<Joined> joined = member.flatMap(Member::joined);
    if (joined.isPresent()) {
      String why = "The client does not listen.";
      lines.refuse(
          session, member.orElseThrow(), joined.get(), origin.id(), ErrorCode.INVALID_REQUEST, why);
    }
  }
}
