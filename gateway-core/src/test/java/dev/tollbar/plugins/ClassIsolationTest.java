package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassIsolationTest {
  private static final String SERVICES = "META-INF/services/";

  @TempDir Path plugins;
  @TempDir Path copies;

  private final ClassLoader gateway = PluginLoader.class.getClassLoader();
  private PluginLoader loader;

  @BeforeEach
  void makeLoader() {
    loader = new PluginLoader(new PluginApi("1.4.0"), Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.tollbar.policy.Decision",
        "dev.tollbar.plugins.PluginLoader",
        "picocli.CommandLine",
        "io.helidon.webserver.WebServer",
        "ch.qos.logback.classic.Logger",
        "org.sqlite.JDBC",
        "com.google.re2j.Pattern",
        "org.yaml.snakeyaml.Yaml",
        "com.github.zafarkhaja.semver.Version",
        "io.micrometer.core.instrument.MeterRegistry",
        "io.micrometer.core.instrument.MeterRegistry",
        "org.junit.jupiter.api.Test"
      })
  void doesNotShowTheGatewaysOtherClasses(String name) throws Exception {
    assertThat(Class.forName(name, false, gateway)).isNotNull();
    PluginJar.ofRuleKind("one", "one").write(plugins, "one.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      ClassLoader plugin = generation.ruleKind("one").orElseThrow().classLoader();
      assertThatThrownBy(() -> plugin.loadClass(name)).isInstanceOf(ClassNotFoundException.class);
      assertThat(plugin.getResource(name.replace('.', '/') + ".class")).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.tollbar.api.RuleKind",
        "org.pf4j.Plugin",
        "com.fasterxml.jackson.databind.JsonNode",
        "com.fasterxml.jackson.core.JsonParser",
        "com.fasterxml.jackson.annotation.JsonProperty",
        "org.slf4j.Logger",
        "java.lang.String",
        "java.sql.Connection",
        "javax.net.ssl.SSLContext"
      })
  void sharesTheApiWithTheGateway(String name) throws Exception {
    PluginJar.ofRuleKind("one", "one").write(plugins, "one.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      ClassLoader plugin = generation.ruleKind("one").orElseThrow().classLoader();
      assertThat(plugin.loadClass(name)).isSameAs(gateway.loadClass(name));
    }
  }

  @Test
  void takesWhatTheGatewayLacksOfASharedLibraryFromTheJar() throws Exception {
    String source = "package com.fasterxml.jackson.acme; public class Module {}";
    PluginJar.ofRuleKind("one", "one").source(source).write(plugins, "one.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      ClassLoader plugin = generation.ruleKind("one").orElseThrow().classLoader();
      Class<?> module = plugin.loadClass("com.fasterxml.jackson.acme.Module");
      assertThat(module.getClassLoader()).isSameAs(plugin);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev.tollbar.api", "org.pf4j", "org.graalvm", "com.oracle.truffle"})
  void takesNothingElseOfTheApiFromTheJar(String shared) throws Exception {
    String source = "package %s.acme; public class Extra {}".formatted(shared);
    PluginJar.ofRuleKind("one", "one").source(source).write(plugins, "one.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      ClassLoader plugin = generation.ruleKind("one").orElseThrow().classLoader();
      assertThatThrownBy(() -> plugin.loadClass(shared + ".acme.Extra"))
          .isInstanceOf(ClassNotFoundException.class);
    }
  }

  @Test
  void twoPluginsUseTheirOwnVersionsOfOneLibrary() throws Exception {
    String library =
        "package lib; public class Version { public static String it() { return \"%s\"; } }";
    String kind = PluginJar.kind("acme.Kind", "return lib.Version.it();", "");
    PluginJar.of("one")
        .source(library.formatted("v1"))
        .source(kind)
        .index("acme.Kind")
        .write(plugins, "one.jar");
    PluginJar.of("two")
        .source(library.formatted("v2"))
        .source(kind)
        .index("acme.Kind")
        .write(plugins, "two.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      assertThat(generation.ruleKinds()).containsOnlyKeys("v1", "v2");
    }
  }

  @Test
  void aPluginsOwnCopyOfALibraryOfTheGatewayIsTheOneItUses() throws Exception {
    PluginJar.of("one")
        .source(
            "package picocli; public class CommandLine { public static String it() { return \"mine\"; } }")
        .source(PluginJar.kind("acme.Kind", "return picocli.CommandLine.it();", ""))
        .index("acme.Kind")
        .write(plugins, "one.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      assertThat(generation.ruleKinds()).containsOnlyKeys("mine");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/tollbar/plugins/api.properties",
        SERVICES + "org.slf4j.spi.SLF4JServiceProvider",
        SERVICES + "java.sql.Driver",
        SERVICES + "com.fasterxml.jackson.core.JsonFactory",
        "dev/tollbar/api/RuleKind.class"
      })
  void doesNotShowTheGatewaysResources(String name) throws Exception {
    assertThat(gateway.getResource(name)).isNotNull();
    PluginJar.ofRuleKind("one", "one").write(plugins, "one.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      ClassLoader plugin = generation.ruleKind("one").orElseThrow().classLoader();
      assertThat(plugin.getResource(name)).isNull();
      assertThat(plugin.getResourceAsStream(name)).isNull();
      assertThat(Collections.list(plugin.getResources(name))).isEmpty();
    }
  }

  @Test
  void aPluginFindsItsOwnResources() throws Exception {
    PluginJar.ofRuleKind("one", "one").entry("acme/words.txt", "mine").write(plugins, "one.jar");
    PluginJar.ofRuleKind("two", "two").entry("acme/words.txt", "other").write(plugins, "two.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      ClassLoader plugin = generation.ruleKind("one").orElseThrow().classLoader();
      try (InputStream in = plugin.getResourceAsStream("acme/words.txt")) {
        assertThat(in).isNotNull().hasContent("mine");
      }
      assertThat(Collections.list(plugin.getResources("acme/words.txt"))).hasSize(1);
      try (InputStream in = plugin.getResourceAsStream("META-INF/MANIFEST.MF")) {
        assertThat(in).isNotNull();
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .contains("Plugin-Id: one");
      }
    }
  }

  @Test
  void aPluginFindsItsOwnServices() throws Exception {
    PluginJar.of("one")
        .source("package acme; public interface Greeter { String greeting(); }")
        .source(
            "package acme.b; public class Hello implements acme.Greeter"
                + " { public String greeting() { return \"hello\"; } }")
        .source(
            PluginJar.kind(
                "acme.Kind",
                "return java.util.ServiceLoader.load(Greeter.class).findFirst().get().greeting();",
                ""))
        .entry(SERVICES + "acme.Greeter", "acme.b.Hello")
        .index("acme.Kind")
        .write(plugins, "one.jar");
    try (Generation generation = loader.load(plugins, copies)) {
      assertThat(generation.ruleKinds()).containsOnlyKeys("hello");
    }
  }
}
