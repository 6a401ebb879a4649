package dev.tollbar.plugins;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** Builds a plugin jar, good or bad, out of source text. */
final class PluginJar {
  static final String RANGE = ">=1.0.0 & <2.0.0";

  /** By source texts: compiling takes most of the time of these tests. */
  private static final Map<List<String>, Map<String, byte[]>> COMPILED = new ConcurrentHashMap<>();

  private final Map<String, String> manifest = new LinkedHashMap<>();
  private final List<String> sources = new ArrayList<>();
  private final List<String> index = new ArrayList<>();
  private final Map<String, byte[]> entries = new LinkedHashMap<>();
  private final List<String> left = new ArrayList<>();
  private int newerBy;

  /** A jar whose manifest is in order, and that is empty otherwise. */
  static PluginJar of(String id) {
    return new PluginJar()
        .with("Manifest-Version", "1.0")
        .with("Plugin-Id", id)
        .with("Plugin-Version", "1.2.3")
        .with("Plugin-Provider", "Acme")
        .with("Plugin-Requires", RANGE);
  }

  static PluginJar withoutManifest() {
    return new PluginJar();
  }

  /** A jar that supplies one good rule kind. */
  static PluginJar ofRuleKind(String id, String kind) {
    return of(id).source(ruleKind("acme.Kind", kind, "")).index("acme.Kind");
  }

  /** The source of a rule kind without config that permits everything. */
  static String ruleKind(String className, String kind, String members) {
    return kind(className, "return \"" + kind + "\";", members);
  }

  /** The source of a rule kind whose method name() has the given body. */
  static String kind(String className, String nameBody, String members) {
    return """
    package %s;
    import dev.tollbar.api.*;
    public class %s implements RuleKind<Config> {
      %s
      public String name() { %s }
      public Class<Config> configType() { return Config.class; }
      public Rule create(Config config, RuleContext context) { return call -> Verdict.permit(); }
    }
    record Config() {}
    """
        .formatted(packageOf(className), simpleName(className), members, nameBody);
  }

  /** The source of a transport kind that cannot be opened. */
  static String transportKind(String className, String kind) {
    return """
    package %s;
    import dev.tollbar.api.*;
    public class %s implements TransportKind<%2$s.Config> {
      public record Config() {}
      public String name() { return "%s"; }
      public Class<Config> configType() { return Config.class; }
      public UpstreamTransport open(Config config, TransportContext context) {
        throw new IllegalStateException(
            String.valueOf(Thread.currentThread().getContextClassLoader() == getClass().getClassLoader()));
      }
    }
    """
        .formatted(packageOf(className), simpleName(className), kind);
  }

  /** The source of a plugin class with the given members. */
  static String plugin(String className, String members) {
    return """
    package %s;
    public class %s extends org.pf4j.Plugin {
      %s
    }
    """
        .formatted(packageOf(className), simpleName(className), members);
  }

  PluginJar with(String name, String value) {
    manifest.put(name, value);
    return this;
  }

  PluginJar without(String name) {
    manifest.remove(name);
    return this;
  }

  PluginJar source(String code) {
    sources.add(code);
    return this;
  }

  PluginJar index(String... lines) {
    index.addAll(List.of(lines));
    return this;
  }

  PluginJar entry(String name, String text) {
    entries.put(name, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** Replaces classes by those of the same name that another jar was to have. */
  PluginJar classesOf(PluginJar other) {
    entries.putAll(other.classes());
    return this;
  }

  /** Compiled, but not put into the jar. */
  PluginJar leavingOut(String classEntry) {
    left.add(classEntry);
    return this;
  }

  /** Marks the classes as compiled for a later Java than this. */
  PluginJar compiledForJavaNewerBy(int releases) {
    newerBy = releases;
    return this;
  }

  Path write(Path folder, String file) {
    try {
      Map<String, byte[]> contents = new LinkedHashMap<>();
      if (!manifest.isEmpty()) {
        contents.put("META-INF/MANIFEST.MF", manifestText().getBytes(StandardCharsets.UTF_8));
      }
      if (!index.isEmpty()) {
        contents.put(
            "META-INF/extensions.idx", String.join("\n", index).getBytes(StandardCharsets.UTF_8));
      }
      contents.putAll(classes());
      contents.putAll(entries);
      left.forEach(contents::remove);
      Path jar = folder.resolve(file);
      try (OutputStream out = Files.newOutputStream(jar);
          ZipOutputStream zip = new ZipOutputStream(out)) {
        for (Map.Entry<String, byte[]> content : contents.entrySet()) {
          zip.putNextEntry(new ZipEntry(content.getKey()));
          zip.write(content.getValue());
          zip.closeEntry();
        }
      }
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String manifestText() {
    StringBuilder text = new StringBuilder();
    manifest.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }

  private Map<String, byte[]> classes() {
    Map<String, byte[]> classes = new LinkedHashMap<>();
    COMPILED
        .computeIfAbsent(List.copyOf(sources), PluginJar::compile)
        .forEach((name, bytes) -> classes.put(name, forNewerJava(bytes.clone())));
    return classes;
  }

  private byte[] forNewerJava(byte[] bytes) {
    bytes[7] += (byte) newerBy;
    return bytes;
  }

  private static Map<String, byte[]> compile(List<String> sources) {
    if (sources.isEmpty()) {
      return Map.of();
    }
    try {
      Path out = Files.createTempDirectory("plugin-classes");
      StringWriter messages = new StringWriter();
      List<String> options = List.of("-d", out.toString(), "-proc:none", "-classpath", classPath());
      List<Source> units = sources.stream().map(Source::new).toList();
      var compiler = ToolProvider.getSystemJavaCompiler();
      if (!compiler.getTask(messages, null, null, options, null, units).call()) {
        throw new IllegalStateException(messages.toString());
      }
      Map<String, byte[]> classes = new LinkedHashMap<>();
      try (Stream<Path> files = Files.walk(out)) {
        for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
          classes.put(out.relativize(file).toString(), Files.readAllBytes(file));
        }
      }
      Generation.delete(out);
      return classes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String classPath() {
    return System.getProperty("java.class.path");
  }

  private static String packageOf(String className) {
    return className.substring(0, className.lastIndexOf('.'));
  }

  private static String simpleName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  private static final class Source extends SimpleJavaFileObject {
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile("public (?:class|record|interface) (\\w+)");

    private final String code;

    Source(String code) {
      super(
          URI.create(
              "string:///"
                  + group(PACKAGE, code).replace('.', '/')
                  + "/"
                  + group(TYPE, code)
                  + Kind.SOURCE.extension),
          Kind.SOURCE);
      this.code = code;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return code;
    }

    private static String group(Pattern pattern, String code) {
      Matcher matcher = pattern.matcher(code);
      if (!matcher.find()) {
        throw new IllegalArgumentException(code);
      }
      return matcher.group(1);
    }
  }
}
