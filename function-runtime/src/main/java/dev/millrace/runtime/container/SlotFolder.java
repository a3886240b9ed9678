package dev.millrace.runtime.container;

import dev.millrace.runtime.resident.WorkerLog;
import dev.millrace.runtime.runner.FolderRemoval;
import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.function.Interpreter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a kept container sees of the host: mounts are fixed when it is made, so a job's folders are
 * moved in and out of what is mounted. All but the output folder and one file is mounted read-only:
 * a function can put no link in the way of this process.
 *
 * @param root of this container alone, in the same file system as the runs' folders
 */
record SlotFolder(Path root) {
  private static final String SCRIPT = "/millrace/script";
  private static final String RUNNER = "/millrace/run";
  private static final String CODE = "/millrace/code";
  private static final String LOG = "/millrace/log";

  /** A script for a shell that the image lacks is run by the one that it has, and says so. */
  static final String STAND_IN =
      "[ -x \"$1\" ] || case ${1##*/} in "
          + String.join("|", Interpreter.SHELLS)
          + ") "
          + "echo \"millrace: the image has no $1: /bin/sh runs the script\" >&2; "
          + "shift; set -- /bin/sh \"$@\" ;; esac; ";

  private static final Pattern ANSWER = Pattern.compile("([0-9]{1,3}) ([0-9]{1,9}) (yes|no)\n");
  private static final String JOB = resource();

  /** What a job's wrapper has said. */
  record Answer(int code, int killedForMemory, boolean clean) {}

  private static String resource() {
    try (InputStream in = SlotFolder.class.getResourceAsStream("job.sh")) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lays it out for jobs like this one. */
  WorkerLog create(RunPlan plan, ContainerUser user) throws IOException {
    for (Path folder : List.of(view(), input(), view().resolve("output"), function(), output())) {
      open(Files.createDirectories(folder), "rwxr-xr-x");
    }
    user.giveWritable(output());
    String script = Objects.requireNonNull(plan.code().script());
    write(view().resolve("script"), script);
    write(view().resolve("run"), job(Interpreter.of(script)));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(plan.folder().function())) {
      for (Path file : files) {
        open(Files.copy(file, function().resolve(file.getFileName().toString())), "rwxr-xr-x");
      }
    }
    write(view().resolve("code"), "");
    write(view().resolve("log"), "");
    open(Files.createFile(code()), "rw-rw-rw-");
    WorkerLog log = WorkerLog.create(root.resolve("log"));
    open(log.file(), "rw-rw-rw-");
    return log;
  }

  private static String job(Interpreter interpreter) {
    return "set -- " + interpreter.quoted() + "\n" + STAND_IN + "\n" + JOB;
  }

  private static void write(Path file, String text) throws IOException {
    open(Files.writeString(file, text), "rw-r--r--");
  }

  /** Whatever this process's umask is; the folder above keeps the host's other users out. */
  static void open(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  private Path view() {
    return root.resolve("view");
  }

  private Path input() {
    return view().resolve("input");
  }

  private Path function() {
    return view().resolve("function");
  }

  Path output() {
    return root.resolve("output");
  }

  private Path code() {
    return root.resolve("code");
  }

  /** A pipe with a name that the container sees. */
  Path pipe(String name) {
    return view().resolve(name);
  }

  /** The places of a container that gets its jobs by further commands. */
  List<ContainerSpec.Place> places() {
    return List.of(
        new ContainerSpec.Place(view().toString(), "/millrace", false),
        new ContainerSpec.Place(output().toString(), ContainerMaker.PATHS.output(), true),
        new ContainerSpec.Place(code().toString(), CODE, true));
  }

  /** The places of a container in which a worker lives. */
  List<ContainerSpec.Place> workersPlaces() {
    return List.of(
        new ContainerSpec.Place(view().toString(), "/millrace", false),
        new ContainerSpec.Place(output().toString(), ContainerMaker.PATHS.output(), true),
        new ContainerSpec.Place(root.resolve("log").toString(), LOG, true));
  }

  /** Keeps a container alive for as long as this process holds the pipe's other end. */
  static List<String> keeper() {
    return List.of("/bin/sh", "-c", "read -r nothing < /millrace/in");
  }

  static List<String> worker(Interpreter interpreter) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "/bin/sh",
                "-c",
                "[ \"$PWD\" != / ] || cd /tmp; exec 2>> "
                    + LOG
                    + "; "
                    + STAND_IN
                    + "exec \"$@\" "
                    + SCRIPT
                    + " < /millrace/in > /millrace/out",
                "worker"));
    line.addAll(interpreter.words());
    return line;
  }

  static List<String> job() {
    return List.of("/bin/sh", RUNNER);
  }

  /** Shows a job's input. */
  void enter(WorkFolder folder, ContainerUser user) throws IOException {
    user.giveReadable(List.of(folder.input()));
    Files.move(folder.input(), input(), StandardCopyOption.ATOMIC_MOVE);
    Files.writeString(code(), "");
  }

  /** Gives a job its input back, and all that it has written; links are moved, never followed. */
  void leave(WorkFolder folder) throws IOException {
    if (!Files.exists(folder.input())) {
      Files.move(input(), folder.input(), StandardCopyOption.ATOMIC_MOVE);
      open(Files.createDirectory(input()), "rwxr-xr-x");
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(output())) {
      for (Path file : files) {
        Path target = folder.output().resolve(file.getFileName().toString());
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /** Whether a process that had it mounted can still hold a folder in it, and change that. */
  static boolean holdsFolder(Path output) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(output)) {
      for (Path file : files) {
        if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
          return true;
        }
      }
    }
    return false;
  }

  /** What the wrapper wrote at last; empty when it did not come so far. */
  Optional<Answer> answer() throws IOException {
    try (InputStream in = Files.newInputStream(code(), LinkOption.NOFOLLOW_LINKS)) {
      Matcher found = ANSWER.matcher(new String(in.readNBytes(64), StandardCharsets.ISO_8859_1));
      return found.matches()
          ? Optional.of(
              new Answer(
                  Math.min(255, Integer.parseInt(found.group(1))),
                  Integer.parseInt(found.group(2)),
                  found.group(3).equals("yes")))
          : Optional.empty();
    }
  }

  void remove() throws IOException {
    FolderRemoval.remove(root);
  }
}
