package dev.millrace.orch.command;

import dev.millrace.orch.scaffold.Draft;
import dev.millrace.schema.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to copy into a terminal after a function was written. */
final class NextSteps {
  private static final Pattern IMAGE = Pattern.compile("(?m)^\\s*image:\\s*['\"]?([^\\s'\"]+)");
  private static final int SHOWN_MAX = 6;

  private final Path folder;
  private final String program;
  private final List<Step> steps = new ArrayList<>();

  /** A command to copy. */
  private record Step(String command, String note) {}

  /** For programs. */
  record Written(List<String> files, List<String> next) {}

  NextSteps(Setting setting, Path folder) {
    this.folder = folder;
    this.program = setting.terminal().hints().program();
  }

  /** Which files there are now, and what to do with them. */
  void print(Draft draft, Terminal terminal, boolean json) {
    List<String> paths =
        draft.files().stream().map(f -> folder.resolve(f.path()).toString()).toList();
    if (json) {
      terminal.line(Json.pretty(new Written(paths, steps.stream().map(Step::command).toList())));
      return;
    }
    for (String path : paths.subList(0, Math.min(SHOWN_MAX, paths.size()))) {
      terminal.line(terminal.paint(Paint.GOOD, "wrote") + " " + path);
    }
    if (paths.size() > SHOWN_MAX) {
      terminal.line("  and " + (paths.size() - SHOWN_MAX) + " more files");
    }
    terminal.line("next:");
    for (Step step : steps) {
      String line = "  " + step.command();
      String note = step.note().isEmpty() ? "" : "   # " + step.note();
      boolean fits = Words.width(line + note) <= terminal.columns();
      terminal.line(fits ? line + note : line + "\n  " + note);
    }
  }

  /** An image that has to be made first. */
  void build(Draft draft) {
    if (!draft.has("Dockerfile")) {
      return;
    }
    for (Draft.NewFile file : draft.files()) {
      Matcher image = IMAGE.matcher(new String(file.content(), StandardCharsets.UTF_8));
      if (file.path().equals("function.yaml") && image.find()) {
        add("docker build -t " + image.group(1) + " " + at(""));
      }
    }
  }

  /** The coordinator, and the function. */
  void run(Draft draft) {
    String config = draft.has("millrace.yaml") ? " --config " + at("millrace.yaml") : "";
    steps.add(new Step(program + " up" + config, "stays: the rest elsewhere"));
    add(program + " deploy " + at("function.yaml"));
  }

  /** A file, and its result. */
  void drop(String example, String bucket, int seconds) {
    add(program + " put " + at(example) + " s3://" + bucket + "/in/");
    add(program + " get s3://" + bucket + "/out/" + example + " - --wait " + seconds);
  }

  /** A sample's own examples, and a look at what becomes of them. */
  void drop(Path example, String into) {
    add(program + " put " + at(example.toString()) + " " + into);
    add(program + " jobs --watch");
  }

  private void add(String command) {
    steps.add(new Step(command, ""));
  }

  /** A file in the folder, as a shell takes it. */
  String at(String name) {
    String path = folder.resolve(name).toString();
    return Hints.quoted(path.isEmpty() ? "." : path);
  }
}
