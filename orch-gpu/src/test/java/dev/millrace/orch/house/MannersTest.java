package dev.millrace.orch.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.StatementTree;
import com.sun.source.tree.ThrowTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnionTypeTree;
import com.sun.source.util.TreeScanner;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import javax.lang.model.element.Modifier;
import org.junit.jupiter.api.Test;

/**
 * How the house is written, where a machine can tell. Every exception is named, with its reason.
 */
final class MannersTest {
  /** Who keeps whatever comes: the outermost frame of a thread, or of a call into a library. */
  private static final Map<String, String> CATCHES_ALL =
      Map.ofEntries(
          Map.entry("dev.millrace.ledger.log.LogWriter", "the writer's thread: callers are told"),
          Map.entry(
              "dev.millrace.orch.intake.Admitter",
              "a notice's thread: it stays pending and is looked at again"),
          Map.entry(
              "dev.millrace.orch.fleet.MailRoom",
              "a request from outside: it is told and taken away, so that it comes no more"),
          Map.entry(
              "dev.millrace.orch.up.StoreSweeps",
              "one bucket's sweep must not end those of the others"),
          Map.entry(
              "dev.millrace.orch.api.NoticeHandler",
              "a request's outermost frame: it is answered with 500"),
          Map.entry(
              "dev.millrace.orch.api.Verifications", "a reading's thread: its listeners are told"),
          Map.entry(
              "dev.millrace.triggers.webhook.NoticeBatches",
              "the thread that hands on: senders are told"),
          Map.entry("dev.millrace.orch.flow.Flows", "a job's thread: the sweep drives it again"),
          Map.entry(
              "dev.millrace.orch.journal.sql.Readers",
              "a row that cannot be read is the journal's failure: callers are told"),
          Map.entry(
              "dev.millrace.orch.journal.sql.Writer", "the writer's thread: callers are told"),
          Map.entry("dev.millrace.orch.observe.Loop", "a loop's outermost frame: it goes on"),
          Map.entry("dev.millrace.orch.up.Closing", "each part is closed, whatever the last did"),
          Map.entry(
              "dev.millrace.runtime.channel.MergedOrderSource",
              "a source's thread: it is asked again after a pause"),
          Map.entry(
              "dev.millrace.runtime.container.Connection",
              "the library wraps a broken connection in a RuntimeException of no own kind"),
          Map.entry(
              "dev.millrace.runtime.container.ContainerRun",
              "a run's thread: whatever comes, the run ends"),
          Map.entry(
              "dev.millrace.runtime.kept.Shelf",
              "one that is not discarded in order must not keep the others"),
          Map.entry(
              "dev.millrace.runtime.resident.ResidentRun",
              "a job's thread: whatever comes, the job ends"),
          Map.entry(
              "dev.millrace.runtime.container.ContainerWatch",
              "a guard's thread: one look that failed must not end it"),
          Map.entry(
              "dev.millrace.runtime.discovery.NvmlLibrary",
              "a method handle declares no narrower one"),
          Map.entry(
              "dev.millrace.runtime.process.Watchdog",
              "a guard's thread: one look that failed must not end it"),
          Map.entry(
              "dev.millrace.runtime.provider.ProviderLoop",
              "a run's thread: the run is taken up again"),
          Map.entry(
              "dev.millrace.runtime.unit.LeaseKeeper",
              "a beat that failed is followed by the next"),
          Map.entry(
              "dev.millrace.runtime.unit.LiveText",
              "a provider's thread: who reads along is asked again after a pause"),
          Map.entry(
              "dev.millrace.runtime.unit.Teller",
              "what a run prints is handed over again, and is no matter of the run's"),
          Map.entry(
              "dev.millrace.triggers.embedded.http.S3Handler",
              "a request's outermost frame: it is answered with 500"),
          Map.entry(
              "dev.millrace.triggers.embedded.http.S3Server",
              "start and stop of the HTTP server declare no narrower one"),
          Map.entry(
              "dev.millrace.triggers.embedded.http.ShownCertificate",
              "a watch's outermost frame: the certificate before stays, the next look tries again"),
          Map.entry(
              "dev.millrace.triggers.embedded.names.NameDatabase",
              "the writer's thread: callers are told"));

