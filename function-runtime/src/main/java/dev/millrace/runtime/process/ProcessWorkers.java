package dev.millrace.runtime.process;

import dev.millrace.runtime.kept.KeptKey;
import dev.millrace.runtime.resident.FramedConversation;
import dev.millrace.runtime.resident.WorkerHost;
import dev.millrace.runtime.resident.WorkerLog;
import dev.millrace.runtime.runner.FolderRemoval;
import dev.millrace.runtime.runner.RunPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Workers as child processes, each in a session and a folder of its own. A worker's folder stays
 * until all its processes are gone, so that what a killed provider leaves is found at the next
 * start and ended.
 */
public final class ProcessWorkers implements WorkerHost {
  private static final String MARK = "MILLRACE_WORKER_ID";

  private final ProcessRunner runner;
  private final Path root;
  private final Set<ProcessWorker> living = ConcurrentHashMap.newKeySet();

  /**
   * Ends what an earlier process left.
   *
   * @param runner that says what may run, and watches its limits
   * @param root a folder for these workers alone
   */
  public ProcessWorkers(ProcessRunner runner, Path root) throws IOException {
    this.runner = runner;
    this.root = Files.createDirectories(root.toAbsolutePath());
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(this.root)) {
      for (Path folder : folders) {
        ProcessWorker.endAll(runner.proc(), mark(folder.getFileName().toString()));
        FolderRemoval.remove(folder);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while old workers were ended", e);
    }
  }

  private static String mark(String id) {
    return MARK + "=" + id;
  }

  @Override
  public boolean takes(RunPlan plan) {
    return plan.keep().resident();
  }

  @Override
  public Launch launch(RunPlan plan) {
    Optional<String> refusal = runner.refusal(plan);
    if (refusal.isPresent()) {
      return new Launch.NotLaunched(refusal.get(), false);
    }
    String id = plan.run().run().value();
    Path folder = root.resolve(id);
    try {
      Files.createDirectories(folder.resolve("tmp"));
      copy(plan.folder().function(), folder.resolve("function"));
      Path script = folder.resolve("script.sh");
      Files.writeString(script, Objects.requireNonNull(plan.code().script()));
      WorkerLog log = WorkerLog.create(folder.resolve("log"));
      Process child = command(plan, folder, script, id).start();
      ProcessWorker worker =
          new ProcessWorker(
              new ProcessWorker.Subject(
                  folder, log, plan.limits().memory(), mark(id), runner.settings()),
              runner.proc(),
              child,
              living::remove);
      living.add(worker);
      runner.watch(worker);
      return new Launch.Launched(
          FramedConversation.with(worker, child.getOutputStream(), child.getInputStream()));
    } catch (IOException e) {
      remove(folder);
      boolean tooLong = String.valueOf(e.getMessage()).contains("Argument list too long");
      return new Launch.NotLaunched("the worker's process did not start: " + e, !tooLong);
    } catch (IllegalArgumentException e) {
      remove(folder);
      return new Launch.NotLaunched("the function's environment is refused: " + e, false);
    }
  }

  private ProcessBuilder command(RunPlan plan, Path folder, Path script, String id) {
    List<String> line =
        new ArrayList<>(
            List.of(
                runner.tools().path("setsid"),
                "/bin/sh",
                "-c",
                "umask 077; ulimit -c 0; exec \"$@\"",
                "worker"));
    line.addAll(ProcessRunner.interpreter(plan));
    line.add(script.toString());
    ProcessBuilder builder = new ProcessBuilder(line);
    Path tmp = folder.resolve("tmp");
    builder.directory(tmp.toFile());
    runner.setVariables(builder.environment(), KeptKey.lasting(plan.variables()), tmp);
    builder.environment().put("MILLRACE_FUNCTION_DIR", folder.resolve("function").toString());
    builder.environment().put("MILLRACE_WORKER", "1");
    builder.environment().put(MARK, id);
    builder.redirectError(Redirect.appendTo(folder.resolve("log").toFile()));
    return builder;
  }

  /** A run's own copy goes with the run; the worker stays. */
  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
      for (Path file : files) {
        Files.copy(file, to.resolve(file.getFileName().toString()));
      }
    }
  }

  private static void remove(Path folder) {
    try {
      FolderRemoval.remove(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    List.copyOf(living).forEach(worker -> worker.end(false));
  }
}
