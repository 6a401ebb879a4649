package dev.tollbar.rule.script;

import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.RuleContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** The surroundings of a script that is tried without a document: a folder, and nothing else. */
record ScriptFolder(Path root) implements RuleContext {

  @Override
  public String policy() {
    return "policy";
  }

  @Override
  public String pointer() {
    return "";
  }

  @Override
  public InstantSource clock() {
    return InstantSource.system();
  }

  @Override
  public Counters counters() {
    throw new UnsupportedOperationException("scripts count nothing");
  }

  @Override
  public Conditions conditions(String key, List<Condition> conditions, Conditions.Quantifier over) {
    throw new UnsupportedOperationException("scripts have no conditions");
  }

  @Override
  public String file(String key, String path) {
    String expected = "a file in the folder " + root;
    Path file = root.resolve(path).normalize();
    if (!file.startsWith(root)) {
      throw new InvalidConfigException(key, expected, Text.quoted(path) + ", which lies outside");
    }
    try {
      if (!file.toRealPath().startsWith(root.toRealPath())) {
        throw new InvalidConfigException(
            key, expected, Text.quoted(path) + ", which links to a file outside");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidConfigException(
          key, expected + " in UTF-8", Text.quoted(path) + ", which cannot be read");
    }
  }

  @Override
  public Logger logger() {
    return NOPLogger.NOP_LOGGER;
  }
}