  private static final Map<String, String> SLEEPS =
      Map.ofEntries(
          Map.entry(
              "dev.millrace.orch.command.Awaited", "asks again for an object that a job makes"),
          Map.entry("dev.millrace.orch.command.LiveView", "draws no more often than the eye sees"),
          Map.entry("dev.millrace.orch.command.LogFollower", "asks again once a second"),
          Map.entry(
              "dev.millrace.orch.client.Retries", "a transfer that broke is tried again later"),
          Map.entry(
              "dev.millrace.orch.observe.Bell", "the stated time in which more rings are gathered"),
          Map.entry(
              "dev.millrace.orch.observe.Loop", "a round that failed is not made again at once"),
          Map.entry(
              "dev.millrace.orch.up.Demo", "asks a running coordinator over HTTP how far it is"),
          Map.entry(
              "dev.millrace.orch.up.Listening",
              "a function deployed meanwhile is seen soon enough"),
          Map.entry(
              "dev.millrace.orch.up.Processes", "asks whether what another process makes is there"),
          Map.entry(
              "dev.millrace.orch.up.RemoteProvider", "the stated pause between two introductions"),
          Map.entry("dev.millrace.orch.up.Triggers", "the stated pause between two sweeps"),
          Map.entry("dev.millrace.runtime.unit.Backoff", "it is the pause between two tries"),
          Map.entry(
              "dev.millrace.triggers.embedded.OutboxSource",
              "what failed is not tried again at once"),
          Map.entry(
              "dev.millrace.triggers.listing.ListingSource",
              "the stated pause between two sweeps"));

  /** Besides the wiring in {@code orch.up}, from where time and chance are passed in. */
  private static final Map<String, String> ASKS_THE_MACHINE =
      Map.ofEntries(
          Map.entry(
              "dev.millrace.triggers.s3.S3ObjectStore",
              "requests are signed by the time of day, as those of the SDK are"),
          Map.entry("dev.millrace.orch.Main", "the program: from here it is passed in"),
          Map.entry("dev.millrace.orch.api.PatientBody", "ends a wait, on which nothing depends"),
          Map.entry(
              "dev.millrace.orch.command.Progress",
              "a speed for the eye, on which nothing depends"),
          Map.entry(
              "dev.millrace.runtime.channel.PollingOrderSource",
              "ends a wait, on which nothing depends"),
          Map.entry(
              "dev.millrace.runtime.process.ProcessRun", "ends a wait, on which nothing depends"),
          Map.entry(
              "dev.millrace.runtime.process.ProcessRunner",
              "times a function beside the times of files, which are this machine's too"),
          Map.entry(
              "dev.millrace.runtime.process.DiskUse",
              "spaces its looks, on which no outcome depends"),
          Map.entry(
              "dev.millrace.runtime.unit.RunServices",
              "the machine's clocks, for a provider alone"),
          Map.entry("dev.millrace.schema.time.Ticker", "it is what others are given"),
          Map.entry(
              "dev.millrace.triggers.embedded.EmbeddedStore",
              "the store's wiring: it starts alone"),
          Map.entry(
              "dev.millrace.triggers.embedded.StoreConfig", "the store's wiring: its defaults"),
          Map.entry("dev.millrace.orch.client.Transfer", "ends a wait, on which nothing depends"),
          Map.entry("dev.millrace.orch.client.WatchedBody", "ends a wait, as that does"),
          Map.entry("dev.millrace.orch.command.Meanwhile", "how long is waited, for the eye alone"),
          Map.entry(
              "dev.millrace.orch.command.Patience", "the program's own options for a transfer"));

  private static final Set<String> ALL =
      Set.of("Exception", "Throwable", "RuntimeException", "Error");

  /** A future is a promise here: it is kept and waited for, never chained. */
  private static final Set<String> PROMISE =
      Set.of(
          "<init>",
          "complete",
          "completeExceptionally",
          "get",
          "join",
          "isDone",
          "completedFuture",
          "failedFuture",
          "getNow",
          "cancel",
          "isCancelled",
          "resultNow",
          "exceptionNow");

  @Test
  void publicTypesSayWhatTheyAre() {
    List<String> silent = new ArrayList<>();
    for (Sources.Unit unit : Sources.units()) {
      for (ClassTree type : unit.types()) {
        if (type.getModifiers().getFlags().contains(Modifier.PUBLIC) && !unit.hasComment(type)) {
          silent.add(unit.at(type) + " " + unit.nameOf(type));
        }
      }
    }
    assertThat(silent).isEmpty();
  }

  @Test
  void classesAreFinalUnlessTheyAreSealed() {
    List<String> open = new ArrayList<>();
    for (Sources.Unit unit : Sources.units()) {
      new TreeScanner<Void, Void>() {
        @Override
        public Void visitClass(ClassTree type, Void nothing) {
          Set<Modifier> flags = type.getModifiers().getFlags();
          boolean named = !type.getSimpleName().isEmpty();
          if (named
              && type.getKind() == Tree.Kind.CLASS
              && !flags.contains(Modifier.FINAL)
              && !flags.contains(Modifier.ABSTRACT)
              && !flags.contains(Modifier.SEALED)) {
            open.add(unit.at(type) + " " + type.getSimpleName());
          }
          return super.visitClass(type, nothing);
        }
      }.scan(unit.tree(), null);
    }
    assertThat(open).isEmpty();
  }

