package dev.tollbar.plugins;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Which jars may be loaded: {@code plugins.lock} in the plugins folder. Immutable.
 *
 * @param plugins the jars that are listed
 * @param signers SHA-256 of certificates by the names that people gave them
 */
public record PluginLock(Requirement require, List<Entry> plugins, Map<String, String> signers) {
  /** Its name in the plugins folder. */
  public static final String FILE = "plugins.lock";

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  /** What a jar needs to be loaded. */
  public enum Requirement {
    /** Nothing. */
    ANY,
    /** An entry with its name, version, content and signer. */
    LISTED,
    /** The signature of one of the signers. */
    SIGNED;

    private String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One jar.
   *
   * @param name its {@code Plugin-Id}
   * @param sha256 of its content, in lower-case hex
   * @param signer the name of who has to have signed it
   */
  public record Entry(String name, String version, String sha256, Optional<String> signer) {}

  /** The lock of a folder without one: everything may be loaded. */
  public static final PluginLock NONE = new PluginLock(Requirement.ANY, List.of(), Map.of());

  public PluginLock {
    plugins = List.copyOf(plugins);
    signers = Map.copyOf(signers);
  }

  /** The lock cannot be used: then nothing may be loaded. */
  public static final class LockException extends Exception {
    private static final long serialVersionUID = 1L;

    LockException(List<String> problems) {
      super(FILE + ": " + String.join("; ", problems));
    }
  }

  /**
   * The lock of a folder.
   *
   * @throws LockException with everything that is wrong with it
   */
  public static PluginLock read(Path pluginsFolder) throws LockException {
    Path file = pluginsFolder.resolve(FILE);
    if (Files.notExists(file)) {
      return NONE;
    }
    try {
      return new LockReader().read(JSON.readTree(Files.readString(file)));
    } catch (JsonProcessingException e) {
      throw new LockException(
          List.of(
              "line %d: it is not JSON; write it anew with: tollbar plugins lock"
                  .formatted(e.getLocation() == null ? 1 : e.getLocation().getLineNr())));
    } catch (IOException e) {
      throw new LockException(List.of("it cannot be read; expected a text file"));
    }
  }

  /** As it is written to the file. */
  public String text() {
    ObjectNode root = JSON.createObjectNode().put("require", require.wire());
    ObjectNode known = root.putObject("signers");
    new TreeMap<>(signers).forEach(known::put);
    var list = root.putArray("plugins");
    for (Entry entry : plugins) {
      ObjectNode item = list.addObject().put("name", entry.name()).put("version", entry.version());
      item.put("sha256", entry.sha256());
      entry.signer().ifPresent(signer -> item.put("signer", signer));
    }
    return root.toPrettyString() + "\n";
  }

  /** The name of who signed a jar, or the fingerprint of one whom the lock does not name. */
  Optional<String> signer(JarSignature signature) {
    Set<String> certificates = signature.certificates();
    Optional<String> named =
        new TreeMap<>(signers)
            .entrySet().stream()
                .filter(signer -> certificates.contains(signer.getValue()))
                .map(Map.Entry::getKey)
                .findFirst();
    return named.isPresent() ? named : certificates.stream().findFirst();
  }

  /** As it would be listed. */
  Entry entry(String name, String version, String sha256, JarSignature signature) {
    return new Entry(name, version, sha256, signer(signature).filter(signers::containsKey));
  }

  /** How a jar differs from what is listed, or from whom is trusted, whatever is required. */
  Optional<String> difference(Entry entry, JarSignature signature) {
    return require == Requirement.SIGNED
        ? unsigned(signature)
        : unlisted(entry.name(), entry.version(), entry.sha256(), signature);
  }

  /** Why a jar may not be loaded; empty if it may. */
  Optional<String> refusal(String name, String version, String sha256, JarSignature signature) {
    return switch (require) {
      case ANY -> Optional.empty();
      case SIGNED -> unsigned(signature);
      case LISTED -> unlisted(name, version, sha256, signature);
    };
  }

  private Optional<String> unsigned(JarSignature signature) {
    if (signature.certificates().isEmpty()) {
      return Optional.of(
          "it is not signed, and plugins.lock requires it; get a signed jar from its author");
    }
    return signature.certificates().stream().anyMatch(signers.values()::contains)
        ? Optional.empty()
        : Optional.of(
            "it is signed with certificate %s, which is not among the signers in plugins.lock; add it there if you trust it"
                .formatted(signature.certificates().iterator().next()));
  }

