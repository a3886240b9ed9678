package dev.millrace.runtime.process;

import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.Lasting;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Interpreter;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Runs a function's script by what its first line names, or {@code /bin/sh}, as a child process, on
 * Linux. There is no isolation: the function can do what this process can, its network is open
 * whatever it declares, and memory and what it writes to its folders are watched, not fenced. So it
 * takes only functions that the configuration names.
 *
 * <p>What it starts survives this process: a small shell wrapper in another session keeps the exit
 * code and the capped log, and stops the function at its time limit by itself.
 */
public final class ProcessRunner implements Runner {
  private static final String SYSTEM_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final long BACKSTOP_SECONDS = 5;

  private final ProcessSettings settings;
  private final ProcFs proc;
  private final Tools tools;
  private final Spawner spawner;
  private final Watchdog watchdog;

  /** A runner that watches by this host's {@code /proc}. */
  public ProcessRunner(ProcessSettings settings) {
    this(settings, new ProcFs(Path.of("/proc")));
  }

  ProcessRunner(ProcessSettings settings, ProcFs proc) {
    this.settings = settings;
    this.proc = proc;
    this.tools = Tools.in(List.of(SYSTEM_PATH.split(":")).stream().map(Path::of).toList());
    this.spawner =
        new Spawner(Path.of(tools.path("setsid")), readWrapper(), InstantSource.system());
    this.watchdog = Watchdog.start(proc, settings.watchInterval());
  }

  private static String readWrapper() {
    try (InputStream in = ProcessRunner.class.getResourceAsStream("wrapper.sh")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public RunnerKind kind() {
    return RunnerKind.PROCESS;
  }

  @Override
  public Lasting lasting() {
    return new Lasting.Renewing();
  }

  @Override
  public FunctionPaths paths(WorkFolder folder) {
    return new FunctionPaths(
        folder.input().toString(),
        folder.output().toString(),
        folder.tmp().toString(),
        folder.function().toString());
  }

  @Override
  public Start start(RunPlan plan) {
    Optional<String> refusal = refusal(plan);
    if (refusal.isPresent()) {
      return new Start.NotStarted(refusal.get(), false);
    }
    try {
      plan.folder().create();
      Path script = plan.folder().control().resolve("script.sh");
      Files.writeString(script, Objects.requireNonNull(plan.code().script()));
      Control control = Control.next(plan.folder().control());
      control.markBoot(proc.bootId());
      Spawner.Spawned child = spawner.start(start(plan, script), words(control, plan.limits()));
      return new Start.Started(
          watched(
              new ProcessRun(
                  subject(plan.run(), control, plan.folder(), plan.limits()), proc, child)));
    } catch (IOException e) {
      boolean tooLong = String.valueOf(e.getMessage()).contains("Argument list too long");
      return new Start.NotStarted("the function's process did not start: " + e, !tooLong);
    } catch (IllegalArgumentException e) {
      return new Start.NotStarted("the function's environment is refused: " + e, false);
    }
  }

  /** Why a function is not taken; empty when it is. */
  Optional<String> refusal(RunPlan plan) {
    if (!settings.allowed().allows(plan.function())) {
      return Optional.of(
          "runner process is not allowed for function "
              + plan.function()
              + " on provider "
              + settings.provider()
              + ": add it to provider.runners.process.allow in millrace.yaml");
    }
    if (plan.code().script() == null) {
      return Optional.of(
          "runner process needs a script: function " + plan.function() + " has none");
    }
    return tools
        .missing()
        .map(name -> "runner process needs the program " + name + " in " + SYSTEM_PATH);
  }

  private String start(RunPlan plan, Path script) throws IOException {
    long graceSeconds = Math.max(1, settings.grace().toSeconds());
    long backstop = plan.limits().timeout().toSeconds() + graceSeconds + BACKSTOP_SECONDS;
    List<String> program =
        new ArrayList<>(
            List.of(
                tools.path("setsid"),
                tools.path("timeout"),
                "-k",
                Long.toString(graceSeconds),
                Long.toString(backstop)));
    program.addAll(interpreter(plan));
    program.add(script.toString());
    return StartText.of(plan.folder().tmp(), variables(plan), program, tools.path("env"));
  }

  /** What runs the script on this host. */
  static List<String> interpreter(RunPlan plan) {
    Interpreter named = Interpreter.of(Objects.requireNonNull(plan.code().script()));
    boolean standIn = named.isShell() && !Files.isExecutable(Path.of(named.words().getFirst()));
    return (standIn ? named.byPlainShell() : named).words();
  }

  private List<String> words(Control control, Limits limits) {
    KeptLog log = KeptLog.within(limits.logMaxBytes());
    return List.of(
        control.folder().toString(),
        tools.path("head"),
        tools.path("tail"),
        Long.toString(log.headBytes()),
        Long.toString(log.tailBytes() + 1),
        tools.unbuffered());
  }

  private Map<String, String> variables(RunPlan plan) {
    Map<String, String> environment = new HashMap<>();
    setVariables(environment, plan.variables(), plan.folder().tmp());
    environment.put("MILLRACE_RUN_ID", plan.run().run().value());
    return environment;
  }

  /** What every script finds: its variables, and what they do not set. */
  void setVariables(Map<String, String> environment, Map<String, String> variables, Path tmp) {
    environment.clear();
    environment.put("LANG", "C.UTF-8");
    environment.put("HOME", tmp.toString());
    environment.put("TMPDIR", tmp.toString());
    environment.put("PATH", SYSTEM_PATH);
    environment.putAll(variables);
    environment.merge(
        "PATH", Path.of(System.getProperty("java.home"), "bin").toString(), (a, b) -> b + ":" + a);
  }

  ProcessSettings settings() {
    return settings;
  }

  ProcFs proc() {
    return proc;
  }

  Tools tools() {
    return tools;
  }

  /** Holds something else to its limits. */
  void watch(Watched processes) {
    watchdog.add(processes);
  }

  @Override
  public Reattach reattach(RunRef run, WorkFolder folder, Limits limits) {
    Optional<Control> control = Control.latest(folder.control());
    if (control.isEmpty() || control.get().forbid()) {
      return new Reattach.NeverStarted();
    }
    return new Reattach.Found(
        watched(new ProcessRun(subject(run, control.get(), folder, limits), proc, null)));
  }

  private ProcessRun watched(ProcessRun run) {
    watchdog.add(run);
    return run;
  }

  private ProcessRun.Subject subject(
      RunRef run, Control control, WorkFolder folder, Limits limits) {
    return new ProcessRun.Subject(control, folder, limits, mark(run), settings);
  }

  private static String mark(RunRef run) {
    return "MILLRACE_RUN_ID=" + run.run();
  }

  /** Stops watching; functions that run go on and can be found again. */
  @Override
  public void close() {
    watchdog.close();
    spawner.close();
  }
}
