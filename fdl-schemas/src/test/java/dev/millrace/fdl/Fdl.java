package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.function.FunctionSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Files of functions, as tests write them. */
final class Fdl {
  static final SentFiles SCRIPTS =
      new SentFiles(
          Map.of(
              "script.sh", "#!/bin/sh\r\necho hi\r\n".getBytes(StandardCharsets.UTF_8),
              "lib/model.bin", new byte[] {1, 2, 3},
              "data.txt", "x".getBytes(StandardCharsets.UTF_8)));

  /** Takes every path for that of a script. */
  static final ScriptSource PATHS = new ScriptPaths("", new SentFiles(Map.of()));

  private Fdl() {}

  static FdlResult read(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  static FdlResult read(byte[] bytes) {
    return FdlReader.read("fn.yaml", bytes, SCRIPTS);
  }

  /** A millrace entry: the least that is complete, and these lines beside it. */
  static FdlResult millrace(String... lines) {
    String head =
        """
        functions:
          millrace:
          - name: f
            image: debian
            script: script.sh
            input:
            - path: box/in
            output:
            - path: box/out
        """;
    return read(head + indented(4, lines));
  }

  static FdlResult oscar(String... lines) {
    String head =
        """
        functions:
          oscar:
          - cluster:
              name: f
              image: debian
              script: script.sh
              input:
              - path: box/in
              output:
              - path: box/out
        """;
    return read(head + indented(6, lines));
  }

  static FunctionSpec only(FdlResult result) {
    assertThat(result.errors()).isEmpty();
    assertThat(result.functions()).hasSize(1);
    return result.functions().getFirst();
  }

  static List<String> texts(FdlResult result) {
    return result.problems().stream().map(Problem::toString).toList();
  }

  private static String indented(int spaces, String... lines) {
    return String.join("\n", lines).indent(spaces);
  }
}
