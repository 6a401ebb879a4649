package dev.tollbar.distribution;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks a port of this machine under any name, as a page of another site may make a browser do. */
final class WireHost {
  private final int port;
  private String lastBody = "";

  WireHost(int port) {
    this.port = port;
  }

  /** The status of a GET. */
  int status(String path, String host) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request =
          "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      lastBody = answer;
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  /** The whole answer to the last request. */
  String lastBody() {
    return lastBody;
  }
}
