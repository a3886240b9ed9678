package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.DeployAnswer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Warnings as a deploy prints them. */
final class DeployWarningsTest {
  private static FdlFiles.Remark remark(int line, int entry, String function) {
    return new FdlFiles.Remark(
        "warning", line, 5, "functions.oscar[" + entry + "].c.expose", "not honoured", function);
  }

  @Test
  void whatTheFileItselfSaysIsKnownByItsPlace() {
    List<String> warnings =
        List.of(
            "f.yaml:3:5: warning: functions.oscar[0].c.expose: not honoured",
            "f.yaml:9:5: warning: functions.oscar[1].c.expose: not honoured",
            "f.yaml:11:5: warning: functions.oscar[2].c.expose: not honoured");

    assertThat(
            DeployWarnings.lines(
                new DeployAnswer(List.of(), warnings),
                "f.yaml",
                List.of(remark(3, 0, "cow"), remark(9, 1, "dog"))))
        .containsExactly(
            "f.yaml:3:5: warning: 2 functions: cow, dog: c.expose: not honoured",
            "warning: f.yaml:11:5: warning: functions.oscar[2].c.expose: not honoured");
  }
}
