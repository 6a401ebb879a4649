package dev.tollbar.plugins;

import dev.tollbar.api.RuleKind;
import dev.tollbar.api.TransportKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The kinds of one plugin, by the index that PF4J's annotation processor writes into the jar.
 * PF4J's own look-up leaves out silently what it cannot create, so it is not used.
 */
final class KindIndex {
  private static final String INDEX = "META-INF/extensions.idx";

  private KindIndex() {}

  /**
   * Creates every kind of the index.
   *
   * @throws Refusal if one cannot be used, or there is none
   */
  static List<LoadedKind> read(PluginThread thread, ConfigCheck configs, String plugin, String jar)
      throws Refusal, InterruptedException {
    List<String> names = classNames(thread.classLoader());
    if (names.isEmpty()) {
      throw new Refusal("it is no plugin: it supplies no rule kind and no transport kind");
    }
    List<LoadedKind> kinds = new ArrayList<>();
    for (String name : names) {
      String doing = "the kind " + Quoted.text(name) + " cannot be used";
      LoadedKind kind =
          thread.call(
              doing,
              () -> {
                Object made = create(doing, name, thread.classLoader());
                return check(doing, made, new Origin(thread, configs, plugin, jar));
              });
      checkIsNew(kind, kinds);
      kinds.add(kind);
    }
    return kinds;
  }

  private static List<String> classNames(ClassLoader plugin) throws Refusal {
    try (InputStream in = plugin.getResourceAsStream(INDEX)) {
      if (in == null) {
        throw new Refusal(
            INDEX
                + " is missing; expected one line for each kind: mark them with @Extension and let"
                + " the compiler run annotation processors (-proc:full since JDK 23)");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.replaceFirst("#.*", "").strip())
          .filter(line -> !line.isEmpty())
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new Refusal(INDEX + " cannot be read; build or copy the jar again", e);
    }
  }

  private static Object create(String doing, String name, ClassLoader plugin)
      throws Refusal, ReflectiveOperationException {
    Class<?> type = load(doing, name, plugin);
    if (RuleKind.class.isAssignableFrom(type) == TransportKind.class.isAssignableFrom(type)) {
      throw new Refusal(doing + ": expected either a rule kind or a transport kind");
    }
    try {
      return type.getConstructor().newInstance();
    } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
      throw new Refusal(
          doing + ": expected a public class with a public constructor without parameters", e);
    }
  }

  private static Class<?> load(String doing, String name, ClassLoader plugin)
      throws Refusal, ClassNotFoundException {
    try {
      return Class.forName(name, true, plugin);
    } catch (ClassNotFoundException e) {
      // Thrown for the class itself; what it refers to is a NoClassDefFoundError.
      throw new Refusal(
          doing + ": " + INDEX + " names it and the jar has no such class; build the jar anew", e);
    }
  }

  /** Where a kind comes from, and who knows whether its config can be read. */
  private record Origin(PluginThread thread, ConfigCheck configs, String plugin, String jar) {}

  private static LoadedKind check(String doing, Object made, Origin origin) throws Refusal {
    try {
      return made instanceof RuleKind<?> rule
          ? rule(rule, origin)
          : transport((TransportKind<?>) made, origin);
    } catch (Refusal e) {
      throw new Refusal(doing + ": " + e.why(), e);
    }
  }

  private static <C extends Record> LoadedKind rule(RuleKind<C> kind, Origin origin)
      throws Refusal {
    KindFacts<C> facts = KindFacts.of(kind.name(), kind.configType(), origin.configs());
    return LoadedRuleKind.of(kind, facts, origin.thread(), origin.plugin(), origin.jar());
  }

  private static <C extends Record> LoadedKind transport(TransportKind<C> kind, Origin origin)
      throws Refusal {
    KindFacts<C> facts = KindFacts.of(kind.name(), kind.configType(), origin.configs());
    return LoadedTransportKind.of(kind, facts, origin.thread(), origin.plugin(), origin.jar());
  }

  private static void checkIsNew(LoadedKind kind, List<LoadedKind> before) throws Refusal {
    if (before.stream().anyMatch(other -> other.inWords().equals(kind.inWords()))) {
      throw new Refusal("it supplies the " + kind.inWords() + " twice; rename one of the two");
    }
  }
}
