package dev.millrace.orch.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a port is free, and who has it.
 *
 * @param own ports that this data folder's own servers answer on
 */
public record Ports(Set<Integer> own, Path proc) {
  private static final String LISTENS = "0A";

  public Ports {
    own = Set.copyOf(own);
  }

  /** Looks at one. */
  public Check check(String what, String host, int port, String option) {
    return new Check("port", () -> List.of(look(what, host, port, option)));
  }

  Finding look(String what, String host, int port, String option) throws IOException {
    String said = what + ": " + host + ":" + port;
    if (port == 0) {
      return Finding.ok("port", what + ": any free one");
    }
    if (own.contains(port)) {
      return Finding.ok("port", said + " is held by what runs on this data folder");
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return Finding.ok("port", said + " is free");
    } catch (java.net.BindException e) {
      return Finding.bad(
          "port",
          said
              + " is held by "
              + holder(port).orElse("another program")
              + " ("
              + e.getMessage()
              + ")",
          "end that, or start with another port: " + option + " 0 takes any free one");
    } catch (java.net.UnknownHostException e) {
      return Finding.bad("port", said + ": no such host", "correct the host in millrace.yaml");
    }
  }

  /** As the kernel tells it: the socket's inode, and whose file that is. */
  private Optional<String> holder(int port) throws IOException {
    Set<String> sockets = new HashSet<>();
    String wanted = String.format(Locale.ROOT, ":%04X", port);
    for (String table : List.of("net/tcp", "net/tcp6")) {
      Path file = proc.resolve(table);
      if (!Files.isReadable(file)) {
        continue;
      }
      for (String line : Files.readAllLines(file)) {
        String[] words = line.strip().split("\\s+");
        if (words.length > 9 && words[1].endsWith(wanted) && words[3].equals(LISTENS)) {
          sockets.add("socket:[" + words[9] + "]");
        }
      }
    }
    return sockets.isEmpty() ? Optional.empty() : owner(sockets);
  }

  private Optional<String> owner(Set<String> sockets) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        if (has(process.resolve("fd"), sockets)) {
          String pid = String.valueOf(process.getFileName());
          Path name = process.resolve("comm");
          return Optional.of(
              "process "
                  + pid
                  + (Files.isReadable(name) ? " (" + Files.readString(name).strip() + ")" : ""));
        }
      }
    }
    return Optional.of("another user's program");
  }

  private static boolean has(Path files, Set<String> sockets) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(files)) {
      for (Path file : open) {
        if (sockets.contains(Files.readSymbolicLink(file).toString())) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      // Ended meanwhile, or another user's.
      return false;
    }
  }
}
