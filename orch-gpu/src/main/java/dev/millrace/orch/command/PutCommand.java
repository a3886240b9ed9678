package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
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
      "Files of up to 5 GiB; larger ones need an S3 client that uploads in parts.",
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
      if (Files.size(file) > UploadStep.PART_BYTES_MAX) {
        throw Mistake.failed(
            file
                + " has "
                + Words.size(Files.size(file))
                + ", and one upload by URL takes 5.0 GiB; nothing was uploaded. Use a client that"
                + " uploads in parts, for instance aws s3 cp with the keys in store.env");
      }
      bytes += Files.size(file);
    }
    List<ObjectView> done = new ArrayList<>();
    Progress progress = new Progress(common.terminal(setting), "uploading", bytes);
    try (CoordinatorClient client = common.connect(setting);
        Transfer transfer = new Transfer()) {
      for (Path file : files) {
        ObjectView object = target.object(file.getFileName().toString());
        transfer.upload(file, client.uploadUrl(object), progress::add);
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
}
