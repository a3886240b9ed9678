package dev.millrace.orch.scaffold;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The samples of a checkout.
 *
 * @param folder {@code samples} in it
 */
public record Samples(Path folder) {
  private static final String FDL = "function.yaml";

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
}
