package dev.millrace.orch.command;

import dev.millrace.orch.scaffold.Draft;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What to copy into a terminal after a function was written. */
final class NextSteps {
  private static final Pattern IMAGE = Pattern.compile("(?m)^\\s*image:\\s*['\"]?([^\\s'\"]+)");
  private static final int SHOWN_MAX = 6;

  private final Setting setting;
  private final Path folder;
  private final String program;

  NextSteps(Setting setting, Path folder) {
    this.setting = setting;
    this.folder = folder;
    Path here = setting.folder().toAbsolutePath().normalize();
    Optional<Path> home = setting.lifecycle().upkeep().home();
    this.program =
        home.map(at -> at.normalize().equals(here) ? "./millrace" : quoted(at + "/millrace"))
            .orElse("millrace");
  }

  /** Which files there are now. */
  void written(Draft draft) {
    Terminal terminal = setting.terminal();
    for (Draft.NewFile file : draft.files().stream().limit(SHOWN_MAX).toList()) {
      terminal.line(terminal.paint(Paint.GOOD, "wrote") + " " + folder.resolve(file.path()));
    }
    if (draft.files().size() > SHOWN_MAX) {
      terminal.line("  and " + (draft.files().size() - SHOWN_MAX) + " more files");
    }
    terminal.line("next:");
  }

  /** An image that has to be made first. */
  void build(Draft draft) {
    if (!draft.has("Dockerfile")) {
      return;
    }
    for (Draft.NewFile file : draft.files()) {
      Matcher image = IMAGE.matcher(new String(file.content(), StandardCharsets.UTF_8));
      if (file.path().equals("function.yaml") && image.find()) {
        setting.terminal().line("  docker build -t " + image.group(1) + " " + at(""));
      }
    }
  }

  /** The coordinator, and the function. */
  void run(Draft draft) {
    Terminal terminal = setting.terminal();
    String config = draft.has("millrace.yaml") ? " --config " + at("millrace.yaml") : "";
    terminal.line("  " + program + " up" + config + "   # stays: the rest elsewhere");
    terminal.line("  " + program + " deploy " + at("function.yaml"));
  }

  /** A file, and its result. */
  void drop(String example, String bucket, int seconds) {
    Terminal terminal = setting.terminal();
    terminal.line("  " + program + " put " + at(example) + " s3://" + bucket + "/in/");
    terminal.line(
        "  " + program + " get s3://" + bucket + "/out/" + example + " - --wait " + seconds);
  }

  /** A file in the folder, as a shell takes it. */
  String at(String name) {
    String path = folder.resolve(name).toString();
    return quoted(path.isEmpty() ? "." : path);
  }

  private static String quoted(String path) {
    return path.matches("[A-Za-z0-9_./~-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }
}
