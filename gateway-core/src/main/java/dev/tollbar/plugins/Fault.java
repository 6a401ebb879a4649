package dev.tollbar.plugins;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts into words what a plugin's code threw. */
final class Fault {
  /** Class file versions run 44 ahead of Java's. */
  private static final int CLASS_FILE_OFFSET = 44;

  private static final Pattern CLASS_FILE_VERSION = Pattern.compile("class file version (\\d+)");
  private static final Pattern CLASS_NAME = Pattern.compile("[\\w$./-]+");

  private Fault() {}

  /** One line without the beginning: what happened, and what to do about it. */
  static String words(Throwable thrown, PluginApi api) {
    Throwable fault = innermost(thrown);
    String message = fault.getMessage() == null ? "" : fault.getMessage();
    return switch (fault) {
      case UnsupportedClassVersionError _ -> newerJava(message);
      case NoClassDefFoundError _ when CLASS_NAME.matcher(message).matches() -> missing(message);
      case ClassNotFoundException _ when CLASS_NAME.matcher(message).matches() -> missing(message);
      case IncompatibleClassChangeError _ ->
          "it does not fit the classes it was loaded with ("
              + Quoted.text(message)
              + "); build it against plugin API "
              + api.version();
      default -> failed(fault, message);
    };
  }

  /** The fault itself, without what reflection, initialisers and threads wrap around it. */
  private static Throwable innermost(Throwable thrown) {
    Throwable fault = thrown;
    while (isWrapping(fault) && fault.getCause() != null) {
      fault = fault.getCause();
    }
    return fault;
  }

  private static boolean isWrapping(Throwable thrown) {
    return thrown instanceof ExecutionException
        || thrown instanceof InvocationTargetException
        || thrown instanceof PluginCreationException
        || thrown instanceof ExceptionInInitializerError;
  }

  private static String newerJava(String message) {
    Matcher version = CLASS_FILE_VERSION.matcher(message);
    int here = Runtime.version().feature();
    String built =
        version.find()
            ? "Java " + (Integer.parseInt(version.group(1)) - CLASS_FILE_OFFSET)
            : "a newer Java";
    return "it was compiled for %s and this gateway runs on Java %d; build it with --release %d"
        .formatted(built, here, here);
  }

  private static String missing(String className) {
    return "class "
        + Quoted.text(className.replace('/', '.'))
        + " is missing; put it into the jar: a plugin sees its own classes, the plugin API, PF4J,"
        + " Jackson and slf4j, and nothing else of the gateway";
  }

  private static String failed(Throwable fault, String message) {
    String what = message.isBlank() ? fault.getClass().getSimpleName() : message;
    return "it failed with " + Quoted.text(what) + "; the plugin's author can tell why";
  }
}
