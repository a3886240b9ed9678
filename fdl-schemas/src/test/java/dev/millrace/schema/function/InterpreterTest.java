package dev.millrace.schema.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InterpreterTest {
  @Test
  void isWhatTheFirstLineNames() {
    assertThat(Interpreter.of("#!/bin/bash\necho").words()).containsExactly("/bin/bash");
    assertThat(Interpreter.of("#! /usr/bin/env  python3 \nimport os").words())
        .containsExactly("/usr/bin/env", "python3");
    assertThat(Interpreter.of("#!/usr/bin/env -S python3 -u\n").words())
        .as("Linux hands over one word")
        .containsExactly("/usr/bin/env", "-S python3 -u");
    assertThat(Interpreter.of("#!/bin/sh\t-e").words()).containsExactly("/bin/sh", "-e");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo",
        "",
        "\n#!/bin/bash",
        " #!/bin/bash",
        "#!",
        "#!\n/x",
        "#!python3\n",
        "# !/x"
      })
  void isThePlainShellOtherwise(String script) {
    assertThat(Interpreter.of(script)).isEqualTo(Interpreter.SHELL);
  }

  @Test
  void aShellThatIsMissingHasAStandIn() {
    Interpreter bash = Interpreter.of("#!/bin/bash -e\n");

    assertThat(bash.isShell()).isTrue();
    assertThat(bash.byPlainShell().words()).containsExactly("/bin/sh", "-e");
    for (String other : List.of("/usr/bin/python3", "/usr/bin/fish", "/bin/csh", "/opt/pwsh")) {
      assertThat(Interpreter.of("#!" + other + "\n").isShell()).as(other).isFalse();
    }
  }

  @Test
  void aShellTakesItsWordsAsTheyAre() {
    assertThat(Interpreter.of("#!/x/it's $(id)\n").quoted()).isEqualTo("'/x/it'\\''s' '$(id)'");
    assertThatThrownBy(() -> new Interpreter(List.of("sh")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
