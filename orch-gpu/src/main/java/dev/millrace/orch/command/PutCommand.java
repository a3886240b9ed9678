package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.Transfer;
import dev.millrace.schema.object.UploadStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Uploads files and folders. */
@Command(
    name = "put",
    description = "Upload files, or folders with all that is in them, to a bucket.",
    footer = {
      "",
      "The last argument is where to: a key for one file, or a prefix ending in '/'. What is",
      "in a folder keeps its path below the prefix. A file over 64 MiB goes in parts, and a",
      "part that fails is tried again. Ctrl-C drops what was sent of files that are not whole; of",
      "one that the store is just completing it says whether it is up. --continue goes on behind",
      "those that are.",
      "",
      "Examples:",
      "  millrace put queries/*.fa s3://queries/in/",
      "  millrace put pages s3://pages/in/ --continue"
    })
final class PutCommand implements Callable<Integer> {
  private static final int LEFT_OUT_SHOWN = 20;

  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(
      arity = "2..*",
      paramLabel = "FILE... s3://BUCKET/KEY",
      hideParamSyntax = true,
      description = "Files and folders, then where to.")
  List<String> words = List.of();

  @Option(
      names = "--continue",
      description = "Leave out what is there already with the same bytes.")
  boolean resume;

  @Mixin Patience patience = new Patience();

  PutCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    S3Target target = S3Target.parse(words.getLast());
    List<Path> named =
        words.subList(0, words.size() - 1).stream().map(setting.folder()::resolve).toList();
    List<Path> leftOut = new ArrayList<>();
    List<Uploads.Item> items = items(named, target, leftOut);
    boolean folder = named.stream().anyMatch(Files::isDirectory);
    Terminal terminal = common.terminal(setting);
    Progress progress = new Progress(terminal, "uploading", bytes(items));
    try (CoordinatorClient client = common.connect(setting);
        Transfer transfer = patience.transfer()) {
      List<Uploads.Item> left = resume ? Uploads.missing(client, target, items) : items;
      progress.files(items.size() > 1 ? left.size() : 0, bytes(left));
      Optional<Readers> readers = Readers.of(client, target);
      Uploads uploads = new Uploads(new Uploads.Means(client, transfer, progress), terminal);
      upload(uploads, left, folder, progress);
      progress.clear();
      if (common.json) {
        common.json(setting, uploads.done().stream().map(o -> Readers.put(o, readers)).toList());
      } else if (folder || resume) {
        summary(left, items.size() - left.size(), target);
      }
      leftOut(terminal, leftOut);
      if (!common.json) {
        readers.flatMap(r -> r.remark(uploads.done())).ifPresent(terminal::tell);
      }
    } finally {
      progress.clear();
    }
    return Exit.OK;
  }

  /** A line for each file, but not thousands of them on a terminal. */
  private void upload(Uploads uploads, List<Uploads.Item> left, boolean folder, Progress progress)
      throws IOException {
    boolean told = !common.json && (!folder || !common.terminal(setting).interactive());
    boolean many = left.size() > 1;
    try (Stopped stopped = new Stopped(() -> stopped(uploads, left.size()))) {
      uploads.all(left, !folder, told);
    } catch (IOException e) {
      if (!many) {
        throw e;
      }
      progress.clear();
      common.terminal(setting).note(how(uploads.done().size(), left.size()));
      throw e;
    }
  }

  private void stopped(Uploads uploads, int all) {
    uploads.stop();
    if (all > 1) {
      common.terminal(setting).note("stopped: " + how(uploads.done().size(), all));
    }
  }

  private static String how(int done, int all) {
    return Words.count(done)
        + " of "
        + Words.count(all)
        + " files are up; again with --continue for the rest";
  }

  private void summary(List<Uploads.Item> done, int before, S3Target target) {
    common
        .terminal(setting)
        .line(
            "put "
                + Words.files(done.size())
                + " ("
                + Words.size(bytes(done))
                + ") under "
                + Words.printable("s3://" + target.bucket() + "/" + target.key())
                + (before == 0 ? "" : "; " + Words.count(before) + " were there"));
  }

  /** Not an error: a folder's files are up. */
  private static void leftOut(Terminal terminal, List<Path> paths) {
    paths.stream()
        .limit(LEFT_OUT_SHOWN)
        .forEach(path ->
            terminal.note("left out: " + Words.printable(path.toString()) + ", " + kind(path)));
    if (paths.size() > LEFT_OUT_SHOWN) {
      terminal.note("left out: " + (paths.size() - LEFT_OUT_SHOWN) + " more");
    }
  }

  private static String kind(Path path) {
    if (Files.isSymbolicLink(path)) {
      return Files.isDirectory(path)
          ? "a link to a folder: name it to have its files uploaded"
          : Files.exists(path) ? "a link to what is no file" : "a link that leads nowhere";
    }
    return "which is neither a file nor a folder";
  }

  private static long bytes(List<Uploads.Item> items) {
    return items.stream().mapToLong(Uploads.Item::bytes).sum();
  }

  private static List<Uploads.Item> items(List<Path> named, S3Target target, List<Path> leftOut)
      throws IOException {
    List<Uploads.Item> items = new ArrayList<>();
    for (Path path : named) {
      if (Files.isDirectory(path)) {
        inFolder(path, target, items, leftOut);
      } else {
        items.add(item(path, target.object(path.getFileName().toString())));
      }
    }
    boolean several = items.size() > 1 || named.stream().anyMatch(Files::isDirectory);
    if (several && !target.isFolder()) {
      throw Mistake.usage(
          "several files need a prefix: end it with '/', s3://"
              + target.bucket()
              + "/"
              + target.key()
              + "/");
    }
    if (items.isEmpty()) {
      throw Mistake.failed("there are no files in " + named.getFirst() + "; nothing was uploaded");
    }
    return items;
  }

  /**
   * Its files, and those of the folders in it, in the order of their names. A link to a folder may
   * lead round in a circle, or out of what was named: it is left out.
   */
  private static void inFolder(
      Path named, S3Target target, List<Uploads.Item> items, List<Path> leftOut)
      throws IOException {
    // A walk does not go through a link, not even the one that it begins at.
    Path folder = Files.isSymbolicLink(named) ? named.toRealPath() : named;
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path file : found.sorted().toList()) {
        if (file.equals(folder) || Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          continue;
        }
        if (!Files.isRegularFile(file)) {
          leftOut.add(file);
          continue;
        }
        StringJoiner key = new StringJoiner("/");
        folder.relativize(file).forEach(part -> key.add(part.toString()));
        items.add(item(file, target.object(key.toString())));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Uploads.Item item(Path file, ObjectView object) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw Mistake.failed("there is no file " + file + "; nothing was uploaded");
    }
    Uploads.Item item = Uploads.item(file, object);
    if (item.bytes() > UploadStep.OBJECT_BYTES_MAX) {
      throw Mistake.failed(
          file
              + " has "
              + Words.size(item.bytes())
              + ", and an object has at most 5.0 TiB; nothing was uploaded. Split it");
    }
    return item;
  }
}
