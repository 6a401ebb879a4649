package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import java.nio.file.Path;
import java.util.Optional;

/** A document in a file of its own. */
record FileSource(Path path) implements DocumentSource {

  @Override
  public Reading read(ReadContext context) {
    return new DocumentReader(context).read(path);
  }

  @Override
  public Optional<Path> file() {
    return Optional.of(path);
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public Path folder() {
    return Optional.ofNullable(path.toAbsolutePath().getParent()).orElseGet(() -> Path.of("/"));
  }
}
