package dev.millrace.orch.command;

import dev.millrace.fdl.Gathering;
import dev.millrace.orch.api.view.DeployAnswer;
import dev.millrace.orch.api.view.FunctionView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a deploy warns of, with what several functions share told once. */
final class DeployWarnings {
  private static final String START = "warning: ";

  private DeployWarnings() {}

  /**
   * Lines for people.
   *
   * @param shown the file, as the coordinator was told its name
   * @param remarks what the file itself says, read here: by that its warnings are known again
   */
  static List<String> lines(DeployAnswer answer, String shown, List<FdlFiles.Remark> remarks) {
    Map<String, FdlFiles.Remark> known = new HashMap<>();
    remarks.forEach(remark -> known.put(said(shown, remark), remark));
    Gathering gathering = new Gathering();
    for (String warning : answer.warnings()) {
      FdlFiles.Remark remark = known.get(warning);
      gathering.add(remark == null ? named(warning, answer) : ofFile(warning, shown, remark));
    }
    return gathering.lines();
  }

  private static String place(String shown, FdlFiles.Remark remark) {
    return shown + ":" + remark.line() + ":" + remark.column() + ": warning: ";
  }

  private static String said(String shown, FdlFiles.Remark remark) {
    String path = remark.path();
    return place(shown, remark) + (path.isEmpty() ? "" : path + ": ") + remark.message();
  }

  private static Gathering.Item ofFile(String warning, String shown, FdlFiles.Remark remark) {
    String path = remark.path();
    String inEntry = path.substring(path.indexOf(']') + 1).replaceFirst("^\\.", "");
    return new Gathering.Item(
        warning,
        place(shown, remark),
        remark.function(),
        (inEntry.isEmpty() ? "" : inEntry + ": ") + remark.message());
  }

  /** One that begins with the name of a function: {@code NAME: what}, {@code NAME is what}. */
  private static Gathering.Item named(String warning, DeployAnswer answer) {
    Optional<String> function =
        answer.functions().stream()
            .map(FunctionView::name)
            .filter(name -> warning.startsWith(name + ": ") || warning.startsWith(name + " is "))
            .findFirst();
    String rest = warning.substring(function.map(String::length).orElse(0));
    return new Gathering.Item(
        START + warning,
        START,
        function.orElse(""),
        rest.startsWith(": ") ? rest.substring(2) : "each" + rest);
  }
}
