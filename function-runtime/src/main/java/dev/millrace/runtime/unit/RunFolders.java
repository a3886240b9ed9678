package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.FolderRemoval;
import dev.millrace.runtime.runner.StepFile;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The folders of all runs that are not settled yet, and the state that each keeps. */
final class RunFolders {
  private static final System.Logger LOG = System.getLogger(RunFolders.class.getName());
  private static final String STATE = "states";

  /** Where earlier versions kept a run's state, as the only one in its file. */
  private static final String ONLY_STATE = "state.json";

  private static final String BEATS = "beats";
  private static final String GONE = ".gone";

  private final Path root;

  /** Keeps runs in {@code root}, which only its owner may enter. */
  RunFolders(Path root) throws IOException {
    this.root = root.toAbsolutePath();
    Files.createDirectories(this.root);
    Files.setPosixFilePermissions(this.root, PosixFilePermissions.fromString("rwx------"));
  }

  /** Where it is kept how far a run's upload in parts is. */
  static Path upload(WorkFolder folder) {
    return folder.root().resolve("upload.json");
  }

  WorkFolder of(RunId run) {
    return new WorkFolder(root.resolve(run.value()));
  }

  /** Keeps a state: the old one or the new one is there at every instant. */
  void save(RunState state) throws IOException {
    Path folder = of(state.run()).root();
    if (state.step() == RunState.Step.CLAIMING) {
      Files.createDirectories(folder);
    }
    new StepFile(folder.resolve(STATE)).add(Json.bytes(state));
  }

  /** The last beat of a run's lease, 0 when there was none. */
  long beats(RunId run) {
    try {
      return Long.parseLong(Files.readString(of(run).root().resolve(BEATS)).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** Keeps a beat before it is sent, so that none is used twice. */
  void beat(RunId run, long counter) throws IOException {
    Path folder = of(run).root();
    Path fresh = Files.writeString(folder.resolve(BEATS + ".new"), Long.toString(counter));
    Files.move(fresh, folder.resolve(BEATS), StandardCopyOption.ATOMIC_MOVE);
  }

  /** A run's state; empty when there is none that can be read. */
  Optional<RunState> find(RunId run) throws IOException {
    return read(of(run).root());
  }

  /** The runs that are there; a folder whose state cannot be read is removed, where it can be. */
  List<RunState> load() throws IOException {
    List<RunState> found = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(root)) {
      for (Path folder : folders) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
          LOG.log(Level.WARNING, "{0} is no run''s folder, and is left alone", folder);
          continue;
        }
        Optional<RunState> state = read(folder);
        if (state.isPresent()) {
          found.add(state.get());
        } else {
          removeLeft(folder);
        }
      }
    }
    return found;
  }

  /** One that cannot be removed keeps no provider from starting. */
  private static void removeLeft(Path folder) {
    try {
      remove(folder);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a run's folder stays: {0}", e.toString());
    }
  }

  private static Optional<RunState> read(Path folder) throws IOException {
    Optional<RunState> state = read(folder, STATE);
    return state.isPresent() ? state : read(folder, ONLY_STATE);
  }

  private static Optional<RunState> read(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      return name.equals(STATE)
          ? new StepFile(file).last(line -> Json.read(line, RunState.class))
          : Optional.of(Json.read(Files.readAllBytes(file), RunState.class));
    } catch (NoSuchFileException | MalformedJson e) {
      return Optional.empty();
    }
  }

  /** Removes a run's bytes; links are removed, never followed. */
  void remove(RunId run) throws IOException {
    remove(of(run).root());
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    // The state goes first: what is left of a half removed folder is never taken for a run.
    Files.deleteIfExists(folder.resolve(ONLY_STATE));
    Files.deleteIfExists(folder.resolve(STATE));
    // Under another name no later beat of the run's lease finds it.
    Path gone = folder.resolveSibling(folder.getFileName() + GONE);
    if (Files.exists(gone)) {
      FolderRemoval.remove(gone);
    }
    Files.move(folder, gone, StandardCopyOption.ATOMIC_MOVE);
    try {
      FolderRemoval.remove(gone);
    } catch (DirectoryNotEmptyException e) {
      // A beat was under way when the name changed; there is none after it.
      FolderRemoval.remove(gone);
    }
  }
}
