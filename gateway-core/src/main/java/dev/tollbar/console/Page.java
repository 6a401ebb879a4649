package dev.tollbar.console;

import dev.tollbar.http.AdminReply;
import dev.tollbar.http.AdminRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files of the console, out of the program's own jars. A browser asks each time whether they
 * have changed. They may load and reach nothing but the gateway itself.
 */
final class Page {
  private static final String BASE = "/console/";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** Preact with htm and hooks, one module. */
  private static final String LIBRARY =
      "/META-INF/resources/_static/htm/3.1.1/preact/standalone.module.js";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "webmanifest", "application/manifest+json");

  private record Shown(byte[] bytes, String etag) {}

  private final Map<String, Shown> files = new ConcurrentHashMap<>();

  AdminReply answer(AdminRequest request) throws ApiProblem {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      throw ApiProblem.of(405, "method_not_allowed", "Expected GET.").with("Allow", "GET, HEAD");
    }
    if (!request.path().startsWith(BASE)) {
      return new AdminReply.Whole(308, Map.of("Location", BASE), new byte[0]);
    }
    String name = request.path().substring(BASE.length());
    String file = name.isEmpty() ? "index.html" : name;
    if (!file.matches("[a-z]+\\.[a-z]+")) {
      throw ApiProblem.notFound("The console has no such file.");
    }
    Shown shown = files.get(file);
    if (shown == null) {
      shown = load(file);
      files.put(file, shown);
    }
    Map<String, String> headers = new HashMap<>();
    headers.put("ETag", shown.etag());
    headers.put("Cache-Control", "no-cache");
    headers.put("Content-Security-Policy", POLICY);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    if (request.header("if-none-match").filter(shown.etag()::equals).isPresent()) {
      return new AdminReply.Whole(304, headers, new byte[0]);
    }
    headers.put(
        "Content-Type",
        TYPES.getOrDefault(file.substring(file.indexOf('.') + 1), "application/octet-stream"));
    return new AdminReply.Whole(200, headers, shown.bytes());
  }

  private static Shown load(String file) throws ApiProblem {
    String resource = file.equals("preact.js") ? LIBRARY : "page/" + file;
    try (InputStream in = Page.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw ApiProblem.notFound("The console has no such file.");
      }
      byte[] bytes = in.readAllBytes();
      String digest =
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 12);
      return new Shown(bytes, '"' + digest + '"');
    } catch (IOException e) {
      throw new UncheckedIOException("a file of the program's own", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
