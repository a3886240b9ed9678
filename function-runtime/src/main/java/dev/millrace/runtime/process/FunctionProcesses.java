package dev.millrace.runtime.process;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Optional;

/**
 * The processes of one function: those of its session, and those that left it but carry the run's
 * variable. The wrapper's own session is never among them, nor is this process's: a child that is
 * just being made is still in it.
 */
final class FunctionProcesses {
  private final ProcFs proc;
  private final ProcEntry wrapper;
  private final String mark;
  private final int ownSession;

  /**
   * @param mark an assignment that every process of the run has in its environment
   */
  FunctionProcesses(ProcFs proc, ProcEntry wrapper, String mark) {
    this.proc = proc;
    this.wrapper = wrapper;
    this.mark = mark;
    this.ownSession = proc.ownSession();
  }

  /** Resident memory of the session in bytes; pages that are shared count in each process. */
  long resident(List<ProcEntry> table, int session) {
    long sum = 0;
    for (ProcEntry entry : table) {
      if (inSession(entry, session)) {
        sum += proc.resident(entry.pid());
      }
    }
    return sum;
  }

  /** Numbers of the session's processes. */
  List<Integer> pids(List<ProcEntry> table, int session) {
    return table.stream().filter(entry -> inSession(entry, session)).map(ProcEntry::pid).toList();
  }

  /** Those that still run, wherever they went. */
  List<ProcEntry> living(Optional<Integer> session) throws IOException {
    return proc.since(wrapper).stream()
        .filter(entry -> belongs(entry, session))
        .filter(ProcEntry::alive)
        .toList();
  }

  private boolean belongs(ProcEntry entry, Optional<Integer> session) {
    if (entry.session() == wrapper.session()
        || entry.session() == ownSession
        || entry.startTicks() < wrapper.startTicks()) {
      return false;
    }
    return session.filter(id -> inSession(entry, id)).isPresent()
        || proc.hasVariable(entry.pid(), mark);
  }

  private boolean inSession(ProcEntry entry, int session) {
    return entry.session() == session && entry.startTicks() >= wrapper.startTicks();
  }

  /**
   * Asks all of them to end, or kills them; groups at once, so that none slips through by a fork.
   */
  void signal(List<ProcEntry> processes, boolean kill) throws IOException, InterruptedException {
    List<Integer> groups = processes.stream().map(ProcEntry::group).distinct().toList();
    for (int group : groups) {
      if (group > 1) {
        killGroup(group, kill ? "KILL" : "TERM");
      }
    }
  }

  /** Kills the wrapper and the log's writer: only when they would wait for ever. */
  void killWrapper() {
    Optional<ProcessHandle> found = ProcessHandle.of(wrapper.pid());
    if (found.isPresent() && proc.runs(wrapper)) {
      found.get().children().forEach(ProcessHandle::destroyForcibly);
      found.get().destroyForcibly();
    }
  }

  private static void killGroup(int group, String signal) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "/bin/sh", "-c", "kill -\"$1\" \"-$2\"", "kill", signal, Integer.toString(group));
    builder.redirectInput(Redirect.from(new File("/dev/null")));
    builder.redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
    builder.start().waitFor();
  }
}
