package dev.millrace.runtime.process;

import java.util.Optional;

/**
 * A process as {@code /proc/PID/stat} tells of it (proc_pid_stat(5)).
 *
 * @param state for instance {@code R}, {@code S}, {@code Z}
 * @param group process group
 * @param session session
 * @param startTicks hundredths of a second after the boot: with the pid it names one process
 */
record ProcEntry(int pid, char state, int group, int session, long startTicks) {
  /** Reads a line of {@code stat}; the name in it may hold blanks and parentheses. */
  static Optional<ProcEntry> parse(String line) {
    int open = line.indexOf(" (");
    int close = line.lastIndexOf(") ");
    if (open < 1 || close < open) {
      return Optional.empty();
    }
    String[] rest = line.substring(close + 2).strip().split(" ");
    if (rest.length < 20) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ProcEntry(
              Integer.parseInt(line.substring(0, open)),
              rest[0].charAt(0),
              Integer.parseInt(rest[2]),
              Integer.parseInt(rest[3]),
              Long.parseLong(rest[19])));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Whether it executes anything still. */
  boolean alive() {
    return state != 'Z' && state != 'X';
  }
}
