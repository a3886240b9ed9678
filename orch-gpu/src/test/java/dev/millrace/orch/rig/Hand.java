package dev.millrace.orch.rig;

import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.run.Introduction;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.run.SliceGrant;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A provider whose every step a test takes by hand. */
public final class Hand {
  /** The pool it is in. */
  public static final PoolId POOL = new PoolId("local");

  /** Its name, and what the keys of its orders begin with. */
  public static final ProviderId PROVIDER = new ProviderId("hand");

  private final ProviderId id;
  private SigningKey key = SigningKey.generate();
  private final MemoryStore store;
  private final Ulids ids;
  private long sequence;

  /** What the next manifests say of their run's log. */
  public volatile long logBytes;

  private String previous = Receipt.NONE_BEFORE;

  public Hand(MemoryStore store, InstantSource clock, long seed) {
    this(PROVIDER, store, clock, seed);
  }

  Hand(ProviderId id, MemoryStore store, InstantSource clock, long seed) {
    this.id = id;
    this.store = store;
    this.ids = new Ulids(clock, new Random(seed));
  }

  /** How it introduces itself: one CPU with this much memory. */
  public ProviderRecord introduction(long memoryMib) {
    Accelerator cpu =
        new Accelerator(
            new AcceleratorId(id + "/cpu"),
            id,
            POOL,
            AcceleratorKind.CPU,
            "CPU",
            "cpu",
            new MemoryMib(memoryMib),
            64,
            Enforcement.NONE,
            false);
    return new ProviderRecord(
        id, POOL, Base64.getEncoder().encodeToString(key.publicKey()), List.of(cpu), Instant.EPOCH);
  }

  /** The same, in its own word, as a provider elsewhere gives it. */
  public SignedBytes word(long memoryMib) {
    ProviderRecord record = introduction(memoryMib);
    return key.sign(
        Introduction.TYPE,
        Json.bytes(
            new Introduction(id, POOL, record.publicKey(), record.accelerators(), "0".repeat(32))));
  }

  /** Its name. */
  public ProviderId id() {
    return id;
  }

  /** From now on it signs with a key that it has told nobody of. */
  public void takesAFreshKey() {
    key = SigningKey.generate();
  }

  /** A fresh run. */
  public RunId run() {
    return ids.run();
  }

  /** Writes files and the manifest of a run, as a runtime would; the manifest last. */
  public SignedBytes finish(
      SignedBytes signedOrder, RunRef run, RunOutcome outcome, Map<String, String> files)
      throws MalformedJson {
    Order order = Json.read(signedOrder.bytes(), Order.class);
    String bucket =
        order.function().spec().outputs().isEmpty()
            ? "millrace-orders"
            : order.function().spec().outputs().getFirst().bucket();
    List<OutputFile> outputs = new ArrayList<>();
    files.forEach((path, text) -> {
      store.put(bucket, Manifest.prefix(run) + Manifest.OUTPUTS + path, text);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      outputs.add(new OutputFile(path, bytes.length, Hex.of(Hex.sha256(bytes))));
    });
    Instant now = order.issuedAt();
    SignedBytes receipt = receipt(order, run, outcome, now);
    Manifest manifest =
        new Manifest(
            run,
            outcome,
            outputs,
            logBytes,
            new Manifest.RunTimes(now, now, now, now, now),
            receipt);
    SignedBytes signed = key.sign(Manifest.TYPE, Json.bytes(manifest));
    store.put(bucket, Manifest.prefix(run) + Manifest.NAME, signed.line());
    return signed;
  }

  private SignedBytes receipt(Order order, RunRef run, RunOutcome outcome, Instant now) {
    List<Receipt.DeviceUse> devices = new ArrayList<>();
    for (SliceGrant grant : order.slices()) {
      devices.add(
          new Receipt.DeviceUse(
              grant.address(), grant.slice().memory(), grant.enforcement(), grant.simulated()));
    }
    Receipt receipt =
        new Receipt(
            id,
            ++sequence,
            previous,
            run,
            outcome.label(),
            outcome instanceof RunOutcome.Failed(int code) ? code : 0,
            "",
            List.of(),
            "",
            now,
            now,
            devices);
    SignedBytes signed = key.sign(Receipt.TYPE, Json.bytes(receipt));
    previous = Hex.of(Hex.sha256(signed.bytes()));
    return signed;
  }
}
