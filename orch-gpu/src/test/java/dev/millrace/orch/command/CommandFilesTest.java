package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.FrontDesk;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that take files, or make them. */
final class CommandFilesTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
  }

  @AfterEach
  void stop() {
    shell.close();
  }

  @Test
  void deploysWithAllThatTheFileNames() throws Exception {
    Files.writeString(folder.resolve("f.yaml"), "functions: {}");
    shell.desk.nextDeployment =
        new FrontDesk.Deployment.Done(List.of(), List.of("memory is ignored"));

    assertThat(shell.run("deploy", "f.yaml", "--backfill")).isZero();

    assertThat(shell.err()).isEqualTo("warning: memory is ignored\n");
    FakeDesk.Deployed deployed = shell.desk.deployments.getFirst();
    assertThat(deployed.fdl()).isEqualTo("functions: {}");
    assertThat(deployed.scripts()).containsEntry("s.sh", "echo");
    assertThat(shell.desk.files).containsKey(deployed.files().get("f.yaml"));
    assertThat(deployed.backfill()).isTrue();
  }

  @Test
  void whatADeployWarnsOfSeveralFunctionsIsToldOnce() throws Exception {
    Files.writeString(folder.resolve("f.yaml"), "functions: {}");
    shell.desk.furnish(
        """
        functions:
          millrace:
          - {name: a, image: debian, script: "true\\n"}
          - {name: ab, image: debian, script: "true\\n"}
          - {name: c, image: debian, script: "true\\n"}
        """);
    List<String> warnings =
        List.of(
            "a is not allowed",
            "f.yaml:1:2: warning: x",
            "ab is not allowed",
            "a: no device",
            "ab: no device",
            "c: another");
    shell.desk.nextDeployment =
        new FrontDesk.Deployment.Done(List.copyOf(shell.desk.functions.values()), warnings);

    assertThat(shell.run("deploy", "f.yaml")).isZero();
    assertThat(shell.err().lines())
        .containsExactly(
            "warning: 2 functions: a, ab: each is not allowed",
            "warning: f.yaml:1:2: warning: x",
            "warning: 2 functions: a, ab: no device",
            "warning: c: another");
    shell.forget();
    assertThat(shell.run("deploy", "f.yaml", "--json")).isZero();
    assertThat(shell.out()).contains(warnings);
  }

  @Test
  void movesFilesToAndFromTheStore() throws Exception {
    Map<String, byte[]> objects = new ConcurrentHashMap<>();
    HttpServer store = store(objects);
    try {
      byte[] large = new byte[3_000_000];
      Arrays.fill(large, (byte) 7);
      Files.write(folder.resolve("a.bin"), large);
      Files.write(folder.resolve("empty"), new byte[0]);

      assertThat(shell.run("put", "a.bin", "empty", "s3://bucket/in/")).isZero();
      assertThat(shell.run("get", "s3://bucket/in/a.bin", "back.bin")).isZero();
      assertThat(shell.run("get", "s3://bucket/in/none")).isEqualTo(Exit.FAILED);
      assertThat(shell.run("get", "s3://bucket/in/a.bin", "no/where/back.bin"))
          .isEqualTo(Exit.FAILED);
      assertThat(shell.err()).contains("there is no folder ", "no/where to write to: make it");

      assertThat(folder.resolve("back.bin")).hasBinaryContent(large);
      assertThat(objects.get("/bucket/in/empty")).isEmpty();
      assertThat(folder.resolve("none")).doesNotExist();
      assertThat(shell.run("put", "a.bin", "empty", "s3://bucket/in")).isEqualTo(Exit.USAGE);
      assertThat(shell.run("put", "missing", "s3://bucket/in")).isEqualTo(Exit.FAILED);
    } finally {
      store.stop(0);
    }
  }

  @Test
  void aStoreInTheCoordinatorsPlaceIsNoCoordinator() throws Exception {
    HttpServer store = store(new ConcurrentHashMap<>());
    store.createContext(
        "/v1",
        exchange -> {
          exchange.getResponseHeaders().set("x-amz-request-id", "1");
          exchange.sendResponseHeaders(403, -1);
          exchange.close();
        });
    try {
      assertThat(shell.run("jobs", "--endpoint", shell.desk.store.toString()))
          .isEqualTo(Exit.NOBODY);
      assertThat(shell.err()).contains("is a store, not the coordinator", "the port of the API");
    } finally {
      store.stop(0);
    }
  }

  @Test
  void validatesFilesWithoutACoordinator() throws Exception {
    shell.server.close();
    Files.writeString(folder.resolve("good.yaml"), "");
    Files.writeString(folder.resolve("bad.yaml"), "");

    assertThat(shell.run("validate", "good.yaml")).isZero();
    assertThat(shell.run("validate", "good.yaml", "bad.yaml", "missing.yaml"))
        .isEqualTo(Exit.FAILED);
    assertThat(shell.out())
        .contains("good.yaml checked", "bad.yaml checked", "missing.yaml: there is");
  }

  private HttpServer store(Map<String, byte[]> objects) throws Exception {
    HttpServer store =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          byte[] known = objects.get(path);
          if (exchange.getRequestMethod().equals("PUT")) {
            objects.put(path, exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
          } else if (known == null) {
            exchange.sendResponseHeaders(404, -1);
          } else {
            exchange.sendResponseHeaders(200, known.length);
            exchange.getResponseBody().write(known);
          }
          exchange.close();
        });
    store.start();
    shell.desk.store = URI.create("http://127.0.0.1:" + store.getAddress().getPort());
    return store;
  }
}
