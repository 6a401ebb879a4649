package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import java.nio.file.Path;
import java.util.Optional;

/** A document in a file of its own. */
record FileSource(Path file) implements DocumentSource {

  @Override
  public Reading read(ReadContext context) {
    return new DocumentReader(context).read(file);
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public Path folder() {
    return Optional.ofNullable(file.toAbsolutePath().getParent()).orElseGet(() -> Path.of("/"));
  }
}
