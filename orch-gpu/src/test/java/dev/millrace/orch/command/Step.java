package dev.millrace.orch.command;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A function that reads from a bucket of the coordinator's own store and writes to another.
 *
 * @param from as FDL has it after {@code path:}, with its rules where there are some
 * @param to likewise
 */
record Step(String name, String from, String to) {
  /** All of them in one file. */
  static String fdl(Step... steps) {
    return Stream.of(steps)
        .map(Step::entry)
        .collect(Collectors.joining("", "functions:\n  millrace:\n", ""));
  }

  private String entry() {
    return """
        - name: %s
          image: debian
          script: |
            true
          input: [{storage_provider: millrace.default, path: %s}]
          output: [{storage_provider: millrace.default, path: %s}]
    """
        .formatted(name, from, to);
  }
}
