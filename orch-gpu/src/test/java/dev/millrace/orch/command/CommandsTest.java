package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.bench.Ground;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private static final String LONG_KEY = "in/" + "a-rather-long-name-".repeat(9) + "\u65e5.fa";

  @TempDir Path folder;
  private final FakeDesk desk = new FakeDesk();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<Object> started = new ArrayList<>();
  private ApiServer server;
  private Path data;

  @BeforeEach
  void start() throws Exception {
    data = Files.createDirectories(folder.resolve(".millrace"));
    String token = TokenFile.readOrMake(data, new SplittableRandom(7));
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "1.2.3"),
            desk,
            Tokens.admin(token, Jobs.TENANT),
            ApiServer.Mounted.NOTHING);
    new CoordinatorFile(server.endpoint().toString(), 1, "1.2.3").write(data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void everyTableAndSheetFitsEightyColumns() {
    desk.add(Jobs.full(1, LONG_KEY));
    desk.add(Jobs.view(2, JobState.WAITING, LONG_KEY));
    desk.devices.add(device());
    desk.ledger.append(
        List.of(
            new LedgerEntry(
                new AttemptId(Jobs.id(1), 1),
                new LedgerEntry.Unattested("no receipt came, " + "and so on ".repeat(20)),
                Jobs.NOW,
                Jobs.NOW.plusSeconds(4000),
                new Money(1, "EUR"),
                new Money(1_234_567_890_123L, "EUR"))));
    desk.ledger.nextVerification =
        new Ledger.Verification.Broken(List.of(new Ledger.Problem(3, "is " + "so ".repeat(60))));

    for (String line :
        List.of(
            "jobs",
            "job " + Jobs.id(1),
            "job " + Jobs.id(2),
            "gpus",
            "functions",
            "ledger list",
            "ledger show 0",
            "ledger verify",
            "ledger prove 0",
            "explain s3://b/k")) {
      out.reset();
      run(line.split(" "));
      assertThat(out()).as(line).isNotBlank();
      assertThat(out().lines())
          .as(line)
          .allSatisfy(t -> assertThat(Words.width(t)).as(t).isLessThanOrEqualTo(80));
    }
  }

  @Test
  void everyHelpFitsEightyColumnsAndHasAnExample() {
    for (String command :
        List.of(
            "demo",
            "up",
            "deploy",
            "functions",
            "remove",
            "put",
            "get",
            "jobs",
            "job",
            "logs",
            "cancel",
            "redrive",
            "discard",
            "gpus",
            "explain",
            "ledger",
            "ledger list",
            "ledger show",
            "ledger verify",
            "ledger prove",
            "ledger checkpoint",
            "validate",
            "init",
            "doctor",
            "backup",
            "restore",
            "convert",
            "init",
            "doctor",
            "backup",
            "restore",
            "version")) {
      out.reset();
      assertThat(run((command + " --help").split(" "))).isZero();
      assertThat(out()).as(command).contains("Example", "  millrace " + command);
      assertThat(out().lines())
          .allSatisfy(t -> assertThat(t.length()).as(t).isLessThanOrEqualTo(80));
    }
  }

  @Test
  void listsJobsWithBeginningsThatItTakesBack() {
    desk.add(Jobs.view(1, JobState.DEAD, "a.fa"));
    desk.add(Jobs.view(2, JobState.SUCCEEDED, "b.fa"));

    assertThat(run("jobs")).isZero();

    String shortId = out().lines().skip(1).findFirst().orElseThrow().split(" ")[0];
    out.reset();
    assertThat(run("job", shortId)).isZero();
    assertThat(out()).contains(Jobs.id(2).value(), "s3://queries/b.fa", "succeeded");
  }

  @Test
  void pagesThroughAThousandJobsAndMore() throws Exception {
    for (int n = 0; n < 1234; n++) {
      desk.add(Jobs.view(n, JobState.SUCCEEDED, "k" + n));
    }

    run("jobs", "--max", "1200", "--json");

    assertThat(Json.tree(out.toByteArray()).size()).isEqualTo(1200);
  }

  @Test
  void saysThatNobodyAnswersAndWhatToDo() {
    server.close();

    assertThat(run("jobs")).isEqualTo(Exit.NOBODY);
    assertThat(run("jobs", "--data", "elsewhere")).isEqualTo(Exit.NOBODY);
    assertThat(err().lines()).hasSize(2).allSatisfy(l -> assertThat(l).contains("millrace up"));
  }

  @Test
  void saysThatTheTokenIsWrong() throws Exception {
    Files.writeString(data.resolve("token"), "another-token-than-the-coordinator-knows");

    assertThat(run("gpus")).isEqualTo(Exit.TOKEN);
    assertThat(run("gpus", "--token-file", "nowhere")).isEqualTo(Exit.TOKEN);
    assertThat(err().lines()).hasSize(2).allSatisfy(l -> assertThat(l).contains("--token-file"));
  }

  @Test
  void neverShowsWhatItTookForAToken() throws Exception {
    Files.writeString(folder.resolve("key"), "a secret\nof two lines");
    Files.writeString(folder.resolve("none"), "\n");
    Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xc3, 0x28});

    for (String file : List.of("key", "none", "bytes")) {
      assertThat(run("gpus", "--token-file", file)).as(file).isEqualTo(Exit.TOKEN);
    }
    assertThat(err()).doesNotContain("secret").contains("--token-file");
  }

  @Test
  void saysWhatIsNotThere() {
    assertThat(run("job", "01k9")).isEqualTo(Exit.FAILED);
    assertThat(run("logs", "01k9")).isEqualTo(Exit.FAILED);
    assertThat(run("remove", "align")).isEqualTo(Exit.FAILED);
    assertThat(run("cancel", "01k9")).isEqualTo(Exit.FAILED);
    assertThat(run("ledger", "show", "7")).isEqualTo(Exit.FAILED);
    assertThat(run("ledger", "prove", "7")).isEqualTo(Exit.FAILED);
    assertThat(err().lines()).hasSize(6).noneMatch(line -> line.contains("/v1/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "jbos",
        "jobs --stat dead",
        "jobs --max x",
        "jobs --max 0",
        "job",
        "put a",
        "get bucket/key",
        "get s3://bucket/ -",
        "explain s3:///k",
        "up --port 70000",
        "demo --limit 0",
        "ledger",
        "ledger show x",
        "jobs --endpoint ftp://x"
      })
  void refusesCommandLinesThatMakeNoSense(String line) {
    assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(Exit.USAGE);
    assertThat(err()).startsWith("millrace: ");
    assertThat(out()).isEmpty();
  }

  @Test
  void suggestsWhatWasMeant() {
    run("jobs", "--stat", "dead");
    run("jbos");

    assertThat(err()).contains("--state", "there is no command 'jbos'; did you mean 'jobs'?");
  }

  @Test
  void deploysWithAllThatTheFileNames() throws Exception {
    Files.writeString(folder.resolve("f.yaml"), "functions: {}");
    desk.nextDeployment = new FrontDesk.Deployment.Done(List.of(), List.of("memory is ignored"));

    assertThat(run("deploy", "f.yaml", "--backfill")).isZero();

    assertThat(err()).isEqualTo("warning: memory is ignored\n");
    FakeDesk.Deployed deployed = desk.deployments.getFirst();
    assertThat(deployed.fdl()).isEqualTo("functions: {}");
    assertThat(deployed.scripts()).containsEntry("s.sh", "echo");
    assertThat(desk.files).containsKey(deployed.files().get("f.yaml"));
    assertThat(deployed.backfill()).isTrue();
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

      assertThat(run("put", "a.bin", "empty", "s3://bucket/in/")).isZero();
      assertThat(run("get", "s3://bucket/in/a.bin", "back.bin")).isZero();
      assertThat(run("get", "s3://bucket/in/none")).isEqualTo(Exit.FAILED);

      assertThat(folder.resolve("back.bin")).hasBinaryContent(large);
      assertThat(objects.get("/bucket/in/empty")).isEmpty();
      assertThat(folder.resolve("none")).doesNotExist();
      assertThat(run("put", "a.bin", "empty", "s3://bucket/in")).isEqualTo(Exit.USAGE);
      assertThat(run("put", "missing", "s3://bucket/in")).isEqualTo(Exit.FAILED);
    } finally {
      store.stop(0);
    }
  }

  @Test
  void printsTheOrderAndTheLogAsTheyAre() {
    desk.add(Jobs.full(1, "a.fa"));
    desk.orders.put(new AttemptId(Jobs.id(1), 1), Jobs.ORDER);
    desk.logs.put(new AttemptId(Jobs.id(1), 1), "hello\n".getBytes(StandardCharsets.UTF_8));

    run("job", Jobs.id(1).value(), "--order", "1");
    run("logs", Jobs.id(1).value());

    assertThat(out()).isEqualTo(Jobs.ORDER.line() + "\nhello\n");
  }

  @Test
  void writesOutWhatATerminalWouldObey() {
    desk.add(Jobs.view(1, JobState.DEAD, "\u001b[2Jevil\nkey\u202e"));

    run("jobs");
    run("job", Jobs.id(1).value());

    assertThat(out()).doesNotContain("\u001b", "\u202e").contains("\\u001b[2J");
  }

  @Test
  void coloursOnATerminalUnlessToldNotTo() {
    desk.add(Jobs.view(1, JobState.DEAD, "a"));

    Millrace.run(setting(true), "jobs");
    assertThat(out()).contains("\u001b[31mdead\u001b[0m");
    out.reset();
    Millrace.run(setting(true), "jobs", "--no-color");
    assertThat(out()).contains("dead").doesNotContain("\u001b");
  }

  @Test
  void handsPartsTheirOptions() {
    assertThat(run("store", "--port", "0", "--data", "d")).isEqualTo(13);
    assertThat(run("coordinator", "--port", "7071", "--config", "c.yaml")).isEqualTo(14);
    assertThat(run("provider", "--join", "j")).isEqualTo(15);
    assertThat(run("provider", "--port", "1")).isEqualTo(Exit.USAGE);
    assertThat(run("store", "--port", "65536")).isEqualTo(Exit.USAGE);

    PartOptions store = (PartOptions) started.get(0);
    PartOptions coordinator = (PartOptions) started.get(1);
    PartOptions provider = (PartOptions) started.get(2);
    assertThat(store.port()).hasValue(0);
    assertThat(store.data()).endsWithRaw(Path.of("d"));
    assertThat(coordinator.port()).hasValue(7071);
    assertThat(coordinator.config().orElseThrow()).endsWithRaw(Path.of("c.yaml"));
    assertThat(provider.join().orElseThrow()).endsWithRaw(Path.of("j"));
    assertThat(started).hasSize(3);
  }

  @Test
  void handsUpAndDemoTheirOptions() {
    assertThat(run("up", "--port", "0", "--config", "c.yaml")).isEqualTo(11);
    assertThat(run("demo", "--keep", "--limit", "3")).isEqualTo(12);

    UpOptions up = (UpOptions) started.get(0);
    DemoOptions demo = (DemoOptions) started.get(1);
    assertThat(up.data()).isEqualTo(folder.resolve(".millrace"));
    assertThat(up.port()).hasValue(0);
    assertThat(up.storePort()).isEmpty();
    assertThat(up.config()).hasValue(folder.resolve("c.yaml"));
    assertThat(demo.keep()).isTrue();
    assertThat(demo.limit()).hasValue(3);
    assertThat(demo.data()).isEmpty();
  }

  @Test
  void validatesFilesWithoutACoordinator() throws Exception {
    server.close();
    Files.writeString(folder.resolve("good.yaml"), "");
    Files.writeString(folder.resolve("bad.yaml"), "");

    assertThat(run("validate", "good.yaml")).isZero();
    assertThat(run("validate", "good.yaml", "bad.yaml", "missing.yaml")).isEqualTo(Exit.FAILED);
    assertThat(out()).contains("good.yaml checked", "bad.yaml checked", "missing.yaml: there is");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "functions",
        "jobs",
        "gpus",
        "ledger list",
        "ledger verify",
        "ledger checkpoint",
        "explain s3://b/k",
        "version"
      })
  void printsJsonForPrograms(String line) throws Exception {
    assertThat(run((line + " --json").split(" "))).isZero();

    assertThat(Json.tree(out.toByteArray()).isContainerNode()).isTrue();
  }

  private int run(String... args) {
    return Millrace.run(setting(false), args);
  }

  private Setting setting(boolean terminal) {
    PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new Setting(
        new Terminal(o, e, terminal, terminal, 80, 24),
        new Recorder(),
        new NamedFiles(),
        InstantSource.fixed(Jobs.NOW),
        folder,
        "1.2.3");
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static FrontDesk.DeviceReport device() {
    Accelerator gpu =
        new Accelerator(
            new AcceleratorId("host-with-a-long-name.example.org/GPU-" + "0".repeat(36)),
            new ProviderId("host-with-a-long-name.example.org"),
            new PoolId("default"),
            AcceleratorKind.GPU,
            "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
            "GPU-1",
            new MemoryMib(97_000),
            0,
            Enforcement.COOPERATIVE,
            true);
    FrontDesk.Holder holder =
        new FrontDesk.Holder(new AttemptId(Jobs.id(1), 1), new MemoryMib(96_999), 100, true);
    return new FrontDesk.DeviceReport(gpu, true, null, new MemoryMib(96_999), 100, List.of(holder));
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
    desk.store = URI.create("http://127.0.0.1:" + store.getAddress().getPort());
    return store;
  }

  private final class Recorder implements Lifecycle {
    @Override
    public Upkeep upkeep() {
      throw new IllegalStateException("no upkeep here");
    }

    @Override
    public Ground ground() {
      throw new AssertionError("nothing is measured here");
    }

    @Override
    public int up(UpOptions options) {
      started.add(options);
      return 11;
    }

    @Override
    public int store(PartOptions options) {
      started.add(options);
      return 13;
    }

    @Override
    public int coordinator(PartOptions options) {
      started.add(options);
      return 14;
    }

    @Override
    public int provider(PartOptions options) {
      started.add(options);
      return 15;
    }

    @Override
    public int demo(DemoOptions options) {
      started.add(options);
      return 12;
    }
  }

  private static final class NamedFiles implements FdlFiles {
    @Override
    public Checked check(Path fdl) {
      String name = fdl.getFileName().toString();
      return new Checked(name + " checked\n", name.startsWith("good") ? 0 : 1);
    }

    @Override
    public Companions companions(Path fdl) {
      return new Companions(Map.of("s.sh", "echo"), Map.of("f.yaml", fdl));
    }

    @Override
    public String schema() {
      return "{}\n";
    }

    @Override
    public Converted convert(List<Path> files, Path into) {
      return new Converted("functions:\n", files.size(), List.of("a note"));
    }
  }
}
