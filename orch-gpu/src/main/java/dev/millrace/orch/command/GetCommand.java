package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.Download;
import dev.millrace.orch.client.ObjectQuery;
import dev.millrace.orch.client.Retries;
import dev.millrace.orch.client.Transfer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
      "An object comes into FILE, and a file that is there is replaced when all has come. Where",
      "FILE is a folder, or ends in '/', it comes into that folder under its own name; one that",
      "ends in '/' is made where it is missing.",
      "",
      "Where the connection breaks it goes on behind what has come, as long as the object is the",
      "same one. A prefix ends in '/': all that begins with it comes into a folder, which is said",
      "before the first file is written, and after Ctrl-C --continue gets what is not here yet. A",
      "bucket without a key is all that is in it, and comes into a folder of the bucket's name.",
      "Keys that this file system has no room for (a name that is too long, the name of a folder,",
      "'..', one that differs in case alone where that is the same) are left out and named at the",
      "end, with exit code 1.",
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
      "  millrace get s3://results/monday/ monday --continue",
      "  millrace get --store minio.archive s3://results/aqp1.tsv tables/"
    })
final class GetCommand implements Callable<Integer> {
  /** So long a coordinator may think about a small thing, or for as long as is waited at all. */
  private static final int ANSWER_SECONDS = 30;

  private static final int ANSWER_SECONDS_MIN = 5;
  private static final int LEFT_OUT_SHOWN = 20;

  private static final String PRINTED = "-";

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
          "File or folder to write; one that ends in '/' is a folder (default: the last part of the"
              + " key, here; of a whole bucket, its name).")
  @Nullable String file;

  @Option(
      names = "--continue",
      description = "Leave out files that are here already with the same bytes.")
  boolean resume;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "Which configured store (default: the embedded one).")
  @Nullable String store;

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
    Progress progress = new Progress(common.terminal(setting), "downloading", 0);
    try (CoordinatorClient client = common.connect(setting, answerWithin());
        Transfer transfer = patience.transfer()) {
      Awaited awaited = new Awaited(object.object().uri(), wait, setting.clock());
      Prospect outlook = outlook(client);
      if (PRINTED.equals(file)) {
        awaited.until(new Printing(client, transfer), outlook);
        setting.terminal().out().flush();
        return Exit.OK;
      }
      Destination to = Destination.ofObject(setting.folder(), file, object);
      try {
        one(
            client,
            to.file(),
            () -> {
              long size =
                  awaited.until(() -> download(client, transfer, progress).to(to.file()), outlook);
              progress.clear();
              return size;
            });
      } catch (IOException | Mistake e) {
        to.undo();
        throw e;
      }
      return Exit.OK;
    } catch (FileNotFoundException e) {
      throw Mistake.failed(
          "there is no object "
              + object.object().uri()
              + (wait == 0 ? "" : " after " + wait + " s")
              + ": 'millrace explain "
              + object.object().uri()
              + object.option()
              + "' tells what is known of it");
    } finally {
      progress.clear();
    }
  }

  private void one(CoordinatorClient client, Path to, Awaited.Download coming) throws IOException {
    try (Stopped stopped = new Stopped(() -> Download.forget(to))) {
      boolean here = resume && isHere(client, to);
      report(to, here ? Files.size(to) : coming.bytes(), here);
    }
  }

  /** Whether the file has the object's bytes, as far as a listing tells. */
  private boolean isHere(CoordinatorClient client, Path to) throws IOException {
    if (!Files.isRegularFile(to)) {
      return false;
    }
    List<ObjectPage.Row> first =
        client
            .objects(new ObjectQuery(object.store(), object.bucket(), object.key(), false, "", 1))
            .objects();
    return !first.isEmpty()
        && first.getFirst().key().equals(object.key())
        && Twins.downloaded(to, first.getFirst());
  }

  private Prospect outlook(CoordinatorClient client) {
    Consumer<String> tell = common.terminal(setting)::tell;
    S3Target made = input;
    return made == null
        ? new Outlook(client, object.object(), setting.clock().instant(), tell)
        : new Descent(client, object.object(), made.object(), tell);
  }

  private void check() {
    object = object.in(store);
    if (PRINTED.equals(file) && (common.json || resume)) {
      throw Mistake.usage(
          "'-' prints the object itself: leave it or "
              + (resume ? "--continue" : "--json")
              + " away");
    }
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
    if (PRINTED.equals(file) || wait > 0) {
      throw Mistake.usage("'-' and --wait are for one object: name it, s3://bucket/key");
    }
    Path to = Destination.ofPrefix(setting.folder(), file, object);
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
                      + object.option()
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
          .limit(LEFT_OUT_SHOWN)
          .forEach(left ->
              terminal.note("left out: " + Words.printable(left.key()) + ", " + left.why()));
      if (done.leftOut().size() > LEFT_OUT_SHOWN) {
        terminal.note("left out: " + Words.count(done.leftOut().size() - LEFT_OUT_SHOWN) + " more");
      }
    }
    if (!done.leftOut().isEmpty()) {
      throw Mistake.failed(
          Words.files(done.leftOut().size())
              + " could not be written here; the others are. Get each by its own"
              + " 'millrace get s3://bucket/key FILE'");
    }
    return Exit.OK;
  }

  private Download download(CoordinatorClient client, Transfer transfer, Download.Meter meter) {
    return new Download(transfer, () -> client.downloadUrl(object.object()), Retries.USUAL, meter);
  }

  private void report(Path to, long size, boolean before) {
    if (common.json) {
      common.json(setting, Map.of("file", to.toString(), "size", size));
    } else {
      common
          .terminal(setting)
          .line(
              before
                  ? "here already: " + Words.printable(to.toString())
                  : "got " + Words.printable(to.toString()) + " (" + Words.size(size) + ")");
    }
  }
}
