package dev.millrace.orch.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.orch.doctor.Finding.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of a machine that is well, and of one that is not. */
final class DoctorTest {
  private static final Path PROC = Path.of("/proc");

  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir private Path folder;

  private static List<Finding> examine(Check... checks) throws InterruptedException {
    return new Doctor(check -> check.subject().equals("docker") ? Duration.ofMillis(300) : LONG)
        .examine(List.of(checks));
  }

  @Test
  void whatHangsIsLeftAloneAndTheRestIsTold() throws Exception {
    CountDownLatch never = new CountDownLatch(1);

    List<Finding> findings =
        examine(
            new Check(
                "docker",
                () -> {
                  never.await();
                  return List.of();
                }),
            new Check("disk", () -> List.of(Finding.ok("disk", "fine"))),
            new Check(
                "api",
                () -> {
                  throw new IOException("broken");
                }));

    assertThat(findings).extracting(Finding::subject).containsExactly("docker", "disk", "api");
    assertThat(findings.get(0).said()).contains("did not answer");
    assertThat(findings.get(0).level()).isEqualTo(Level.BAD);
    assertThat(findings.get(1).level()).isEqualTo(Level.OK);
    assertThat(findings.get(2).said()).isEqualTo("broken");
  }

  @Test
  void aPortThatIsHeldIsToldWithItsHolder() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = socket.getLocalPort();

      Finding held = new Ports(Set.of(), PROC).look("API", "127.0.0.1", port, "--port");
      Finding own = new Ports(Set.of(port), PROC).look("API", "127.0.0.1", port, "--port");

      assertThat(held.level()).isEqualTo(Level.BAD);
      assertThat(held.said()).contains("process " + ProcessHandle.current().pid());
      assertThat(held.remedy()).contains("--port 0");
      assertThat(own.level()).isEqualTo(Level.OK);
    }
  }

  @Test
  void aPortThatIsFreeIsFree() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertThat(new Ports(Set.of(), PROC).look("API", "127.0.0.1", port, "--port").level())
        .isEqualTo(Level.OK);
    assertThat(new Ports(Set.of(), PROC).look("API", "no such host", 7070, "--port").level())
        .isEqualTo(Level.BAD);
  }

  @Test
  void aFolderThatOthersCanReadIsToldAndOneThatIsNotThereIsFine() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(folderOf(data, () -> 0).rights())
        .singleElement()
        .returns(Level.WARN, Finding::level)
        .returns("chmod 700 " + data, Finding::remedy);
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    assertThat(folderOf(data, () -> 0).rights()).singleElement().returns(Level.OK, Finding::level);
    assertThat(folderOf(folder.resolve("a/b/c"), () -> 0).rights())
        .singleElement()
        .returns(Level.OK, Finding::level);
  }

  @Test
  void whoHasTheFolderIsTold() throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    try (FileChannel channel =
        FileChannel.open(
            data.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(channel.tryLock()).isNotNull();

      assertThat(folderOf(data, () -> 0).rights())
          .anyMatch(f -> f.said().contains("process " + ProcessHandle.current().pid()));
    }
  }

  @Test
  void aSlowDiskAndOneWithoutRoomAreTold() throws IOException {
    AtomicLong time = new AtomicLong();

    List<Finding> slow = folderOf(folder, () -> time.addAndGet(60_000_000)).disk();
    List<Finding> full = new Folder(folder, Long.MAX_VALUE, () -> 0, PROC).disk();

    assertThat(slow).anyMatch(f -> f.level() == Level.WARN && f.said().contains("60000 us"));
    assertThat(full).anyMatch(f -> f.level() == Level.BAD && f.remedy().contains("make room"));
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  private static Folder folderOf(Path data, dev.millrace.schema.time.Ticker ticker) {
    return new Folder(data, 1, ticker, PROC);
  }

  @Test
  void diskOfAnotherMachineIsNoDisk() {
    assertThat(Folder.kind("nfs4").level()).isEqualTo(Level.BAD);
    assertThat(Folder.kind("tmpfs").level()).isEqualTo(Level.WARN);
    assertThat(Folder.kind("ext4").level()).isEqualTo(Level.OK);
  }

  @Test
  void aSmallMachineIsTold() throws IOException {
    Path proc = Files.createDirectories(folder.resolve("proc/self")).getParent();
    Files.writeString(
        proc.resolve("meminfo"), "MemTotal:  2048000 kB\nMemFree: 1 kB\nMemAvailable: 102400 kB\n");
    Files.writeString(
        proc.resolve("self/limits"),
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             unlimited            unlimited            processes
        Max open files            256                  4096                 files
        """);
    Host host = new Host(proc, folder);

    assertThat(host.memory())
        .returns(Level.WARN, Finding::level)
        .matches(f -> f.said().startsWith("100 MiB of 2000 MiB free"));
    assertThat(host.limits())
        .anyMatch(f -> f.level() == Level.OK && f.said().equals("processes: unlimited"))
        .anyMatch(f -> f.level() == Level.WARN && f.said().startsWith("open files: 256"));
    assertThat(host.java(17).level()).isEqualTo(Level.BAD);
    assertThat(host.java(25).level()).isEqualTo(Level.OK);
  }

  @Test
  void aServerThatIsGoneOneThatRefusesAndOneWhoseClockIsAwayAreTold() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    server.createContext(
        "/",
        exchange -> {
          boolean known =
              "Bearer right".equals(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(known ? 200 : 401, -1);
          exchange.close();
        });
    server.start();
    URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    Servers now = new Servers(InstantSource.system());
    Servers late = new Servers(() -> Instant.now().plusSeconds(3600));
    try {
      assertThat(now.coordinator(endpoint, "right").look().at())
          .singleElement()
          .returns(Level.OK, Finding::level);
      assertThat(now.coordinator(endpoint, "wrong").look().at())
          .singleElement()
          .matches(f -> f.level() == Level.BAD && f.said().contains("refuses this token"));
      assertThat(late.store(endpoint).look().at())
          .anyMatch(f -> f.level() == Level.WARN && f.said().contains("s away"));
    } finally {
      server.stop(0);
    }
    assertThat(now.coordinator(endpoint, "right").look().at())
        .singleElement()
        .matches(f -> f.level() == Level.BAD && f.said().contains("does not answer"));
  }
}
