package dev.millrace.fdl;

/** Where the files are that an FDL file names. Paths are relative to it, with {@code /}. */
public interface ScriptSource {
  /** The longest script, in bytes. */
  int MAX_SCRIPT_BYTES = 1024 * 1024;

  /** The text of a script: UTF-8, at most {@link #MAX_SCRIPT_BYTES}, lines ended by {@code \n}. */
  Lookup<String> script(String path);

  /** The text of a script by the answer for its path, which may stand for it; empty if unknown. */
  default String text(String answer) {
    return answer;
  }

  /** The size of a file in bytes. */
  Lookup<Long> file(String path);
}
