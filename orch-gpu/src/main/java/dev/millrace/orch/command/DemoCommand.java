package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the whole way on a sample. */
@Command(
    name = "demo",
    description = "Run a sample from file to result, in a folder of its own, and stop again.",
    footer = {"", "Example:", "  millrace demo --limit 3"})
final class DemoCommand implements Callable<Integer> {
  private final Setting setting;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder to work in (default: .millrace-demo).")
  @Nullable Path data;

  @Option(names = "--keep", description = "Leave all of it; without, the results alone are left.")
  boolean keep;

  @Option(names = "--limit", paramLabel = "N", description = "Run at most so many queries.")
  @Nullable Integer limit;

  @Mixin Looks looks = new Looks();

  DemoCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    Integer most = limit;
    if (most != null && most < 1) {
      throw Mistake.usage("--limit must be 1 or more, found: " + most);
    }
    Terminal terminal = looks.terminal(setting);
    return setting
        .lifecycle()
        .demo(
            new DemoOptions(
                Optional.ofNullable(data).map(setting.folder()::resolve),
                keep,
                most == null ? OptionalInt.empty() : OptionalInt.of(most),
                terminal));
  }
}
