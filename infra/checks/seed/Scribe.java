import dev.millrace.ledger.receipt.Billing;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.function.Price;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.run.SliceGrant;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/** Writes and signs what a coordinator and a provider of eight GPUs leave of each attempt. */
final class Scribe {
  static final ProviderId PROVIDER = new ProviderId("seed");
  static final PoolId POOL = new PoolId("seed");
  private static final int GPUS = 8;
  private static final MemoryMib SHARE = new MemoryMib(1024);
  private static final String DIGEST = Hex.of(Hex.sha256(new byte[] {1}));

  private final DeployedFunction function;
  private final SigningKey coordinator;
  private final SigningKey provider;
  private String previous = Receipt.NONE_BEFORE;
  private long receipts;
  private long tokens;

  /**
   * @param tokens the first of those that nobody else has
   */
  Scribe(DeployedFunction function, SigningKey coordinator, Random random, long tokens) {
    this.function = function;
    this.coordinator = coordinator;
    this.provider = key(random);
    this.tokens = tokens;
  }

  /** The key whose secret half is the next 32 bytes. */
  private static SigningKey key(Random random) {
    byte[] secret = new byte[Ed25519PrivateKeyParameters.KEY_SIZE];
    random.nextBytes(secret);
    byte[] open = new Ed25519PrivateKeyParameters(secret, 0).generatePublicKey().getEncoded();
    HexFormat hex = HexFormat.of();
    // The forms of RFC 8410.
    return SigningKey.of(
        hex.parseHex("302e020100300506032b657004220420" + hex.formatHex(secret)),
        hex.parseHex("302a300506032b6570032100" + hex.formatHex(open)));
  }

  String publicKey() {
    return Base64.getEncoder().encodeToString(provider.publicKey());
  }

  static List<Accelerator> gpus() {
    List<Accelerator> gpus = new ArrayList<>();
    for (int n = 0; n < GPUS; n++) {
      gpus.add(
          new Accelerator(
              gpu(n),
              PROVIDER,
              POOL,
              AcceleratorKind.GPU,
              "NVIDIA H100 80GB HBM3",
              address(n),
              new MemoryMib(81_000),
              0,
              Enforcement.WATCHDOG,
              false));
    }
    return gpus;
  }

  private static AcceleratorId gpu(int number) {
    return new AcceleratorId("seed-gpu-" + number);
  }

  private static String address(int number) {
    return "GPU-%08d-5eed-5eed-5eed-5eed5eed5eed".formatted(number);
  }

  /**
   * An attempt that took a second.
   *
   * @param outcome empty for one that gave no word
   * @param outputs of a run that succeeded
   */
  Story.Try attempt(
      AttemptId attempt,
      RunId run,
      InputRef input,
      Instant at,
      Optional<RunOutcome> outcome,
      List<OutputFile> outputs,
      String log) {
    long token = tokens++;
    Order order = order(attempt, token, input, at);
    SignedBytes signed = coordinator.sign(Order.TYPE, Json.bytes(order));
    Instant ended = at.plusMillis(900);
    if (outcome.isEmpty()) {
      LedgerEntry entry =
          new LedgerEntry(
              attempt, new LedgerEntry.Unattested("no word came"), at, ended, price(), null);
      return new Story.Try(attempt, run, order, signed, outcome, Optional.empty(), log, entry);
    }
    RunRef ref = new RunRef(attempt, run, token);
    Receipt receipt = receipt(ref, order, outcome.get(), at);
    byte[] bytes = Json.bytes(receipt);
    previous = Hex.of(Hex.sha256(bytes));
    SignedBytes signedReceipt = provider.sign(Receipt.TYPE, bytes);
    LedgerEntry entry =
        new LedgerEntry(
            attempt,
            new LedgerEntry.Attested(signedReceipt),
            at,
            ended,
            price(),
            Billing.amount(receipt, at, ended, price()).orElse(null));
    Manifest manifest = manifest(ref, outcome.get(), outputs, log, at, signedReceipt);
    return new Story.Try(
        attempt,
        run,
        order,
        signed,
        outcome,
        Optional.of(provider.sign(Manifest.TYPE, Json.bytes(manifest))),
        log,
        entry);
  }

  private Order order(AttemptId attempt, long token, InputRef input, Instant at) {
    int gpu = (int) (token % GPUS);
    SliceGrant grant =
        new SliceGrant(
            new Slice(gpu(gpu), SHARE, 1),
            AcceleratorKind.GPU,
            address(gpu),
            Enforcement.WATCHDOG,
            false);
    return new Order(
        attempt,
        token,
        POOL,
        PROVIDER,
        function,
        input,
        List.of(grant),
        new Limits(
            function.spec().rules().timeout(),
            function.spec().resources().memory(),
            function.spec().resources().cpuMillis(),
            Network.NONE,
            1 << 20,
            Duration.ofSeconds(30)),
        at,
        at.plusSeconds(60));
  }

  private Receipt receipt(RunRef run, Order order, RunOutcome outcome, Instant at) {
    SliceGrant grant = order.slices().getFirst();
    return new Receipt(
        PROVIDER,
        ++receipts,
        previous,
        run,
        outcome.label(),
        switch (outcome) {
          case RunOutcome.Succeeded done -> Integer.valueOf(0);
          case RunOutcome.Failed(int code) -> Integer.valueOf(code);
          default -> null;
        },
        DIGEST,
        outcome instanceof RunOutcome.Succeeded ? List.of(DIGEST) : List.of(),
        DIGEST,
        at.plusMillis(100),
        at.plusMillis(600),
        List.of(
            new Receipt.DeviceUse(
                grant.address(), grant.slice().memory(), grant.enforcement(), false)));
  }

  private static Manifest manifest(
      RunRef run,
      RunOutcome outcome,
      List<OutputFile> outputs,
      String log,
      Instant at,
      SignedBytes receipt) {
    return new Manifest(
        run,
        outcome,
        outputs,
        log.getBytes(StandardCharsets.UTF_8).length,
        new Manifest.RunTimes(
            at.plusMillis(20),
            at.plusMillis(80),
            at.plusMillis(100),
            at.plusMillis(600),
            at.plusMillis(700)),
        receipt);
  }

  private Money price() {
    Price price = function.spec().price();
    return price == null ? null : price.perMibSecond();
  }
}
