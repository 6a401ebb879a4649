package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A policy in a file, and its server from the command line. */
record PolicySource(Path policy, String server, Optional<String> upstream, List<String> command)
    implements DocumentSource {

  @Override
  public Reading read(ReadContext context) {
    return new DocumentReader(context).readPolicy(policy, server, serverEntry());
  }

  /** The server as a document would write it. */
  private ObjectNode serverEntry() {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    ObjectNode transport = entry.putObject("transport");
    if (upstream.isPresent()) {
      transport.putObject("streamable_http").put("url", upstream.get());
      return entry;
    }
    ObjectNode stdio = transport.putObject("stdio");
    stdio.put("command", command.getFirst());
    ArrayNode args = stdio.putArray("args");
    command.stream().skip(1).forEach(args::add);
    return entry;
  }

  @Override
  public Optional<Path> file() {
    return Optional.of(policy);
  }

  @Override
  public String name() {
    return policy.toString();
  }

  /** Of the command, which was typed there. */
  @Override
  public Path folder() {
    return Path.of("").toAbsolutePath();
  }
}
