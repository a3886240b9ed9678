package dev.millrace.orch.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import dev.millrace.orch.house.House.Room;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The walls: who may know whom. */
final class HouseTest {
  /**
   * Where each library lives: one package a module, so that one file in it can say what its
   * exceptions mean. A trailing {@code ..} takes the packages below along.
   */
  private static final List<Library> LIBRARIES =
      List.of(
          // Our records are written and read by schema.json; the others read what strangers wrote.
          new Library("com.fasterxml.jackson", "schema.json", "triggers.notice", "orch.api"),
          new Library("org.yaml.snakeyaml", "fdl.yaml", "orch.config"),
          new Library("org.eclipse.jetty", "triggers.embedded.http", "orch.api"),
          new Library("software.amazon.awssdk", "triggers.s3"),
          new Library("io.minio", "triggers.minio"),
          new Library("okhttp3", "triggers.minio"),
          new Library("org.bouncycastle", "schema.sign"),
          new Library("org.sqlite", "triggers.embedded.names", "orch.journal.sql"),
          new Library("java.sql", "triggers.embedded.names", "orch.journal.sql"),
          new Library("javax.xml", "triggers.embedded.http", "runtime.discovery"),
          new Library("io.javalin", "orch.api"),
          new Library("jakarta.servlet", "orch.api"),
          new Library("picocli", "orch.command"),
          new Library("com.github.dockerjava", "runtime.container"),
          new Library("org.slf4j", "ledger..", "orch.."));

  /** What of the three rooms the coordinator knows outside its wiring: values, never adapters. */
  private static final Map<String, Set<String>> VALUES_OF_OTHER_ROOMS =
      Map.of(
          // What a receipt must be to be believed, and what it costs.
          "dev.millrace.orch.settle", Set.of("dev.millrace.ledger.receipt"));

  private static final String PROGRAM = "dev.millrace.orch";

  /** What is nobody's library: the JDK's language, and the marks for null. */
  private static final List<String> EVERYWHERE = List.of("java", "javax", "org.jspecify");

