package dev.millrace.orch.command;

import dev.millrace.orch.api.view.BucketView;
import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.ObjectQuery;
import dev.millrace.schema.function.InputRule;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists buckets, or the objects of one. */
@Command(
    name = "ls",
    description = {
      "List the buckets of a store, or the objects and folders under a prefix.",
      "It asks the coordinator: no keys of the store are needed here. With --json, one object a"
          + " line. Where the output is no terminal, keys are never cut."
    },
    footer = {
      "",
      "Examples:",
      "  millrace ls",
      "  millrace ls s3://queries/in/",
      "  millrace ls s3://results --recursive --summarize"
    })
final class LsCommand implements Callable<Integer> {
  private static final int PAGE = 1000;
  private static final String RESERVED = InputRule.RESERVED;

  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(
      arity = "0..1",
      paramLabel = "s3://BUCKET[/PREFIX]",
      converter = S3Target.Converter.class,
      description = "Where; without it, the buckets.")
  @Nullable S3Target place;

  @Option(
      names = {"-r", "--recursive"},
      description = "Objects in folders, too.")
  boolean recursive;

  @Option(
      names = {"-a", "--all"},
      description = "Millrace's own objects under .millrace/, too.")
  boolean all;

  @Option(names = "--etag", description = "Show the entity tags.")
  boolean eTags;

  @Option(names = "--summarize", description = "End with how many there are, and their size.")
  boolean summarize;

  @Option(names = "--limit", paramLabel = "N", description = "At most so many (default: all).")
  @Nullable Long limit;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "Which configured store (default: the embedded one).")
  @Nullable String store;

  LsCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (limit != null && limit < 1) {
      throw Mistake.usage("--limit must be 1 or more, found: " + limit);
    }
    try (CoordinatorClient client = common.connect(setting)) {
      S3Target where = place;
      if (where == null) {
        buckets(client.buckets(store));
        return Exit.OK;
      }
      return objects(client, where);
    }
  }

  private void buckets(List<BucketView> buckets) {
    Terminal terminal = common.terminal(setting);
    if (common.json) {
      buckets.forEach(bucket -> common.jsonLine(setting, bucket));
    } else if (buckets.isEmpty()) {
      terminal.say("There are no buckets. 'millrace put FILE s3://bucket/' makes one.");
    } else {
      ObjectLines.buckets(terminal, buckets);
    }
  }

  /** Page by page: what is held is one page, however many there are. */
  private int objects(CoordinatorClient client, S3Target where) throws IOException {
    ObjectLines lines = new ObjectLines(common.terminal(setting), eTags);
    long left = limit == null ? Long.MAX_VALUE : limit;
    String token = "";
    while (token != null && left > 0) {
      ObjectPage page =
          client.objects(
              new ObjectQuery(
                  store,
                  where.bucket(),
                  where.key(),
                  !recursive,
                  token,
                  (int) Math.min(left, PAGE)));
      token = page.next();
      page = all || where.key().startsWith(RESERVED) ? page : withoutOwn(page);
      if (common.json) {
        page.folders().forEach(folder -> common.jsonLine(setting, new Folder(folder)));
        page.objects().forEach(row -> common.jsonLine(setting, row));
        lines.count(page);
      } else {
        lines.print(page);
      }
      left -= page.folders().size() + page.objects().size();
    }
    if (common.json) {
      lines.nothing(where);
    } else {
      lines.end(summarize, where, token != null);
    }
    return lines.isEmpty() && !where.key().isEmpty() ? Exit.FAILED : Exit.OK;
  }

  private static ObjectPage withoutOwn(ObjectPage page) {
    return new ObjectPage(
        page.objects().stream().filter(row -> !row.key().startsWith(RESERVED)).toList(),
        page.folders().stream().filter(folder -> !folder.startsWith(RESERVED)).toList(),
        page.next());
  }

  /** A folder for programs. */
  record Folder(String folder) {}
}