  private Optional<String> unlisted(
      String name, String version, String sha256, JarSignature signature) {
    List<Entry> named = plugins.stream().filter(entry -> entry.name().equals(name)).toList();
    Optional<Entry> same =
        named.stream().filter(entry -> entry.version().equals(version)).findFirst();
    String cure = "; if you trust this jar, list it with: tollbar plugins lock";
    if (same.isEmpty()) {
      String found =
          named.isEmpty()
              ? ""
              : "; listed: " + String.join(", ", named.stream().map(Entry::version).toList());
      return Optional.of("%s %s is not in plugins.lock%s%s".formatted(name, version, found, cure));
    }
    Entry entry = same.get();
    if (!entry.sha256().equals(sha256)) {
      return Optional.of(
          "its content is not that of %s %s in plugins.lock: expected SHA-256 %s; found %s%s"
              .formatted(name, version, entry.sha256(), sha256, cure));
    }
    return entry
        .signer()
        .filter(signer -> !signature.certificates().contains(signers.getOrDefault(signer, "")))
        .map(signer ->
            "plugins.lock expects the signature of %s; found %s; get a signed jar from its author"
                .formatted(
                    Quoted.text(signer),
                    signature.certificates().isEmpty()
                        ? "none"
                        : signature.certificates().iterator().next()));
  }

  /** Reads a tree strictly, with all that is wrong. */
  private static final class LockReader {
    private final List<String> problems = new ArrayList<>();

    PluginLock read(JsonNode root) throws LockException {
      if (!root.isObject()) {
        throw new LockException(List.of("expected an object; found " + kind(root)));
      }
      checkKeys("", root, Set.of("require", "plugins", "signers"));
      Requirement require = requirement(root.path("require"));
      Map<String, String> signers = new TreeMap<>();
      root.path("signers")
          .properties()
          .forEach(signer ->
              signers.put(
                  signer.getKey(), sha256("/signers/" + signer.getKey(), signer.getValue())));
      List<Entry> entries = new ArrayList<>();
      JsonNode list = root.path("plugins");
      if (!list.isMissingNode() && !list.isArray()) {
        problems.add("/plugins: expected a list; found " + kind(list));
      }
      for (int i = 0; i < list.size(); i++) {
        entries.add(entry("/plugins/" + i, list.path(i), signers.keySet()));
      }
      if (!problems.isEmpty()) {
        throw new LockException(problems);
      }
      return new PluginLock(require, entries, signers);
    }

    private Requirement requirement(JsonNode node) {
      for (Requirement requirement : Requirement.values()) {
        if (requirement.wire().equals(node.textValue())) {
          return requirement;
        }
      }
      problems.add("/require: expected any, listed or signed; found " + shown(node));
      return Requirement.LISTED;
    }

    private Entry entry(String at, JsonNode node, Set<String> signers) {
      checkKeys(at, node, Set.of("name", "version", "sha256", "signer"));
      Optional<String> signer =
          node.has("signer")
              ? Optional.of(text(at + "/signer", node.path("signer")))
              : Optional.empty();
      signer
          .filter(name -> !signers.contains(name))
          .ifPresent(name ->
              problems.add(
                  at + "/signer: expected a name out of /signers; found " + Quoted.text(name)));
      return new Entry(
          text(at + "/name", node.path("name")),
          text(at + "/version", node.path("version")),
          sha256(at + "/sha256", node.path("sha256")),
          signer);
    }

    private void checkKeys(String at, JsonNode node, Set<String> known) {
      node.properties().stream()
          .map(Map.Entry::getKey)
          .filter(key -> !known.contains(key))
          .forEach(key ->
              problems.add(
                  at
                      + "/"
                      + Quoted.plain(key)
                      + ": unknown key; expected "
                      + String.join(", ", known.stream().sorted().toList())));
    }

    private String text(String at, JsonNode node) {
      if (!node.isTextual() || node.textValue().isBlank()) {
        problems.add(at + ": expected a string; found " + shown(node));
      }
      return node.asText();
    }

    private String sha256(String at, JsonNode node) {
      String text = node.asText().toLowerCase(Locale.ROOT).replace(":", "");
      if (!node.isTextual() || !SHA256.matcher(text).matches()) {
        problems.add(at + ": expected 64 hexadecimal digits; found " + shown(node));
      }
      return text;
    }

    private static String shown(JsonNode node) {
      return node.isTextual() ? Quoted.text(node.textValue()) : kind(node);
    }

    private static String kind(JsonNode node) {
      return switch (node.getNodeType()) {
        case MISSING -> "nothing";
        case OBJECT -> "an object";
        case ARRAY -> "a list";
        case NULL -> "null";
        default -> Quoted.plain(node.toString());
      };
    }
  }
}