  private static final Set<String> PLANNING_MAY_KNOW =
      Set.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.runtime",
          "java.math",
          "java.time",
          "java.util",
          "java.util.function",
          "java.util.stream",
          "org.jspecify.annotations",
          "dev.millrace.orch.plan",
          "dev.millrace.schema.fleet",
          "dev.millrace.schema.function",
          "dev.millrace.schema.id");

  private record Library(String prefix, String... homes) {
    boolean holds(String packageName) {
      return House.within(packageName, prefix);
    }

    boolean livesIn(String packageName) {
      for (String home : homes) {
        String full = House.BASE + "." + home.replace("..", "");
        if (home.endsWith("..") ? House.within(packageName, full) : packageName.equals(full)) {
          return true;
        }
      }
      return false;
    }
  }

  @Test
  void everyTypeOfEveryRoomIsLookedAt() {
    Set<String> compiled =
        House.classes().stream().map(JavaClass::getName).collect(Collectors.toSet());
    List<String> written =
        Sources.units().stream().flatMap(unit -> unit.types().stream().map(unit::nameOf)).toList();

    assertThat(compiled).containsAll(written);
    for (Room room : House.ROOMS) {
      assertThat(Sources.units()).as(room.module()).anyMatch(u -> room.owns(u.packageName()));
    }
    assertThat(compiled).noneMatch(name -> name.endsWith("Test"));
  }

  @Test
  void noPackageKnowsItselfThroughOthers() {
    slices().matching("dev.millrace.(**)").should().beFreeOfCycles().check(House.classes());
    slices().matching("dev.millrace.(*).(*)..").should().beFreeOfCycles().check(House.classes());
    slices().matching("dev.millrace.(*)..").should().beFreeOfCycles().check(House.classes());
  }

  @Test
  void threeRoomsKnowTheGroundFloorAndNeverEachOther() {
    for (String room : List.of("triggers", "runtime", "ledger")) {
      knowsOnly(room, List.of(room, "schema", "fdl"));
    }
  }

  @Test
  void theGroundFloorKnowsNobody() {
    knowsOnly("schema", List.of("schema"));
    knowsOnly("fdl", List.of("fdl", "schema"));
  }

  private static void knowsOnly(String floor, List<String> known) {
    List<String> broken = new ArrayList<>();
    for (JavaClass type : House.classes()) {
      if (House.within(type.getPackageName(), House.BASE + "." + floor)) {
        House.knownTo(type)
            .filter(target -> House.within(target.getPackageName(), House.BASE))
            .filter(target ->
                known.stream()
                    .noneMatch(k -> House.within(target.getPackageName(), House.BASE + "." + k)))
            .forEach(target -> broken.add(type.getName() + " knows " + target.getName()));
      }
    }
    assertThat(broken).as("%s may know %s only", floor, known).isEmpty();
  }

  @Test
  void eachLibraryLivesInOnePackageOfAModule() {
    List<String> broken = new ArrayList<>();
    for (JavaClass type : House.classes()) {
      for (JavaClass target : House.knownTo(type).toList()) {
        for (Library library : LIBRARIES) {
          if (library.holds(target.getPackageName())) {
            if (!library.livesIn(type.getPackageName())) {
              broken.add(type.getName() + " knows " + target.getName());
            }
            break;
          }
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyLibraryIsNamedInTheTable() {
    Set<String> unnamed = new TreeSet<>();
    for (JavaClass type : House.classes()) {
      House.knownTo(type)
          .map(JavaClass::getPackageName)
          .filter(name -> !House.within(name, House.BASE))
          .filter(name -> EVERYWHERE.stream().noneMatch(e -> House.within(name, e)))
          .filter(name -> LIBRARIES.stream().noneMatch(library -> library.holds(name)))
          .forEach(name -> unnamed.add(type.getName() + " knows " + name));
    }
    assertThat(unnamed).isEmpty();
  }

  @Test
  void theTableNamesNoHomeThatStandsEmpty() {
    Set<String> empty = new TreeSet<>();
    for (Library library : LIBRARIES) {
      for (String home : library.homes()) {
        Library there = new Library(library.prefix(), home);
        boolean used =
            House.classes().stream()
                .filter(type -> there.livesIn(type.getPackageName()))
                .flatMap(House::knownTo)
                .anyMatch(target -> library.holds(target.getPackageName()));
        if (!used) {
          empty.add(library.prefix() + " in " + home);
        }
      }
    }
    assertThat(empty).isEmpty();
  }

  /** The artifact that hosts the function-runtime alone; it stands on no class path but its own. */
  @Test
  void springIsKnownToTheHostedRuntimeAlone() throws IOException {
    Path root = House.root();
    List<Path> others = new ArrayList<>(List.of(root.resolve("pom.xml")));
    House.ROOMS.forEach(room -> others.add(root.resolve(room.module()).resolve("pom.xml")));

    assertThat(root.resolve("function-runtime/hosted/pom.xml"))
        .content()
        .contains("spring-boot-dependencies", "spring-cloud-function-adapter-aws");
    for (Path pom : others) {
      assertThat(pom).content().doesNotContain("springframework", "function-runtime-hosted");
    }
  }

  @Test
  void planningIsPure() {
    List<String> broken = new ArrayList<>();
    for (JavaClass type : House.classes()) {
      if (House.within(type.getPackageName(), "dev.millrace.orch.plan")) {
        House.knownTo(type)
            .filter(target -> !PLANNING_MAY_KNOW.contains(target.getPackageName()))
            .forEach(target -> broken.add(type.getName() + " knows " + target.getName()));
        type.getAccessesFromSelf().stream()
            .filter(access -> Moments.ofTheMachine(access) || threads(access.getTargetOwner()))
            .forEach(access -> broken.add(access.getDescription()));
      }
    }
    assertThat(broken).isEmpty();
  }

  private static boolean threads(JavaClass owner) {
    return owner.isEquivalentTo(Thread.class) || owner.isEquivalentTo(Runtime.class);
  }

  @Test
  void nobodyKnowsWhoWires() {
    onlyKnownTo(PROGRAM, List.of());
    onlyKnownTo("dev.millrace.orch.up", List.of("dev.millrace.orch.up"));
    onlyKnownTo(
        "dev.millrace.orch.command", List.of("dev.millrace.orch.command", "dev.millrace.orch.up"));
    onlyKnownTo("dev.millrace.orch.api", List.of("dev.millrace.orch.api", "dev.millrace.orch.up"));
    onlyKnownTo(
        "dev.millrace.orch.journal.sql",
        List.of("dev.millrace.orch.journal.sql", "dev.millrace.orch.up"));
  }

  /**
   * The package itself: what lies below it, as views of an API do, may be known to more. The
   * program, which lies in {@code orch} itself, puts command line and wiring together.
   */
  private static void onlyKnownTo(String secret, List<String> friends) {
    List<String> broken = new ArrayList<>();
    for (JavaClass type : House.classes()) {
      String from = type.getPackageName();
      if (!from.equals(PROGRAM) && friends.stream().noneMatch(f -> House.within(from, f))) {
        House.knownTo(type)
            .filter(target -> target.getPackageName().equals(secret))
            .forEach(target -> broken.add(type.getName() + " knows " + target.getName()));
      }
    }
    assertThat(broken).as("%s is known to %s only", secret, friends).isEmpty();
  }

  @Test
  void onlyTheWiringKnowsAdaptersOfOtherRooms() {
    List<String> broken = new ArrayList<>();
    for (JavaClass type : House.classes()) {
      String from = type.getPackageName();
      if (!House.within(from, "dev.millrace.orch") || from.equals("dev.millrace.orch.up")) {
        continue;
      }
      Set<String> allowed = VALUES_OF_OTHER_ROOMS.getOrDefault(from, Set.of());
      House.knownTo(type)
          .filter(target ->
              List.of("triggers", "runtime", "ledger").stream()
                  .anyMatch(room -> House.within(target.getPackageName(), House.BASE + "." + room)))
          .filter(target -> !allowed.contains(target.getPackageName()))
          .forEach(target -> broken.add(type.getName() + " knows " + target.getName()));
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPackageIsMarkedForNull() {
    Set<String> unmarked = new TreeSet<>();
    for (JavaClass type : House.classes()) {
      JavaPackage home = type.getPackage();
      if (!home.isAnnotatedWith(NullMarked.class)) {
        unmarked.add(home.getName());
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @Test
  void namesSayWhatAThingIs() {
    classes()
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)(\\$.*)?")
        .because("a name is the field's noun, or a verb of the flow")
        .check(House.classes());
  }
}
