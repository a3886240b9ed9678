package dev.millrace.orch.scaffold;

import dev.millrace.fdl.FdlReader;
import dev.millrace.fdl.ScriptFolder;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.object.ObjectName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The samples of a checkout.
 *
 * @param folder {@code samples} in it
 */
public record Samples(Path folder) {
  private static final String FDL = "function.yaml";
  private static final String INPUT = "input/";

  /** Their names, in order. */
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return names;
    }
    try (DirectoryStream<Path> each = Files.newDirectoryStream(folder)) {
      for (Path sample : each) {
        if (Files.isRegularFile(sample.resolve(FDL))) {
          names.add(String.valueOf(sample.getFileName()));
        }
      }
    }
    names.sort(null);
    return names;
  }

  /** All files of one, which is among the names. */
  public Draft draft(String name) throws IOException {
    Path sample = folder.resolve(name);
    List<Draft.NewFile> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(sample)) {
      for (Path file : all.sorted().toList()) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          files.add(
              new Draft.NewFile(
                  sample.relativize(file).toString(),
                  Files.readAllBytes(file),
                  Files.isExecutable(file)));
        }
      }
    }
    return new Draft(files);
  }

  /**
   * A file to try a sample with.
   *
   * @param file in the sample
   * @param into where its function takes it from: {@code s3://bucket/folder/}
   */
  public record Example(Path file, String into) {}

  /** The first file of its input that one of its functions takes. */
  public Optional<Example> example(String name) throws IOException {
    Path sample = folder.resolve(name);
    Path fdl = sample.resolve(FDL);
    List<InputRule> rules =
        FdlReader.read(FDL, Files.readAllBytes(fdl), new ScriptFolder(sample)).functions().stream()
            .flatMap(function -> function.inputs().stream())
            .toList();
    for (Draft.NewFile file : draft(name).files()) {
      String path = file.path();
      if (!path.startsWith(INPUT)) {
        continue;
      }
      for (InputRule rule : rules) {
        String key = rule.keyPrefix() + path.substring(INPUT.length());
        if (rule.covers(new ObjectName(rule.store(), rule.bucket(), key))) {
          return Optional.of(
              new Example(Path.of(path), "s3://" + rule.bucket() + "/" + rule.keyPrefix()));
        }
      }
    }
    return Optional.empty();
  }
}
