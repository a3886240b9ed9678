package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.PartsUpload;
import dev.millrace.orch.client.Transfer;
import dev.millrace.schema.object.UploadStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Uploads files. */
@Command(
    name = "put",
    description = "Upload files to a bucket.",
    footer = {
      "",
      "The last argument is where to: a key for one file, or a prefix ending in '/'.",
      "A file over 64 MiB goes in parts, and a part that fails is tried again. Ctrl-C drops",
      "what was sent of a file that is not whole.",
      "",
      "Example:",
      "  millrace put queries/*.fa s3://queries/in/"
    })
final class PutCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(
      arity = "2..*",
      paramLabel = "FILE... s3://BUCKET/KEY",
      hideParamSyntax = true,
      description = "Files, then where to.")
  List<String> words = List.of();

  PutCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    S3Target target = S3Target.parse(words.getLast());
    List<Path> files =
        words.subList(0, words.size() - 1).stream().map(setting.folder()::resolve).toList();
    if (files.size() > 1 && !target.isFolder()) {
      throw Mistake.usage(
          "several files need a prefix: end it with '/', s3://"
              + target.bucket()
              + "/"
              + target.key()
              + "/");
    }
    long bytes = 0;
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw Mistake.failed("there is no file " + file + "; nothing was uploaded");
      }
      if (Files.size(file) > UploadStep.OBJECT_BYTES_MAX) {
        throw Mistake.failed(
            file
                + " has "
                + Words.size(Files.size(file))
                + ", and an object has at most 5.0 TiB; nothing was uploaded. Split it");
      }
      bytes += Files.size(file);
    }
    List<ObjectView> done = new ArrayList<>();
    Progress progress = new Progress(common.terminal(setting), "uploading", bytes);
    try (CoordinatorClient client = common.connect(setting);
        Transfer transfer = new Transfer()) {
      for (Path file : files) {
        ObjectView object = target.object(file.getFileName().toString());
        upload(file, object, new Ways(client, transfer, progress));
        progress.clear();
        done.add(object);
        if (!common.json) {
          common.terminal(setting).line("put " + Words.printable(object.uri()));
        }
      }
    } finally {
      progress.clear();
    }
    if (common.json) {
      common.json(setting, done);
    }
    return Exit.OK;
  }

  private record Ways(CoordinatorClient client, Transfer transfer, Progress progress) {}

  private void upload(Path file, ObjectView object, Ways ways) throws IOException {
    CoordinatorClient client = ways.client();
    if (Files.size(file) <= PartsUpload.LARGE) {
      // Once: a PUT whose answer is lost may have been done, and a second one is a second job.
      ways.transfer().upload(file, client.uploadUrl(object), ways.progress()::add);
      return;
    }
    PartsUpload upload =
        new PartsUpload(
            ways.transfer(),
            step -> client.uploadUrl(object, step),
            PartsUpload.Rules.USUAL,
            ways.progress()::add);
    Thread stopped = Thread.ofPlatform().unstarted(() -> drop(upload, ways.progress()));
    Runtime.getRuntime().addShutdownHook(stopped);
    try {
      upload.upload(file);
    } finally {
      forget(stopped);
    }
  }

  private static void forget(Thread stopped) {
    try {
      Runtime.getRuntime().removeShutdownHook(stopped);
    } catch (IllegalStateException e) {
      // This process is ending, and the thread at work.
    }
  }

  private void drop(PartsUpload upload, Progress progress) {
    boolean dropped = upload.drop();
    progress.clear();
    common
        .terminal(setting)
        .note(
            dropped
                ? "stopped: the parts that were sent are dropped"
                : "stopped: the store could not be asked to drop the parts that were sent; list and"
                    + " abort them with an S3 client (list-multipart-uploads)");
  }
}
