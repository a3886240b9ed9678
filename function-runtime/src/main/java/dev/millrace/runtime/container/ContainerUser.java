package dev.millrace.runtime.container;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who a function is inside its container, and what that user is given of the run's folder. One user
 * for all functions: a card that is shared under MPS serves one user at a time.
 *
 * @param uid not 0, unless the engine itself is rootless
 * @param mapped whether it is another user on the host
 */
record ContainerUser(int uid, int gid, Self self, boolean mapped) {
  /** By convention nobody, who owns nothing. */
  private static final int NOBODY = 65_534;

  /** This process's own user. */
  record Self(int uid, int gid) {
    /** As Linux tells of it. */
    static Self ofThisProcess() throws IOException {
      Path self = Path.of("/proc/self");
      return new Self(
          (Integer) Files.getAttribute(self, "unix:uid"),
          (Integer) Files.getAttribute(self, "unix:gid"));
    }

    boolean root() {
      return uid == 0;
    }
  }

  /** The outcome of choosing one. */
  sealed interface Choice {
    /** This one. */
    record Is(ContainerUser user) implements Choice {}

    /** None that would work. */
    record Refused(String reason) implements Choice {}
  }

  static Choice choose(Optional<String> configured, EngineFacts engine, Self self) {
    Optional<int[]> asked = configured.map(ContainerUser::parse);
    if (engine.rootless()) {
      return asked.isPresent() && asked.get()[0] == 0
          ? new Choice.Is(new ContainerUser(0, 0, self, false))
          : new Choice.Refused(
              "the engine is rootless: set provider.runners.docker.user to 0:0, which is this"
                  + " process's own user there");
    }
    int uid = asked.map(ids -> ids[0]).orElse(self.root() ? NOBODY : self.uid());
    int gid = asked.map(ids -> ids[1]).orElse(self.root() ? NOBODY : self.gid());
    if (uid == 0) {
      return new Choice.Refused("provider.runners.docker.user must not be root (uid 0)");
    }
    if (!self.root() && uid != self.uid()) {
      return new Choice.Refused(
          "provider.runners.docker.user is "
              + uid
              + ", but this process is user "
              + self.uid()
              + " and could not take away what another user leaves: leave the setting out, or run"
              + " Millrace as root");
    }
    return new Choice.Is(new ContainerUser(uid, gid, self, engine.mappedUsers()));
  }

  private static int[] parse(String text) {
    String[] parts = text.split(":");
    return new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1])};
  }

  /** As the engine wants it. */
  String text() {
    return uid + ":" + gid;
  }

  /** Lets the function write there. The folder above keeps others out. */
  void giveWritable(Path folder) throws IOException {
    if (mapped) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    } else if (uid != self.uid() && self.root()) {
      Files.setAttribute(folder, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
      Files.setAttribute(folder, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
    }
  }

  /** Lets the function read there, whatever this process's umask is. */
  void giveReadable(List<Path> folders) throws IOException {
    if (uid == self.uid() && !mapped) {
      return;
    }
    for (Path folder : folders) {
      open(folder, EnumSet.of(PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_EXECUTE));
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          open(file, EnumSet.of(PosixFilePermission.OTHERS_READ));
        }
      }
    }
  }

  private static void open(Path path, Set<PosixFilePermission> wanted) throws IOException {
    Set<PosixFilePermission> has = Files.getPosixFilePermissions(path);
    if (!has.containsAll(wanted)) {
      wanted.addAll(has);
      Files.setPosixFilePermissions(path, wanted);
    }
  }
}
