package dev.millrace.orch.command;

import picocli.AutoComplete;
import picocli.CommandLine;

/** What makes bash and zsh complete this program's words. */
final class BashScript {
  private static final String BEGINS = "\nif [ -n \"$BASH_VERSION\" ]";
  private static final String HEAD =
      """
      #!/usr/bin/env bash
      # Completion of %1$s for bash and zsh, written by '%1$s completion bash'.
      # 'source <(%1$s completion)' takes it for this shell; '%1$s completion --help' says more.
      """;

  private BashScript() {}

  /** As the parser's library writes it, with a head that is about this program. */
  static String of(String name, CommandLine root) {
    String script = AutoComplete.bash(name, root);
    int body = script.indexOf(BEGINS);
    if (body < 0) {
      return script;
    }
    return HEAD.formatted(name) + script.substring(body).replaceAll(" \\(see \\[[0-9]\\]\\)", "");
  }
}
