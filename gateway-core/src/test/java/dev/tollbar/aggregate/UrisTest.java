package dev.tollbar.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose resource a URI names. */
class UrisTest {
  private static final Set<String> SERVERS = Set.of("docs", "files");

  private final Uris uris = new Uris();

  @Test
  void leavesUrisAsTheyAreAndRemembersWhoListedThem() {
    assertThat(uris.listed("ui://clock", "docs")).isEqualTo("ui://clock");

    assertThat(uris.find("ui://clock", SERVERS)).contains(new Owned("docs", "ui://clock"));
    assertThat(uris.find("ui://other", SERVERS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "file:///a, file:///a#tollbar=files",
    "file:///a#b, file:///a#b&tollbar=files",
    "file:///a#tollbar=docs, file:///a#tollbar=docs&tollbar=files",
  })
  void marksTheUriOfASecondServer(String uri, String marked) {
    uris.listed(uri, "docs");

    assertThat(uris.listed(uri, "files")).isEqualTo(marked);
    assertThat(uris.told(uri, "files")).isEqualTo(marked);
    assertThat(new Uris().find(marked, SERVERS)).contains(new Owned("files", uri));
  }

  @Test
  void whatAServerTellsOfLeadsBackToIt() {
    uris.listedTemplate("demo://{id}", "docs");
    uris.listedTemplate("demo://{id}", "files");

    assertThat(uris.told("demo://1", "docs")).isEqualTo("demo://1");
    assertThat(uris.told("demo://1", "files")).isEqualTo("demo://1#tollbar=files");
    assertThat(uris.told("other://1", "docs")).isEqualTo("other://1");
  }

  @Test
  void marksOnceMoreWhatLooksMarkedAlready() {
    String shown = uris.listed("file:///a#tollbar=files", "docs");

    assertThat(shown).isEqualTo("file:///a#tollbar=files&tollbar=docs");
    assertThat(uris.find(shown, SERVERS)).contains(new Owned("docs", "file:///a#tollbar=files"));
  }

  @Test
  void aMarkOfNoServerIsPartOfTheUri() {
    uris.mentioned("file:///a#tollbar=nobody", "docs");

    assertThat(uris.find("file:///a#tollbar=nobody", SERVERS))
        .contains(new Owned("docs", "file:///a#tollbar=nobody"));
  }

  @Test
  void aListWeighsMoreThanAMention() {
    uris.mentioned("file:///a", "files");
    assertThat(uris.find("file:///a", SERVERS)).contains(new Owned("files", "file:///a"));

    assertThat(uris.listed("file:///a", "docs")).isEqualTo("file:///a");
    uris.mentioned("file:///a", "files");

    assertThat(uris.find("file:///a", SERVERS)).contains(new Owned("docs", "file:///a"));
  }

  @Test
  void whatTwoServersMentionIsNobodys() {
    uris.mentioned("file:///a", "files");
    uris.mentioned("file:///a", "docs");

    assertThat(uris.find("file:///a", SERVERS)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "file:///{path}, file:///a/b, true",
    "file:///{path}, http://a, false",
    "'db://{table}/row/{id}', db://t/row/1, true",
    "'db://{table}/row/{id}', db://t/1, false",
    "'db://{table}{?limit,page}', 'db://t?limit=1&page=2', true",
    "x://{a}.txt, x://.txt, true",
    "x://ab{c}bc, x://abc, false",
    "x://fixed, x://fixed, true",
  })
  void findsTheServerWhoseTemplateMadeAUri(String template, String uri, boolean found) {
    assertThat(uris.listedTemplate(template, "docs")).isEqualTo(template);

    assertThat(uris.find(uri, SERVERS).isPresent()).isEqualTo(found);
    assertThat(uris.find(template, SERVERS)).contains(new Owned("docs", template));
  }

  @Test
  void theTemplateThatSaysMostDecides() {
    uris.listedTemplate("file:///{path}", "files");
    uris.listedTemplate("file:///docs/{page}", "docs");

    assertThat(uris.find("file:///docs/1", SERVERS)).contains(new Owned("docs", "file:///docs/1"));
    assertThat(uris.find("file:///x", SERVERS)).contains(new Owned("files", "file:///x"));
  }

  @Test
  void twoTemplatesThatSayTheSameDecideNothing() {
    uris.listedTemplate("file:///{path}", "files");

    assertThat(uris.listedTemplate("file:///{path}", "docs"))
        .isEqualTo("file:///{path}#tollbar=docs");
    assertThat(uris.find("file:///a#tollbar=docs", SERVERS))
        .contains(new Owned("docs", "file:///a"));

    uris.listedTemplate("file:///{other}", "docs");
    assertThat(uris.find("file:///a", SERVERS)).isEmpty();
  }
}
