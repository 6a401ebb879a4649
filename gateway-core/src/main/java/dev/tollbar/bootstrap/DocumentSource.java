package dev.tollbar.bootstrap;

import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the document comes from: a file of its own, or a policy and a server of the command line.
 */
interface DocumentSource {

  /** Reads it, as it is now. */
  Reading read(ReadContext context);

  /** The document's file, if it lies in one; its history is kept then. */
  Optional<Path> file();

  /** What people call it. */
  String name();

  /** The folder that its paths are relative to. */
  Path folder();
}
