package dev.millrace.orch.house;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The main sources of all rooms, parsed: for what a class file does not say. */
final class Sources {
  private static final List<Unit> UNITS = parse();

  private Sources() {}

  /** A file. */
  record Unit(CompilationUnitTree tree, DocTrees docs) {
    String packageName() {
      return tree.getPackage() == null ? "" : tree.getPackage().getPackageName().toString();
    }

    Path file() {
      return Path.of(tree.getSourceFile().toUri());
    }

    /** Types that the file itself declares, not those inside them. */
    List<ClassTree> types() {
      return tree.getTypeDecls().stream()
          .filter(ClassTree.class::isInstance)
          .map(ClassTree.class::cast)
          .toList();
    }

    String nameOf(ClassTree type) {
      return packageName() + "." + type.getSimpleName();
    }

    boolean hasComment(Tree declared) {
      String comment = docs.getDocComment(TreePath.getPath(tree, declared));
      return comment != null && !comment.isBlank();
    }

    /** As an editor opens it. */
    String at(Tree place) {
      long start = docs.getSourcePositions().getStartPosition(tree, place);
      return House.root().relativize(file()) + ":" + tree.getLineMap().getLineNumber(start);
    }
  }

  static List<Unit> units() {
    return UNITS;
  }

  private static List<Unit> parse() {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StandardJavaFileManager files =
        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
    JavacTask task =
        (JavacTask)
            compiler.getTask(
                null,
                files,
                null,
                List.of("-proc:none"),
                null,
                files.getJavaFileObjectsFromPaths(paths()));
    DocTrees docs = DocTrees.instance(task);
    List<Unit> units = new ArrayList<>();
    try {
      task.parse().forEach(tree -> units.add(new Unit(tree, docs)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return units;
  }

  private static List<Path> paths() {
    List<Path> paths = new ArrayList<>();
    for (House.Room room : House.ROOMS) {
      Path sources = House.root().resolve(room.module()).resolve("src/main/java");
      try (Stream<Path> walk = Files.walk(sources)) {
        walk.filter(path -> path.toString().endsWith(".java")).sorted().forEach(paths::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return paths;
  }
}
