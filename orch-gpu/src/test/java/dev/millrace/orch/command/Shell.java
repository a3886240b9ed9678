package dev.millrace.orch.command;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.bench.Ground;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** A folder beside a coordinator with commands run in it, and what they print and start. */
final class Shell implements AutoCloseable {
  final FakeDesk desk = new FakeDesk();
  final ApiServer server;
  final Path data;

  /** The options of what was started, in order. */
  final List<Object> started = new ArrayList<>();

  private final Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  Shell(Path folder) throws IOException {
    this(folder, Optional.empty());
  }

  /**
   * @param real who answers instead of the fake desk
   */
  Shell(Path folder, Optional<FrontDesk> real) throws IOException {
    this(folder, real, ApiServer.Mounted.NOTHING);
  }

  /**
   * @param more what it answers beside the desk
   */
  Shell(Path folder, Optional<FrontDesk> real, ApiServer.Mounted more) throws IOException {
    this.folder = folder;
    data = Files.createDirectories(folder.resolve(".millrace"));
    String token = TokenFile.readOrMake(data, new SplittableRandom(7));
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "1.2.3"),
            real.orElse(desk),
            Tokens.admin(token, Jobs.TENANT),
            more);
    new CoordinatorFile(server.endpoint().toString(), 1, "1.2.3").write(data);
  }

  /** Its administrator's client, which the caller closes. */
  CoordinatorClient client() throws IOException {
    return new CoordinatorClient(
        server.endpoint(), Files.readString(data.resolve(TokenFile.NAME)).strip());
  }

  int run(String... args) {
    return Millrace.run(setting(false), args);
  }

  int runOnATerminal(String... args) {
    return Millrace.run(setting(true), args);
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

  /** What was printed since it was forgotten. */
  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  byte[] printed() {
    return out.toByteArray();
  }

  void forget() {
    out.reset();
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.close();
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
    public Checked check(Path fdl, String shown) {
      String name = fdl.getFileName().toString();
      return new Checked(name + " checked\n", name.startsWith("good") ? 0 : 1);
    }

    @Override
    public Companions companions(Path fdl) {
      return new Companions(
          Map.of("s.sh", "echo"),
          Map.of("f.yaml", fdl),
          fdl.getFileName().toString().startsWith("secret"));
    }

    @Override
    public String schema() {
      return "{}\n";
    }

    @Override
    public Converted convert(List<Named> files, Path into) {
      return new Converted("functions:\n", files.size(), List.of("a note"));
    }
  }
}
