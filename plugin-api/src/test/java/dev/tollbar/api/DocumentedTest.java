package dev.tollbar.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that authors of plugins see says what it is. The compiler's own check of comments
 * would also ask for a tag for every parameter and result, where the sentence has said it.
 */
class DocumentedTest {

  @ParameterizedTest
  @ValueSource(strings = {"src/main/java", "../plugins/testkit/src/main/java"})
  void everythingPublicHasAComment(String sources) throws IOException {
    assertThat(undocumented(Path.of(sources))).isEmpty();
  }

  private static List<String> undocumented(Path sources) throws IOException {
    List<Path> paths;
    try (Stream<Path> files = Files.walk(sources)) {
      paths = files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
    assertThat(paths).isNotEmpty();
    List<String> missing = new ArrayList<>();
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  null,
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(paths));
      DocTrees docs = DocTrees.instance(task);
      for (CompilationUnitTree unit : task.parse()) {
        new Comments(docs, missing).scan(unit, null);
      }
    }
    return missing;
  }

  private static final class Comments extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final DocTrees docs;
    private final List<String> missing;

    Comments(DocTrees docs, List<String> missing) {
      this.docs = docs;
      this.missing = missing;
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void none) {
      if (!isSeen(type.getModifiers())) {
        return null; // and so is nothing in it
      }
      Optional<String> comment = check(type.getSimpleName().toString());
      List<String> components = components(type);
      if (components.size() > 1 && comment.isPresent()) {
        components.stream()
            .filter(name -> !comment.get().contains("@param " + name))
            .filter(name -> !comment.get().contains(name))
            .forEach(name -> missing.add(place() + " " + type.getSimpleName() + ": " + name));
      }
      return super.visitClass(type, null);
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void none) {
      boolean inherits =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(annotation -> annotation.toString().startsWith("@Override"));
      // Of a record, what the type says of its components says it all.
      boolean canonical =
          method.getName().contentEquals("<init>")
              && owner()
                  .filter(type -> type.getKind() == Tree.Kind.RECORD)
                  .filter(type -> components(type).equals(names(method)))
                  .isPresent();
      if (isSeen(method.getModifiers()) && !inherits && !canonical) {
        check(method.getName() + "()");
      }
      return null;
    }

    @Override
    public @Nullable Void visitVariable(VariableTree field, @Nullable Void none) {
      if (isSeen(field.getModifiers())) {
        check(field.getName().toString());
      }
      return null;
    }

    /** Those of a record; of anything else none. */
    private static List<String> components(ClassTree type) {
      return type.getMembers().stream()
          .filter(_ -> type.getKind() == Tree.Kind.RECORD)
          .filter(VariableTree.class::isInstance)
          .map(VariableTree.class::cast)
          .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC))
          .map(field -> field.getName().toString())
          .toList();
    }

    private static List<String> names(MethodTree method) {
      return method.getParameters().stream()
          .map(parameter -> parameter.getName().toString())
          .toList();
    }

    private Optional<ClassTree> owner() {
      return Optional.ofNullable(getCurrentPath().getParentPath())
          .map(path -> path.getLeaf() instanceof ClassTree type ? type : null);
    }

    private boolean isSeen(ModifiersTree modifiers) {
      Set<Modifier> flags = modifiers.getFlags();
      boolean ofInterface =
          owner()
              .filter(type ->
                  type.getKind() == Tree.Kind.INTERFACE
                      || type.getKind() == Tree.Kind.ANNOTATION_TYPE)
              .isPresent();
      return flags.contains(Modifier.PUBLIC)
          || flags.contains(Modifier.PROTECTED)
          || (ofInterface && !flags.contains(Modifier.PRIVATE));
    }

    private Optional<String> check(String name) {
      Optional<String> comment = Optional.ofNullable(docs.getDocComment(getCurrentPath()));
      if (comment.isEmpty()) {
        missing.add(place() + " " + name);
      }
      return comment;
    }

    private String place() {
      CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
      long start = docs.getSourcePositions().getStartPosition(unit, getCurrentPath().getLeaf());
      return Path.of(unit.getSourceFile().getName()).getFileName()
          + ":"
          + unit.getLineMap().getLineNumber(start);
    }
  }
}
