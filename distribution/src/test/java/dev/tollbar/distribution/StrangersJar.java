package dev.tollbar.distribution;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A plugin that somebody compiled against the jars of the archive. */
final class StrangersJar {

  private static final class Source extends SimpleJavaFileObject {
    private final String code;

    Source(String type, String code) {
      super(URI.create("string:///" + type.replace('.', '/') + Kind.SOURCE.extension), Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }
  }

  private StrangersJar() {}

  /**
   * Builds a plugin of one source file; the annotation processor of PF4J writes its index.
   *
   * @param type the name of the public class in it
   */
  static byte[] build(
      Archive archive, Path work, String id, String version, String type, String code)
      throws IOException {
    Path classes = Files.createTempDirectory(work, "classes");
    StringWriter messages = new StringWriter();
    List<JavaFileObject> units = List.of(new Source(type, code));
    List<String> options =
        List.of("-proc:full", "-d", classes.toString(), "-cp", libraries(archive), "-nowarn");
    var compiler = ToolProvider.getSystemJavaCompiler();
    if (!compiler.getTask(messages, null, null, options, null, units).call()) {
      throw new IOException(messages.toString());
    }
    Path jar = Files.createTempFile(work, id, ".zip");
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
      zip.write(
          """
          Manifest-Version: 1.0
          Plugin-Id: %s
          Plugin-Version: %s
          Plugin-Requires: >=1.0.0 & <2.0.0
          """
              .formatted(id, version)
              .getBytes(StandardCharsets.UTF_8));
      try (Stream<Path> built = Files.walk(classes)) {
        for (Path one : built.filter(Files::isRegularFile).toList()) {
          zip.putNextEntry(new ZipEntry(classes.relativize(one).toString()));
          Files.copy(one, zip);
        }
      }
    }
    return Files.readAllBytes(jar);
  }

  /** Puts a file in its place in one step. */
  static void rename(byte[] jar, Path target) throws IOException {
    Path draft = Files.write(target.resolveSibling(target.getFileName() + ".part"), jar);
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String libraries(Archive archive) throws IOException {
    List<String> jars = new ArrayList<>();
    for (String jar : archive.files("lib")) {
      if (jar.matches("(plugin-api|pf4j|jackson|slf4j-api).*")) {
        jars.add(archive.home().resolve("lib").resolve(jar).toString());
      }
    }
    return String.join(java.io.File.pathSeparator, jars);
  }
}
