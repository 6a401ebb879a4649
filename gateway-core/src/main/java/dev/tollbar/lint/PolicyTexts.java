package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.document.Outline;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads policies of both versions from where they stand, in the document or beside it. */
final class PolicyTexts {
  private final String name;
  private final Outline outline;
  private final String at;
  private final JsonNode policy;
  private final boolean first;
  private final boolean shadow;

  private PolicyTexts(
      String name, Outline outline, String at, JsonNode policy, boolean first, boolean shadow) {
    this.name = name;
    this.outline = outline;
    this.at = at;
    this.policy = policy;
    this.first = first;
    this.shadow = shadow || isShadow(policy);
  }

  /** All policies of a document. */
  static List<PolicyText> of(Outline document) {
    JsonNode root = document.root();
    if (isFirst(document)) {
      return List.of(new PolicyTexts("", document, "", root, true, false).read());
    }
    return root.path("policies").properties().stream()
        .flatMap(member -> {
          JsonNode policy = member.getValue();
          return policy.has("file")
              ? beside(document, member.getKey(), policy).stream()
              : Stream.of(
                  new PolicyTexts(
                          member.getKey(),
                          document,
                          "/policies/" + escaped(member.getKey()),
                          policy,
                          false,
                          false)
                      .read());
        })
        .toList();
  }

  private static Optional<PolicyText> beside(Outline document, String name, JsonNode policy) {
    Optional<Outline> file = document.beside(policy.path("file").asText());
    if (file.isEmpty()) {
      return Optional.empty();
    }
    JsonNode root = file.get().root();
    boolean shadow = isShadow(policy);
    if (isFirst(file.get())) {
      return Optional.of(new PolicyTexts(name, file.get(), "", root, true, shadow).read());
    }
    return root.path("policies").properties().stream()
        .map(only ->
            new PolicyTexts(
                    name,
                    file.get(),
                    "/policies/" + escaped(only.getKey()),
                    only.getValue(),
                    false,
                    shadow)
                .read())
        .findFirst();
  }

  private static boolean isFirst(Outline outline) {
    return outline.root().path("version").asText().equals("1");
  }

  private static boolean isShadow(JsonNode node) {
    return node.path("mode").asText().equals("shadow");
  }

  static String escaped(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  private PolicyText read() {
    List<SectionText> sections = new ArrayList<>();
    sections.add(
        section(
            Section.TOOLS,
            at,
            policy,
            rules(at + "/all_tools", policy.path("all_tools")),
            at + "/tools",
            policy.path("tools")));
    part(Section.PROMPTS, "prompts").ifPresent(sections::add);
    part(Section.RESOURCES, "resources").ifPresent(sections::add);
    return new PolicyText(name, outline, at, first, shadow, policy, sections);
  }

  private Optional<SectionText> part(Section section, String key) {
    JsonNode part = policy.path(key);
    String below = at + "/" + key;
    return part.isObject()
        ? Optional.of(
            section(section, below, part, List.of(), below + "/entries", part.path("entries")))
        : Optional.empty();
  }

  private SectionText section(
      Section section,
      String pointer,
      JsonNode node,
      List<RuleText> everywhere,
      String below,
      JsonNode listed) {
    List<EntryText> entries = new ArrayList<>();
    listed
        .properties()
        .forEach(entry -> {
          String here = below + "/" + escaped(entry.getKey());
          selector(entry.getKey(), section, false)
              .ifPresent(selector ->
                  entries.add(new EntryText(selector, here, rules(here, entry.getValue()))));
        });
    boolean deny = node.path("default").asText().equals("deny");
    return new SectionText(
        section, pointer, deny, hidden(section, pointer + "/hide", node), everywhere, entries);
  }

  private List<SectionText.Hidden> hidden(Section section, String pointer, JsonNode node) {
    JsonNode hide = node.path("hide");
    List<SectionText.Hidden> hidden = new ArrayList<>();
    if (hide.isTextual()) {
      selector(hide.asText(), section, true)
          .ifPresent(selector -> hidden.add(new SectionText.Hidden(selector, pointer)));
    }
    for (int i = 0; i < hide.size(); i++) {
      String here = pointer + "/" + i;
      selector(hide.path(i).asText(), section, true)
          .ifPresent(selector -> hidden.add(new SectionText.Hidden(selector, here)));
    }
    return hidden;
  }

  /** In version 1 every name is exact, but for {@code "*"} in {@code hide}. */
  private Optional<Selector> selector(String text, Section section, boolean hide) {
    if (first && !(hide && text.equals("*"))) {
      return Optional.of(new Selector.Exact(text));
    }
    try {
      return Optional.of(Selector.of(text, section, hide));
    } catch (InvalidConfigException _) {
      return Optional.empty();
    }
  }

  private List<RuleText> rules(String pointer, JsonNode entry) {
    List<RuleText> rules = new ArrayList<>();
    entry
        .properties()
        .forEach(member -> {
          String here = pointer + "/" + escaped(member.getKey());
          JsonNode value = member.getValue();
          if (first && value.isTextual()) {
            action(here, value.asText()).ifPresent(rules::add);
          } else if (value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
              rules.add(rule(member.getKey(), here + "/" + i, value.path(i)));
            }
          } else {
            rules.add(rule(member.getKey(), here, value));
          }
        });
    return rules;
  }

  private RuleText rule(String kind, String pointer, JsonNode config) {
    return new RuleText(kind, pointer, config, shadow || isShadow(config));
  }

  /** {@code action} of version 1; beside it only {@code reason} is a text. */
  private Optional<RuleText> action(String pointer, String action) {
    JsonNode none = JsonNodeFactory.instance.objectNode();
    return switch (pointer.endsWith("/action") ? action : "") {
      case "deny" -> Optional.of(rule("deny", pointer, none));
      case "require_approval" -> Optional.of(rule("approval", pointer, none));
      default -> Optional.empty();
    };
  }
}
