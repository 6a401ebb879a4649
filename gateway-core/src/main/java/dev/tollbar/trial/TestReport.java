package dev.tollbar.trial;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What came of all test files. */
public record TestReport(List<FileReport> files) {

  public TestReport {
    files = List.copyOf(files);
  }

  /** How many cases failed. */
  public int failures() {
    return files.stream().mapToInt(FileReport::failures).sum();
  }

  /** Whether every rule has decided something in some case. */
  public boolean everyRuleDecided() {
    return uses().values().stream().flatMap(Collection::stream).allMatch(RuleUses.Use::decided);
  }

  /** What each rule was good for, over all files that test it; by what is on test. */
  Map<String, Collection<RuleUses.Use>> uses() {
    Map<String, Map<RuleUses.Key, RuleUses.Use>> bySubject = new LinkedHashMap<>();
    for (FileReport file : files) {
      Map<RuleUses.Key, RuleUses.Use> known =
          bySubject.computeIfAbsent(file.place(), _ -> new LinkedHashMap<>());
      file.uses().forEach(use -> known.merge(use.key(), use, RuleUses.Use::or));
    }
    Map<String, Collection<RuleUses.Use>> uses = new LinkedHashMap<>();
    bySubject.forEach((subject, known) -> uses.put(subject, known.values()));
    return uses;
  }

  /** For people; ends with a line feed. */
  public String text(Palette palette) {
    return new TestText(palette).of(this);
  }

  /** For build servers: JUnit's XML; ends with a line feed. */
  public String junit() {
    return new JUnitXml().of(this);
  }
}
