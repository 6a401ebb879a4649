package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.EnvironmentAccess;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.ResourceLimits;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;
import org.graalvm.polyglot.io.IOAccess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes contexts that can compute and do nothing else. One engine, so that they share parsed code;
 * a context each for every worker and script, so that scripts cannot see each other.
 *
 * <p>The host side of the sandbox is what {@code SandboxPolicy.CONSTRAINED} demands, and a test
 * says so. The policy itself is not set: it forbids most options below, and without {@code
 * js.bigint=false} one expression can compute for minutes and heed no signal.
 */
final class Sandbox implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sandbox.class);
  private static final int LONGEST_STRING = 16 * 1024 * 1024;

  // All contexts of one engine must have equal options, or they do not share code.
  private static final Map<String, String> OPTIONS =
      Map.ofEntries(
          Map.entry("js.strict", "true"),
          Map.entry("js.disable-eval", "true"),
          Map.entry("js.load", "false"),
          Map.entry("js.print", "false"),
          Map.entry("js.console", "false"),
          Map.entry("js.bigint", "false"),
          Map.entry("js.atomics", "false"),
          Map.entry("js.shared-array-buffer", "false"),
          Map.entry("js.webassembly", "false"),
          Map.entry("js.graal-builtin", "false"),
          Map.entry("js.polyglot-builtin", "false"),
          Map.entry("js.java-package-globals", "false"),
          Map.entry("js.regexp-static-result", "false"),
          Map.entry("js.locale", "en-US"),
          Map.entry("js.string-length-limit", Integer.toString(LONGEST_STRING)));

  // One engine takes one HostAccess only; this is NONE without its conversions to mutable types.
  private static final HostAccess HOST_ACCESS =
      HostAccess.newBuilder(HostAccess.NONE).allowMutableTargetMappings().build();

  private static final Source PRELUDE = prelude();

  private final Engine engine;

  /**
   * The engine looks for its languages with the loader of the thread that makes it. A plugin's own
   * loader does not show them: they are the gateway's.
   */
  Sandbox() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(Engine.class.getClassLoader());
    try {
      engine =
          Engine.newBuilder("js")
              .in(InputStream.nullInputStream())
              .out(OutputStream.nullOutputStream())
              .err(OutputStream.nullOutputStream())
              .useSystemProperties(false)
              .option("engine.WarnInterpreterOnly", "false")
              .build();
    } finally {
      thread.setContextClassLoader(before);
    }
    sayWhichRuntime(
        LOG,
        engine.getImplementationName(),
        ModuleLayer.boot().findModule("jdk.internal.vm.ci").isPresent());
  }

  /**
   * Says by what scripts are run.
   *
   * @param asked whether the JVM was told to let a compiler in
   */
  static void sayWhichRuntime(Logger log, String runtime, boolean asked) {
    if (!runtime.equals("Interpreted")) {
      log.info("scripts are run by the optimizing runtime: {}", runtime);
    } else if (asked) {
      log.warn(
          "scripts are run by the interpreter: the optimizing runtime was asked for (-XX:+EnableJVMCI), and its"
              + " compiler is not there or does not fit this JDK; see docs/scripts.md");
    } else {
      log.debug("scripts are run by the interpreter");
    }
  }

  /** A new context, still as the language makes it. */
  Context context(long statements) {
    Context.Builder builder =
        harmless(Context.newBuilder("js").engine(engine))
            .allowExperimentalOptions(true)
            .resourceLimits(ResourceLimits.newBuilder().statementLimit(statements, null).build());
    return builder.options(OPTIONS).build();
  }

  /** Takes everything from scripts that reaches out of them. */
  static Context.Builder harmless(Context.Builder builder) {
    return builder
        .in(InputStream.nullInputStream())
        .out(OutputStream.nullOutputStream())
        .err(OutputStream.nullOutputStream())
        .allowHostAccess(HOST_ACCESS)
        .allowHostClassLookup(name -> false)
        .allowHostClassLoading(false)
        .allowIO(IOAccess.NONE)
        .allowNativeAccess(false)
        .allowCreateThread(false)
        .allowCreateProcess(false)
        .allowInnerContextOptions(false)
        .allowValueSharing(false)
        .allowPolyglotAccess(PolyglotAccess.NONE)
        .allowEnvironmentAccess(EnvironmentAccess.NONE)
        .timeZone(ZoneOffset.UTC);
  }

  /** Freezes a new context; gives back what prepares a script in it: see {@code sandbox.js}. */
  static Value freeze(Context context, Console console) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    return context
        .eval(PRELUDE)
        .execute(
            console,
            Asking.CHECK,
            JsonView.of(object),
            JsonView.of(JsonNodeFactory.instance.arrayNode()));
  }

  private static Source prelude() {
    return Source.newBuilder("js", resource("sandbox.js"), "sandbox.js")
        .internal(true)
        .buildLiteral();
  }

  /** A JavaScript file of this plugin. */
  static String resource(String name) {
    try (InputStream file = Objects.requireNonNull(Sandbox.class.getResourceAsStream(name))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends what still runs, as far as it can be ended, and frees the engine. */
  @Override
  public void close() {
    engine.close(true);
  }
}
