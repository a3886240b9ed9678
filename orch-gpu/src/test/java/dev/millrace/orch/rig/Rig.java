package dev.millrace.orch.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.SecretDesk;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.retention.Retention;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.orch.secret.Vault;
import dev.millrace.orch.up.Coordinator;
import dev.millrace.orch.up.DataFolder;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A real coordinator on a temporary folder, over a store in memory, with time set by hand. */
public final class Rig implements AutoCloseable {
  /** The tenant of all tests. */
  public static final TenantId MAIN = new TenantId("main");

  private final Path folder;
  private final String yaml;
  private final MillraceConfig config;

  /** Wall time, moved by hand. */
  public final Clock clock;

  /** The observer's own time, moved by hand. */
  public final AtomicLong nanos = new AtomicLong();

  public final MemoryStore store;
  public final Hand hand;
  public final BlockingQueue<OrderNotice> announced = new LinkedBlockingQueue<>();
  private final boolean elsewhere;
  private DataFolder data;
  private Coordinator coordinator;

  /** Wall time that a test moves. */
  public static final class Clock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-03-01T10:00:00Z");

    @Override
    public Instant instant() {
      return now;
    }

    /** Moves it on. */
    public void move(Duration by) {
      now = now.plus(by);
    }
  }

  public Rig(Path folder, String yaml) throws IOException {
    this(folder, yaml, false, new World());
  }

  private Rig(Path folder, String yaml, boolean elsewhere, World world) throws IOException {
    this.folder = folder;
    this.yaml = yaml;
    this.elsewhere = elsewhere;
    this.clock = world.clock();
    this.store = world.store();
    this.hand = world.hand();
    this.config = new ConfigReader(name -> null).read("test.yaml", yaml, folder);
    open();
  }

  /** What a coordinator finds outside of itself. */
  private record World(Clock clock, MemoryStore store, Hand hand) {
    World() {
      this(new Clock(), Hand.PROVIDER, 7);
    }

    private World(Clock clock, ProviderId provider, long seed) {
      this(clock, new MemoryStore(clock), provider, seed);
    }

    World(Clock clock, MemoryStore store, ProviderId provider, long seed) {
      this(clock, store, new Hand(provider, store, clock, seed));
    }
  }

  /**
   * Another coordinator on the same journal, which is in PostgreSQL, and the same store, with a
   * provider of its own and copies of the keys that coordinators share.
   */
  public Rig beside(Path other, ProviderId provider) throws IOException {
    Files.createDirectories(other.resolve("keys"));
    for (String key : List.of("coordinator.ed25519", "digests.secret")) {
      Files.copy(
          folder.resolve("keys").resolve(key),
          other.resolve("keys").resolve(key),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    Rig rig = new Rig(other, yaml, elsewhere, new World(clock, store, provider, 8));
    if (elsewhere) {
      rig.invite();
      rig.introduced();
    }
    return rig;
  }

  private void open() throws IOException {
    data = DataFolder.open(folder);
    coordinator =
        Coordinator.open(
            new Coordinator.Ground(
                config,
                data,
                id -> id.equals(StoreId.EMBEDDED) ? Optional.of(store) : Optional.empty(),
                StoreId.EMBEDDED,
                announced::add),
            new Coordinator.Nature(clock, nanos::get, new SecureRandom()));
    if (!elsewhere) {
      coordinator.register(hand.introduction(1024));
    }
    coordinator.run();
  }

  /** The same, with the hand as a provider elsewhere that came by a join file. */
  public static Rig elsewhere(Path folder, String yaml) throws IOException {
    Rig rig = new Rig(folder, yaml, true, new World());
    rig.invite();
    rig.introduced();
    return rig;
  }

  /** Makes the hand a fresh join file: what it had before is worth nothing. */
  public void invite() throws IOException {
    coordinator.remotes().invite(hand.id(), URI.create("http://127.0.0.1:1"));
  }

  /** The hand introduces itself by the token that it has, if it has one. */
  public void introduced() throws IOException {
    coordinator.remotes().introductions().introduce(hand.id(), hand.word(1024));
  }

  /** Stops everything and starts again on the same files. */
  public void restart() throws IOException {
    close();
    announced.clear();
    open();
  }

  public FrontDesk desk() {
    return coordinator.desk();
  }

  public SecretDesk secrets() {
    return coordinator.secrets();
  }

  /** What a run of the only function would find in the variable of a secret. */
  public @Nullable String secretIn(String variable) {
    Vault.Opening opening =
        coordinator
            .remotes()
            .delivery()
            .open(desk().functions(MAIN).getFirst(), Hand.POOL, hand.id(), Carrier.INSIDE);
    return ((Vault.Opening.Values) opening).byVariable().get(variable);
  }

  public Retention retention() {
    return coordinator.retention();
  }

  public Journal journal() {
    return coordinator.journal();
  }

  public RunChannel channel() {
    return coordinator.channel();
  }

  /** Deploys a function that reads {@code in/} of {@code bucket} and writes {@code out/}. */
  public void deploy(String extra) throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: f
              runner: process
              memory: 256Mi
              script: |
                true
                exit 0
              input:
                - {storage_provider: millrace.default, path: bucket/in}
              output:
                - {storage_provider: millrace.default, path: bucket/out}
        """
            + extra.indent(6);
    FrontDesk.Deployment deployment =
        desk()
            .deploy(
                MAIN, "f.yaml", fdl.getBytes(StandardCharsets.UTF_8), Map.of(), Map.of(), false);
    assertThat(deployment).isInstanceOf(FrontDesk.Deployment.Done.class);
    clock.move(Duration.ofSeconds(2));
  }

  /** Puts an object and says so. */
  public void drop(String key, String text) {
    clock.move(Duration.ofMillis(10));
    notice(store.put("bucket", key, text).name());
  }

  /** Says that something may have happened to an object. */
  public void notice(ObjectName name) {
    coordinator.intake().accept(List.of(new Notice("test", name, null, clock.instant())));
  }

  /** Where sources hand their notices. */
  public NoticeSink sink() {
    return coordinator.intake();
  }

  /** The only job there is, once there is one. */
  public Job job() {
    await().until(() -> !jobs().isEmpty());
    assertThat(jobs()).hasSize(1);
    return jobs().getFirst();
  }

  /** All jobs, newest first. */
  public List<Job> jobs() {
    return desk().jobs(MAIN, new JobFilter(java.util.Set.of(), null, null, 1000));
  }

  /** Waits until a job is in a state. */
  public Job await(JobId id, JobState state) {
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(desk().job(MAIN, id).orElseThrow().job().state()).isEqualTo(state));
    return desk().job(MAIN, id).orElseThrow().job();
  }

  private static org.awaitility.core.ConditionFactory await() {
    return org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(20));
  }

  /** The newest attempt of a job. */
  public Attempt attempt(JobId id) {
    return desk().job(MAIN, id).orElseThrow().attempts().getLast();
  }

  /** Claims the newest attempt of a job for a run. */
  public RunRef claim(JobId id, RunId run) throws IOException {
    Attempt attempt = attempt(id);
    RunChannel.Claim claim = channel().claim(attempt.order(), run);
    assertThat(claim).isInstanceOf(RunChannel.Claim.Granted.class);
    return ((RunChannel.Claim.Granted) claim).grant().run();
  }

  /** Finishes a claimed run and tells the channel. */
  public RunChannel.Settled settle(RunRef run, RunOutcome outcome, Map<String, String> files)
      throws IOException {
    SignedBytes order = desk().order(MAIN, run.attempt()).orElseThrow();
    return channel().settle(run, hand.finish(order, run, outcome, files));
  }

  /** Waits until the ledger has so many entries. */
  public List<Ledger.Recorded> ledger(int entries) {
    await().untilAsserted(() -> assertThat(desk().ledger().entries(0, 100)).hasSize(entries));
    try {
      return desk().ledger().entries(0, 100);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** MiB that are reserved on all devices. */
  public long reserved() {
    return desk().devices().stream().mapToLong(d -> d.reserved().value()).sum();
  }

  @Override
  public void close() throws IOException {
    coordinator.close();
    data.close();
  }
}
