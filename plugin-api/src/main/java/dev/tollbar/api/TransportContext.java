package dev.tollbar.api;

import java.nio.file.Path;
import java.time.Duration;
import org.slf4j.Logger;

/** What a transport may touch. Valid as long as the transport; safe for use by many threads. */
public interface TransportContext {

  /** The server's name in the document. */
  String server();

  /** The document's {@code timeout} of the server: how long the server may be silent. */
  Duration timeout();

  /** The folder of the document, for relative paths. */
  Path folder();

  /** A logger that carries the server's name. Never log message bodies or secrets. */
  Logger logger();
}
