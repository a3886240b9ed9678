package dev.millrace.orch.house;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The whole house as it was compiled: the main classes of all five rooms, without their tests. */
final class House {
  static final String BASE = "dev.millrace";

  /** Modules, with the packages that they own. */
  static final List<Room> ROOMS =
      List.of(
          new Room("fdl-schemas", List.of(BASE + ".schema", BASE + ".fdl")),
          new Room("storage-triggers", List.of(BASE + ".triggers")),
          new Room("function-runtime", List.of(BASE + ".runtime")),
          new Room("ledger-adapter", List.of(BASE + ".ledger")),
          new Room("orch-gpu", List.of(BASE + ".orch")));

  private static final Pattern OF_TESTS = Pattern.compile(".*(/test-classes/|-tests\\.jar!).*");
  private static final JavaClasses CLASSES = read();

  private House() {}

  /** A module. */
  record Room(String module, List<String> packages) {
    boolean owns(String name) {
      return packages.stream().anyMatch(p -> within(name, p));
    }
  }

  private static JavaClasses read() {
    ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
    return new ClassFileImporter()
        .withImportOption((Location location) -> !location.matches(OF_TESTS))
        .importPackages(BASE);
  }

  static JavaClasses classes() {
    return CLASSES;
  }

  /** Where the modules and docs lie. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("orch-gpu/pom.xml"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no house above " + new File("").getAbsolutePath());
      }
    }
    return folder;
  }

  /** Whether a package is this one, or lies below it. */
  static boolean within(String name, String parent) {
    return name.equals(parent) || name.startsWith(parent + ".");
  }

  /** What a class knows directly, arrays taken for what they hold. */
  static Stream<JavaClass> knownTo(JavaClass type) {
    return type.getDirectDependenciesFromSelf().stream()
        .map(Dependency::getTargetClass)
        .map(JavaClass::getBaseComponentType)
        .filter(target -> !target.isPrimitive())
        .distinct();
  }

  /** The file's own type, of a nested or anonymous one. */
  static String outermost(JavaClass type) {
    String name = type.getName();
    int inner = name.indexOf('$');
    return inner < 0 ? name : name.substring(0, inner);
  }
}
