package dev.millrace.orch.command;

import dev.millrace.schema.json.Json;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells the version. */
@Command(
    name = "version",
    description = "Print the version of this program.",
    footer = {"", "Example:", "  millrace version --json"})
final class VersionCommand implements Callable<Integer> {
  private final Setting setting;

  @Option(names = "--json", description = "Print JSON, for programs.")
  boolean json;

  @Mixin Looks looks = new Looks();

  VersionCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    String java = Runtime.version().toString();
    looks
        .terminal(setting)
        .line(
            json
                ? Json.pretty(Map.of("version", setting.version(), "java", java))
                : "millrace " + setting.version() + " on Java " + java);
    return Exit.OK;
  }
}
