package dev.tollbar.distribution;

import java.io.IOException;

/** server-everything over streamable HTTP, on loopback. */
final class EverythingOverHttp implements AutoCloseable {
  private final LoopbackServer server;

  private EverythingOverHttp(LoopbackServer server) {
    this.server = server;
  }

  /**
   * Starts the server and waits until it listens.
   *
   * @param port 0 for one that is free
   */
  static EverythingOverHttp start(NpmPackages npm, int port)
      throws IOException, InterruptedException {
    return new EverythingOverHttp(LoopbackServer.start(npm.everythingOverHttp(), port));
  }

  int port() {
    return server.port();
  }

  String url() {
    return server.url();
  }

  @Override
  public void close() {
    server.close();
  }
}
