package dev.millrace.orch.command;

import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes files of OSCAR and SCAR as a file of functions.millrace. */
@Command(
    name = "convert",
    description = {
      "Write OSCAR's and SCAR's files as one file of functions.millrace.",
      "What cannot be carried over is told, and noted in the file; when anything is an error,"
          + " nothing is written. No coordinator is needed."
    },
    footer = {
      "",
      "Examples:",
      "  millrace convert scar.yaml                    look at it",
      "  millrace convert scar.yaml -o function.yaml   keep it"
    })
final class ConvertCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "FDL files of OSCAR and SCAR.")
  List<Path> files = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where to write it; without this, to the standard output.")
  @Nullable Path output;

  @Option(names = "--force", description = "Write over a file that is there.")
  boolean force;

  @Option(names = "--json", description = "Print JSON, for programs: the file and the notes.")
  boolean json;

  @Mixin Looks looks = new Looks();

  ConvertCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    List<FdlFiles.Named> sources = new ArrayList<>();
    for (Path file : files) {
      Path source = setting.folder().resolve(file);
      if (!Files.isRegularFile(source)) {
        throw Mistake.failed(FdlFiles.missing(source, file));
      }
      sources.add(new FdlFiles.Named(source, file.toString()));
    }
    Path target = output == null ? sources.getFirst().file() : setting.folder().resolve(output);
    Path into = target.toAbsolutePath().normalize().getParent();
    FdlFiles.Converted converted =
        setting.fdl().convert(sources, into == null ? setting.folder() : into);
    if (json) {
      looks.terminal(setting).line(Json.pretty(converted));
    } else {
      converted.notes().forEach(note -> looks.terminal(setting).note(Words.printable(note)));
    }
    if (converted.yaml().isEmpty()) {
      throw Mistake.failed("nothing is converted: correct what is called an error above");
    }
    if (output != null) {
      write(target, converted);
    } else if (!json) {
      looks.terminal(setting).out().print(converted.yaml());
      looks.terminal(setting).out().flush();
    }
    return Exit.OK;
  }

  private void write(Path target, FdlFiles.Converted converted) throws IOException {
    byte[] bytes = converted.yaml().getBytes(StandardCharsets.UTF_8);
    try {
      if (force && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        replace(target, bytes);
      } else {
        Files.write(target, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      }
    } catch (FileAlreadyExistsException e) {
      throw Mistake.failed(output + " is there already: name another file, or say --force");
    }
    looks
        .terminal(setting)
        .tell(
            "wrote "
                + output
                + ", "
                + converted.functions()
                + (converted.functions() == 1 ? " function" : " functions")
                + "; look at its comments, then: millrace deploy "
                + output);
  }

  /** The old file stays whole until the new one is. */
  private static void replace(Path target, byte[] bytes) throws IOException {
    Path folder = Objects.requireNonNull(target.toAbsolutePath().getParent(), "a file's folder");
    Path fresh = Files.createTempFile(folder, ".millrace", ".yaml");
    try {
      Files.write(fresh, bytes);
      asOpenAs(target, fresh);
      Files.move(
          fresh, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** A temporary file is its owner's alone: who could read the old file reads the new one. */
  private static void asOpenAs(Path target, Path fresh) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(fresh, PosixFileAttributeView.class);
    if (view != null && Files.isRegularFile(target)) {
      view.setPermissions(Files.getPosixFilePermissions(target));
    }
  }
}
