package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.Download;
import dev.millrace.orch.client.Retries;
import dev.millrace.orch.client.Transfer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Downloads an object, or all under a prefix. */
@Command(
    name = "get",
    description = "Download an object to a file, or all under a prefix; '-' prints an object.",
    footer = {
      "",
      "Where the connection breaks it goes on behind what has come, as long as the object is the",
      "same one. A prefix ends in '/': all that begins with it comes into a folder, which is said",
      "before the first file is written, and after Ctrl-C --continue gets what is not here yet. A",
      "bucket without a key is all that is in it, and comes into a folder of the bucket's name.",
      "",
      "--wait tells on the standard error what is waited for, and each job that could have written",
      "the object and failed. It ends early, with exit code 1, only when the object certainly does",
      "not come: a job has failed whose input has the object's name but for the ending (in/a.fa for",
      "out/a.txt), and for 5 seconds no job that could write it has been live. A job of another name",
      "ends no wait, nor does one of a function that reads another store than the embedded one,",
      "whose next listing may bring a job. With --of the names do not matter: that object's jobs,",
      "and those of what they leave, are followed, and the wait ends when all of them have ended.",
      "",
      "Examples:",
      "  millrace get s3://results/aqp1.tsv",
      "  millrace get s3://results/aqp1.tsv --wait 300 --of s3://queries/reads.fa",
      "  millrace get s3://results/monday/ monday --continue"
    })
final class GetCommand implements Callable<Integer> {
  /** So long a coordinator may think about a small thing, or for as long as is waited at all. */
  private static final int ANSWER_SECONDS = 30;

