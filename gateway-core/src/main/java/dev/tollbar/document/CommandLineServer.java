package dev.tollbar.document;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A server that was named on the command line: read as if it stood in a document. */
final class CommandLineServer {
  private static final String NAME = "command line";

  private final Desk desk;

  CommandLineServer(Desk desk) {
    this.desk = desk;
  }

  Map<String, ServerSpec> servers(String name, ObjectNode entry) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putObject("servers").set(name, entry);
    List<Problem> found = new ArrayList<>();
    Map<String, ServerSpec> servers = new LinkedHashMap<>();
    try {
      int before = desk.problems().size();
      Source source = SourceParser.parse(NAME + ".json", root.toString(), found);
      new GatewayReader(desk)
          .servers(source.place().child("servers"))
          .forEach((key, spec) -> servers.put(key, withoutPositions(spec)));
      List<Problem> added = desk.problems().subList(before, desk.problems().size());
      found.addAll(added);
      added.clear();
    } catch (RejectedException e) {
      found.add(e.problem());
    }
    desk.problems().addAll(withoutPositions(found));
    return servers;
  }

  /** What is wrong with a server is often found only when its transport is made. */
  private static ServerSpec withoutPositions(ServerSpec spec) {
    return new ServerSpec(
        spec.name(),
        spec.kind(),
        spec.plugin(),
        spec.timeout(),
        spec.capacity(),
        spec.digest(),
        context -> {
          try {
            return spec.open(context);
          } catch (DocumentException e) {
            throw new DocumentException(withoutPositions(e.problems()));
          }
        });
  }

  /** A command line has no lines and columns. */
  private static List<Problem> withoutPositions(List<Problem> problems) {
    return problems.stream()
        .map(problem -> new Problem(NAME, 0, 0, problem.pointer(), problem.message()))
        .toList();
  }
}
