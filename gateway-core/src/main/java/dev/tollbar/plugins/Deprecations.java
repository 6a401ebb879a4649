package dev.tollbar.plugins;

import dev.tollbar.api.RuleKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * What of the plugin API is deprecated, by the class files of the API itself, and what of it a jar
 * uses, by the class files in it. What is called through a type of the jar's own is not seen.
 *
 * @param types internal names: {@code dev/tollbar/api/Verdict}
 */
record Deprecations(Set<String> types, Set<Member> members) {
  private static final String API = "dev/tollbar/api/";
  private static final byte[] TRACE_OF_API = API.getBytes(StandardCharsets.UTF_8);
  private static final byte[] TRACE = "Deprecated".getBytes(StandardCharsets.UTF_8);

  /**
   * A method or field.
   *
   * @param owner internal name of the type that declares it
   * @param type its descriptor
   */
  record Member(String owner, String name, String type) {
    String inWords() {
      return Deprecations.inWords(owner) + "." + name;
    }
  }

  Deprecations {
    types = Set.copyOf(types);
    members = Set.copyOf(members);
  }

  private static final class ThisBuild {
    private static final Deprecations FOUND = ofApi(RuleKind.class);
  }

  /** Those of the API that this program has; read when they are first asked for. */
  static Deprecations ofThisBuild() {
    return ThisBuild.FOUND;
  }

  /** Those of the folder or jar that a class lies in. */
  private static Deprecations ofApi(Class<?> type) {
    try {
      Path place = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
      if (Files.isDirectory(place)) {
        return of(classes(place.resolve(API)));
      }
      try (FileSystem jar = FileSystems.newFileSystem(place)) {
        return of(classes(jar.getPath(API)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the plugin API cannot be read", e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<byte[]> classes(Path folder) throws IOException {
    List<byte[]> classes = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(name -> name.toString().endsWith(".class")).toList()) {
        classes.add(Files.readAllBytes(file));
      }
    }
    return classes;
  }

  /** Those of an API's class files. */
  static Deprecations of(List<byte[]> classFiles) {
    Set<String> types = new TreeSet<>();
    Set<Member> members = new HashSet<>();
    for (byte[] classFile : classFiles) {
      if (Bytes.contains(classFile, TRACE)) {
        ClassModel model = ClassFile.of().parse(classFile);
        String type = model.thisClass().asInternalName();
        if (model.findAttribute(Attributes.deprecated()).isPresent()) {
          types.add(type);
        }
        for (MethodModel method : model.methods()) {
          if (method.findAttribute(Attributes.deprecated()).isPresent()) {
            members.add(member(type, method));
          }
        }
        for (FieldModel field : model.fields()) {
          if (field.findAttribute(Attributes.deprecated()).isPresent()) {
            members.add(
                new Member(type, field.fieldName().stringValue(), field.fieldType().stringValue()));
          }
        }
      }
    }
    return new Deprecations(types, members);
  }

  /** What a jar uses of them, as people name it: {@code Verdict.ask}; sorted. */
  List<String> usedBy(Path file) throws IOException {
    if (types.isEmpty() && members.isEmpty()) {
      return List.of();
    }
    Set<String> used = new TreeSet<>();
    try (JarFile jar = new JarFile(file.toFile())) {
      for (JarEntry entry :
          jar.stream().filter(name -> name.getName().endsWith(".class")).toList()) {
        try (InputStream in = jar.getInputStream(entry)) {
          byte[] classFile = in.readAllBytes();
          if (!entry.getName().startsWith(API) && Bytes.contains(classFile, TRACE_OF_API)) {
            used.addAll(usedBy(classFile));
          }
        }
      }
    }
    return List.copyOf(used);
  }

  private Set<String> usedBy(byte[] classFile) {
    Set<String> used = new TreeSet<>();
    ClassModel model;
    try {
      model = ClassFile.of().parse(classFile);
      for (PoolEntry any : model.constantPool()) {
        switch (any) {
          case MemberRefEntry entry ->
              add(
                  used,
                  new Member(
                      entry.owner().asInternalName(),
                      entry.name().stringValue(),
                      entry.type().stringValue()));
          case Utf8Entry text ->
              types.stream()
                  .filter(type -> names(text.stringValue(), type))
                  .forEach(type -> used.add(inWords(type)));
          default -> {}
        }
      }
      used.addAll(overridden(model));
    } catch (IllegalArgumentException e) { // no class file: if it is needed, loading says so
      return used;
    }
    return used;
  }

  /** Annotations and signatures name a type by its descriptor only. */
  private static boolean names(String text, String type) {
    return text.equals(type) || text.contains("L" + type + ";");
  }

  private Set<String> overridden(ClassModel model) {
    Set<String> used = new TreeSet<>();
    List<ClassEntry> parents = new ArrayList<>(model.interfaces());
    model.superclass().ifPresent(parents::add);
    for (ClassEntry parent : parents) {
      model.methods().forEach(method -> add(used, member(parent.asInternalName(), method)));
    }
    return used;
  }

  private void add(Set<String> used, Member member) {
    if (members.contains(member)) {
      used.add(member.inWords());
    }
  }

  private static Member member(String owner, MethodModel method) {
    return new Member(owner, method.methodName().stringValue(), method.methodType().stringValue());
  }

  /** As the source names it: {@code Counters.Limit}. */
  private static String inWords(String type) {
    return type.substring(API.length()).replace('$', '.');
  }
}