  @Test
  void whateverComesIsCaughtWhereNoOneElseCould() {
    Map<String, String> found = new TreeMap<>();
    for (Sources.Unit unit : Sources.units()) {
      new TreeScanner<Void, Void>() {
        @Override
        public Void visitCatch(CatchTree caught, Void nothing) {
          Tree type = caught.getParameter().getType();
          List<? extends Tree> types =
              type instanceof UnionTypeTree union ? union.getTypeAlternatives() : List.of(type);
          if (types.stream().anyMatch(t -> ALL.contains(t.toString())) && !throwsOn(caught)) {
            found.put(unit.nameOf(unit.types().getFirst()), unit.at(caught));
          }
          return super.visitCatch(caught, nothing);
        }
      }.scan(unit.tree(), null);
    }
    compare(found, CATCHES_ALL);
  }

  /** Undoes something and throws on what it caught: a finally for the bad way alone. */
  private static boolean throwsOn(CatchTree caught) {
    List<? extends StatementTree> statements = caught.getBlock().getStatements();
    return !statements.isEmpty()
        && statements.getLast() instanceof ThrowTree thrown
        && thrown.getExpression() instanceof IdentifierTree name
        && name.getName().equals(caught.getParameter().getName());
  }

  @Test
  void nobodySleepsUnlessItIsNamed() {
    compare(
        accesses(access ->
            access.getTargetOwner().isEquivalentTo(Thread.class)
                && access.getName().equals("sleep")),
        SLEEPS);
  }

  @Test
  void timeAndChanceArePassedIn() {
    Map<String, String> askers = accesses(Moments::ofTheMachine);
    askers.keySet().removeIf(name -> name.startsWith("dev.millrace.orch.up."));
    compare(askers, ASKS_THE_MACHINE);
  }

  @Test
  void onlyAProgramEndsTheProgram() {
    Map<String, String> enders =
        accesses(access ->
            access.getTargetOwner().isEquivalentTo(System.class) && access.getName().equals("exit")
                || access.getTargetOwner().isEquivalentTo(Runtime.class)
                    && Set.of("exit", "halt").contains(access.getName()));
    enders
        .keySet()
        .removeIf(
            name -> House.classes().get(name).tryGetMethod("main", String[].class).isPresent());
    assertThat(enders).isEmpty();
  }

  @Test
  void timesAreOfJavaTime() {
    assertThat(
            users(
                Set.of(
                    Date.class.getName(),
                    Calendar.class.getName(),
                    "java.util.GregorianCalendar",
                    "java.text.SimpleDateFormat",
                    "java.sql.Timestamp",
                    "java.sql.Date")))
        .isEmpty();
  }

  @Test
  void nothingIsHiddenInAThread() {
    assertThat(users(Set.of("java.lang.ThreadLocal", "java.lang.InheritableThreadLocal")))
        .isEmpty();
  }

  @Test
  void futuresAreNotChained() {
    assertThat(
            accesses(access ->
                access instanceof JavaMethodCall
                    && access.getTargetOwner().isEquivalentTo(CompletableFuture.class)
                    && !PROMISE.contains(access.getName())))
        .isEmpty();
  }

  private static Set<String> users(Set<String> types) {
    Set<String> users = new TreeSet<>();
    for (JavaClass type : House.classes()) {
      House.knownTo(type)
          .filter(target -> types.contains(target.getName()))
          .forEach(target -> users.add(type.getName() + " knows " + target.getName()));
    }
    return users;
  }

  private static Map<String, String> accesses(Predicate<JavaAccess<?>> wanted) {
    Map<String, String> found = new TreeMap<>();
    for (JavaClass type : House.classes()) {
      type.getAccessesFromSelf().stream()
          .filter(wanted)
          .forEach(access -> found.put(House.outermost(type), access.getDescription()));
    }
    return found;
  }

  /** Nobody does it who is not named, and nobody is named who does it no more. */
  private static void compare(Map<String, String> found, Map<String, String> named) {
    Map<String, String> unnamed = new TreeMap<>(found);
    unnamed.keySet().removeAll(named.keySet());
    Set<String> idle = new TreeSet<>(named.keySet());
    idle.removeAll(found.keySet());

    assertThat(unnamed).as("does it without being named here with a reason").isEmpty();
    assertThat(idle).as("is named here and does it no more").isEmpty();
  }
}