  private static final int ANSWER_SECONDS_MIN = 5;

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
      description =
          "File or folder to write (default: the last part of the key, here; of a whole bucket, its"
              + " name).")
  @Nullable String file;

  @Option(
      names = "--continue",
      description = "Leave out files that are here already with the same bytes.")
  boolean resume;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description =
          "Wait so long for an object that is not there yet. Ends before, with exit code 1, when"
              + " it certainly does not come any more.")
  int wait;

  @Option(
      names = "--of",
      paramLabel = "s3://BUCKET/KEY",
      converter = S3Target.Converter.class,
      description = "With --wait: the object of which it is made.")
  @Nullable S3Target input;

  @Mixin Patience patience = new Patience();

  GetCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    check();
    if (object.isFolder()) {
      return folder();
    }
    if ("-".equals(file) && common.json) {
      throw Mistake.usage("'-' prints the object itself: leave it or --json away");
    }
    Progress progress = new Progress(common.terminal(setting), "downloading", 0);
    try (CoordinatorClient client = common.connect(setting, answerWithin());
        Transfer transfer = patience.transfer()) {
      Awaited awaited = new Awaited(object.object().uri(), wait, setting.clock());
      Prospect outlook = outlook(client);
      if ("-".equals(file)) {
        awaited.until(new Printing(client, transfer), outlook);
        setting.terminal().out().flush();
        return Exit.OK;
      }
      Path to = target();
      long size;
      try (Stopped stopped = new Stopped(() -> Download.forget(to))) {
        size = awaited.until(() -> download(client, transfer, progress).to(to), outlook);
      }
      progress.clear();
      report(to, size);
      return Exit.OK;
    } catch (FileNotFoundException e) {
      throw Mistake.failed(
          "there is no object "
              + object.object().uri()
              + (wait == 0 ? "" : " after " + wait + " s")
              + ": 'millrace explain "
              + object.object().uri()
              + "' tells what is known of it");
    } finally {
      progress.clear();
    }
  }

  private Prospect outlook(CoordinatorClient client) {
    Consumer<String> tell = common.terminal(setting)::tell;
    S3Target made = input;
    return made == null
        ? new Outlook(client, object.object(), setting.clock().instant(), tell)
        : new Descent(client, object.object(), made.object(), tell);
  }

  private void check() {
    S3Target made = input;
    if (made != null && (wait == 0 || made.isFolder())) {
      throw Mistake.usage(
          wait == 0 ? "--of is for --wait SECONDS" : "--of takes one object, s3://bucket/key");
    }
  }

  private Duration answerWithin() {
    return Duration.ofSeconds(
        wait == 0 ? ANSWER_SECONDS : Math.clamp(wait, ANSWER_SECONDS_MIN, ANSWER_SECONDS));
  }

  /** Prints the object. Nothing is drawn over it, and what was printed is not printed again. */
  private final class Printing implements Awaited.Download, Download.Meter {
    private final CoordinatorClient client;
    private final Transfer transfer;
    private boolean begun;

    Printing(CoordinatorClient client, Transfer transfer) {
      this.client = client;
      this.transfer = transfer;
    }

    @Override
    public long bytes() throws IOException {
      return download(client, transfer, this).to(setting.terminal().out());
    }

    @Override
    public boolean hasBegun() {
      return begun;
    }

    @Override
    public void total(long bytes) {}

    @Override
    public void add(long more) {
      begun = true;
    }
  }

  private int folder() throws IOException {
    if ("-".equals(file) || wait > 0) {
      throw Mistake.usage("'-' and --wait are for one object: name it, s3://bucket/key");
    }
    Path to = folderTarget();
    Progress progress = new Progress(common.terminal(setting), "downloading", 0);
    try (CoordinatorClient client = common.connect(setting);
        Transfer transfer = patience.transfer()) {
      Downloads downloads =
          new Downloads(
              new Downloads.Means(client, transfer, progress, this::begins), object, to, resume);
      Optional<Downloads.Done> done = downloads(downloads, progress);
      progress.clear();
      return report(
          done.orElseThrow(() ->
              Mistake.failed(
                  "nothing begins with "
                      + object.object().uri()
                      + ": 'millrace ls s3://"
                      + object.bucket()
                      + "' lists the bucket")));
    } finally {
      progress.clear();
    }
  }

  /** Said before anything is written. */
  private void begins(String folder, long files, long bytes) {
    if (!common.json) {
      common
          .terminal(setting)
          .tell(
              "getting "
                  + Words.files(files)
                  + " ("
                  + Words.size(bytes)
                  + ") into the folder "
                  + folder);
    }
  }

  private Optional<Downloads.Done> downloads(Downloads downloads, Progress progress)
      throws IOException {
    Runnable stop =
        () -> {
          progress.end();
          common.terminal(setting).note("stopped: " + downloads.stop());
        };
    try (Stopped stopped = new Stopped(stop)) {
      return downloads.all();
    } catch (IOException e) {
      progress.clear();
      common.terminal(setting).note(downloads.stop());
      throw e;
    }
  }

  private Path folderTarget() {
    String wanted = file;
    if (wanted != null) {
      return setting.folder().resolve(wanted);
    }
    String key = object.key().isEmpty() ? object.bucket() : object.key();
    String name = key.replaceFirst("/$", "").replaceFirst("^.*/", "");
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
      throw Mistake.usage("the prefix ends in no folder's name: say which FILE");
    }
    return setting.folder().resolve(name);
  }

  private int report(Downloads.Done done) {
    Terminal terminal = common.terminal(setting);
    if (common.json) {
      common.json(setting, done);
    } else {
      terminal.line(
          "got "
              + Words.files(done.files())
              + " ("
              + Words.size(done.size())
              + ") in "
              + done.folder()
              + (done.before() == 0 ? "" : "; " + Words.count(done.before()) + " were there"));
      done.leftOut().stream()
          .limit(20)
          .forEach(key -> terminal.note("left out: " + Words.printable(key)));
    }
    if (!done.leftOut().isEmpty()) {
      throw Mistake.failed(
          Words.files(done.leftOut().size())
              + " could not be written: their keys are no paths here, or they went away. Get each"
              + " by its own 'millrace get s3://bucket/key FILE'");
    }
    return Exit.OK;
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
    if (Files.isDirectory(to)) {
      return to.resolve(name);
    }
    Path folder = to.getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw Mistake.failed(
          "there is no folder "
              + Words.printable(folder.toString())
              + " to write to: make it, or name another file");
    }
    return to;
  }
}
