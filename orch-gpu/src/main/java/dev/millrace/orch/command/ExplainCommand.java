package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ExplainView;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells an object's story. */
@Command(
    name = "explain",
    description = "Tell what happened to an object: seen or not, filtered, waiting, done.",
    footer = {"", "Example:", "  millrace explain s3://queries/aqp1.fa"})
final class ExplainCommand implements Callable<Integer> {
  private static final int LIMIT_MAX = 1000;

  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(
      paramLabel = "s3://BUCKET/KEY",
      converter = S3Target.Converter.class,
      description = "The object.")
  S3Target object = new S3Target("", "");

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "Which configured store (default: the embedded one).")
  @Nullable String store;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "Tell of so many notices, jobs and writers, the newest of each (default:"
              + " ${DEFAULT-VALUE}).")
  int limit = 20;

  ExplainCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (object.key().isEmpty()) {
      throw Mistake.usage("name one object: s3://bucket/key");
    }
    if (limit < 1 || limit > LIMIT_MAX) {
      throw Mistake.usage("--limit must be 1..1000, found: " + limit);
    }
    try (CoordinatorClient client = common.connect(setting)) {
      ExplainView story =
          client.explain(new ObjectView(store, object.bucket(), object.key()), limit);
      if (common.json) {
        common.json(setting, story);
      } else {
        print(common.terminal(setting), story);
      }
      return Exit.OK;
    }
  }

  private static void print(Terminal terminal, ExplainView story) {
    Words.wrap(story.object().uri(), terminal.columns())
        .forEach(line -> terminal.line(terminal.paint(Paint.STRONG, line)));
    for (String sentence : story.sentences()) {
      List<String> parts = sentence.lines().toList();
      List<String> lines =
          Words.wrap(terminal.hints().in(parts.getFirst()), terminal.columns() - 4);
      terminal.line("  - " + lines.getFirst());
      lines.stream().skip(1).forEach(line -> terminal.line("    " + line));
      parts.stream()
          .skip(1)
          .flatMap(line -> Words.wrap(line, terminal.columns() - 6).stream())
          .forEach(line -> terminal.line("      " + line));
    }
    if (!story.jobs().isEmpty()) {
      terminal.line("");
      terminal.say("More: millrace job " + story.jobs().getFirst());
    }
  }
}
