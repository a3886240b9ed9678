package dev.millrace.orch.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What the command line wants to know of FDL files, without a coordinator. */
public interface FdlFiles {
  /**
   * Reads a file and says what is wrong with it, where, and what is allowed.
   *
   * @param shown what the file is called in the outcome: as someone has named it
   */
  Checked check(Path fdl, String shown) throws IOException;

  /** What a file names beside itself, and must be sent with it. */
  Companions companions(Path fdl) throws IOException;

  /** The JSON Schema of FDL files. */
  String schema();

  /**
   * Files of OSCAR and SCAR as one file of functions.millrace.
   *
   * @param into the folder that the converted file will be in
   */
  Converted convert(List<Named> files, Path into) throws IOException;

  /**
   * A file.
   *
   * @param shown what it is called: as someone has named it
   */
  record Named(Path file, String shown) {}

  /** Why there is no FDL file at this path, and what to do. */
  static String missing(Path fdl, Path shown) {
    if (!Files.isDirectory(fdl)) {
      return shown + ": there is no such file";
    }
    String folder = shown.toString().isEmpty() ? "the folder here" : shown.toString();
    return Files.isRegularFile(fdl.resolve("function.yaml"))
        ? folder + ": is a folder; its FDL file is " + shown.resolve("function.yaml")
        : folder + ": is a folder, and has no function.yaml: give the path of an FDL file";
  }

  /**
   * The outcome of a conversion.
   *
   * @param yaml the converted file; empty when nothing was converted
   * @param functions how many it has
   * @param notes what could not be carried over and why nothing was converted, a line each
   */
  record Converted(String yaml, int functions, List<String> notes) {
    public Converted {
      notes = List.copyOf(notes);
    }
  }

  /**
   * The outcome of a check.
   *
   * @param text for people, lines ended by {@code \n}
   * @param exitCode 0 when the file can be deployed
   * @param functions names of those that can
   * @param problems in the order of the file
   */
  record Checked(String text, int exitCode, List<String> functions, List<Remark> problems) {
    public Checked {
      functions = List.copyOf(functions);
      problems = List.copyOf(problems);
    }

    Checked(String text, int exitCode) {
      this(text, exitCode, List.of(), List.of());
    }
  }

  /**
   * A problem for programs.
   *
   * @param severity {@code error} or {@code warning}
   * @param line from 1
   * @param column from 1
   * @param path keys and indexes; empty for the file
   * @param function whose it is; empty where that is none that could be read
   */
  record Remark(
      String severity, int line, int column, String path, String message, String function) {}

  /**
   * What goes with an FDL file, by path relative to it.
   *
   * @param scripts texts
   * @param files where they are
   * @param holdsValues whether the file itself has values of secrets
   */
  record Companions(Map<String, String> scripts, Map<String, Path> files, boolean holdsValues) {
    public Companions {
      scripts = Map.copyOf(scripts);
      files = Map.copyOf(files);
    }
  }
}
