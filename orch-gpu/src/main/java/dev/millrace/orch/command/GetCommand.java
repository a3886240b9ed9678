package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.Download;
import dev.millrace.orch.client.Retries;
import dev.millrace.orch.client.Transfer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Downloads an object. */
@Command(
    name = "get",
    description = "Download an object to a file; '-' prints it.",
    footer = {
      "",
      "Where the connection breaks it goes on behind what has come, as long as the object is the",
      "same one.",
      "",
      "Example:",
      "  millrace get s3://results/aqp1.tsv"
    })
final class GetCommand implements Callable<Integer> {
  /** Nothing is drawn over an object that is printed. */
  private static final Download.Meter SILENT =
      new Download.Meter() {
        @Override
        public void total(long bytes) {}

        @Override
        public void add(long bytes) {}
      };

  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(
      index = "0",
      paramLabel = "s3://BUCKET/KEY",
      converter = S3Target.Converter.class,
      description = "The object.")
  S3Target object = new S3Target("", "");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      description = "Where to (default: the key's last part, here).")
  @Nullable String file;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "Wait so long for an object that is not there yet.")
  int wait;

  GetCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (object.isFolder()) {
      throw Mistake.usage(
          "name one object: s3://bucket/key, found: s3://" + object.bucket() + "/" + object.key());
    }
    if ("-".equals(file) && common.json) {
      throw Mistake.usage("'-' prints the object itself: leave it or --json away");
    }
    Progress progress = new Progress(common.terminal(setting), "downloading", 0);
    try (CoordinatorClient client = common.connect(setting);
        Transfer transfer = new Transfer()) {
      Awaited awaited = new Awaited(wait, setting.clock());
      if ("-".equals(file)) {
        awaited.until(() -> download(client, transfer, SILENT).to(setting.terminal().out()));
        setting.terminal().out().flush();
        return Exit.OK;
      }
      Path to = target();
      long size = awaited.until(() -> download(client, transfer, progress).to(to));
      progress.clear();
      report(to, size);
      return Exit.OK;
    } catch (FileNotFoundException e) {
      throw Mistake.failed(
          "there is no object "
              + object.object().uri()
              + ": 'millrace explain "
              + object.object().uri()
              + "' tells what is known of it");
    } finally {
      progress.clear();
    }
  }

  private Download download(CoordinatorClient client, Transfer transfer, Download.Meter meter) {
    return new Download(transfer, () -> client.downloadUrl(object.object()), Retries.USUAL, meter);
  }

  private void report(Path to, long size) {
    if (common.json) {
      common.json(setting, Map.of("file", to.toString(), "size", size));
    } else {
      common.terminal(setting).line("got " + to + " (" + Words.size(size) + ")");
    }
  }

  private Path target() {
    String name = object.key().substring(object.key().lastIndexOf('/') + 1);
    String wanted = file;
    if (wanted == null) {
      if (name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
        throw Mistake.usage("the key's last part is no file name: say which FILE");
      }
      return setting.folder().resolve(name);
    }
    Path to = setting.folder().resolve(wanted);
    return Files.isDirectory(to) ? to.resolve(name) : to;
  }
}
