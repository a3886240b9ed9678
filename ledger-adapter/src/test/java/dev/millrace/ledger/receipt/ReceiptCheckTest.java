package dev.millrace.ledger.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.run.SliceGrant;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReceiptCheckTest {
  private static final Instant START = FakeProvider.START;

  private final FakeProvider provider = new FakeProvider("here");

  private static SliceGrant grant(String address, long mib) {
    return new SliceGrant(
        new Slice(new AcceleratorId("here:0"), new MemoryMib(mib), 50),
        AcceleratorKind.values()[0],
        address,
        Enforcement.DRIVER,
        false);
  }

  private ReceiptCheck.Expected expected(long n) {
    return new ReceiptCheck.Expected(
        provider.id(),
        FakeProvider.run(n),
        List.of(grant("GPU-1", 2048)),
        START.plusSeconds(n).minusMillis(100),
        START.plusSeconds(n).plusMillis(800));
  }

  private String rejected(SignedBytes signed, ReceiptCheck.Expected expected) {
    assertThat(ReceiptCheck.check(signed, expected, provider.keys()))
        .isInstanceOf(ReceiptCheck.Rejected.class);
    return ((ReceiptCheck.Rejected) ReceiptCheck.check(signed, expected, provider.keys())).reason();
  }

  @Test
  void aGoodReceiptIsAccepted() {
    Receipt receipt = provider.receipt(1, FakeProvider.device());

    assertThat(ReceiptCheck.check(provider.sign(receipt), expected(1), provider.keys()))
        .isEqualTo(new ReceiptCheck.Accepted(receipt, Duration.ofMillis(500)));
  }

  @Test
  void anInflatedDurationIsCutToTheCoordinatorsSpan() {
    Receipt good = provider.receipt(1, FakeProvider.device());
    Receipt inflated =
        with(good, good.run(), good.startedAt().minusSeconds(3600), good.stoppedAt());

    assertThat(ReceiptCheck.check(provider.sign(inflated), expected(1), provider.keys()))
        .isEqualTo(new ReceiptCheck.Accepted(inflated, Duration.ofMillis(900)));
  }

  @Test
  void aSkewedClockDoesNotChangeTheBill() {
    Receipt good = provider.receipt(1, FakeProvider.device());
    Receipt skewed =
        with(
            good,
            good.run(),
            good.startedAt().plusSeconds(7200),
            good.stoppedAt().plusSeconds(7200));

    assertThat(ReceiptCheck.check(provider.sign(skewed), expected(1), provider.keys()))
        .isEqualTo(new ReceiptCheck.Accepted(skewed, Duration.ofMillis(500)));
  }

  private static Receipt with(Receipt old, RunRef run, Instant start, Instant stop) {
    return new Receipt(
        old.provider(),
        old.sequence(),
        old.previous(),
        run,
        old.outcome(),
        old.exitCode(),
        old.inputDigest(),
        old.outputDigests(),
        old.functionDigest(),
        start,
        stop,
        old.devices());
  }

  @Test
  void aReceiptOfAnotherJobRunOrTokenIsRejected() {
    Receipt good = provider.receipt(1, FakeProvider.device());
    assertThat(rejected(provider.sign(good), expected(2))).contains("speaks of run");
    RunRef stale = new RunRef(good.run().attempt(), good.run().run(), good.run().token() - 1);
    Receipt old = with(good, stale, good.startedAt(), good.stoppedAt());
    assertThat(rejected(provider.sign(old), expected(1))).contains("speaks of run");
    RunRef twin = new RunRef(good.run().attempt(), FakeProvider.run(9).run(), good.run().token());
    Receipt other = with(good, twin, good.startedAt(), good.stoppedAt());
    assertThat(rejected(provider.sign(other), expected(1))).contains("speaks of run");
  }

  @Test
  void aReceiptByAnotherKeyOfAnotherTypeOrChangedIsRejected() {
    SignedBytes good = provider.sign(provider.receipt(1, FakeProvider.device()));
    SignedBytes byOther = SigningKey.generate().sign(Receipt.TYPE, good.bytes());
    assertThat(rejected(byOther, expected(1))).contains("is not signed");
    assertThat(
            rejected(
                new SignedBytes("millrace.order.v1", good.bytes(), good.keyId(), good.signature()),
                expected(1)))
        .contains("is not signed");
    for (int at = 0; at < good.bytes().length; at += 13) {
      byte[] changed = good.bytes().clone();
      changed[at] ^= 1;
      assertThat(
              rejected(
                  new SignedBytes(Receipt.TYPE, changed, good.keyId(), good.signature()),
                  expected(1)))
          .contains("is not signed");
    }
    FakeProvider impostor = new FakeProvider("there");
    SignedBytes its = impostor.sign(impostor.receipt(1, FakeProvider.device()));
    assertThat(ReceiptCheck.check(its, expected(1), impostor.keys()))
        .isInstanceOf(ReceiptCheck.Rejected.class);
  }

  @Test
  void otherDevicesThanGrantedAreRejected() {
    Receipt.DeviceUse device = FakeProvider.device();
    assertThat(rejected(provider.sign(provider.receipt(1)), expected(1))).contains("devices");
    assertThat(rejected(provider.sign(provider.receipt(1, device, device)), expected(1)))
        .contains("devices");
    for (Receipt.DeviceUse bad :
        List.of(
            new Receipt.DeviceUse("GPU-2", device.reserved(), device.enforcement(), false),
            new Receipt.DeviceUse("GPU-1", new MemoryMib(4096), device.enforcement(), false),
            new Receipt.DeviceUse("GPU-1", device.reserved(), Enforcement.HARDWARE, false),
            new Receipt.DeviceUse("GPU-1", device.reserved(), device.enforcement(), true))) {
      assertThat(rejected(provider.sign(provider.receipt(1, bad)), expected(1)))
          .contains("devices");
    }
  }

  @Test
  void aNameWhereADigestBelongsIsRejected() {
    Receipt good = provider.receipt(1, FakeProvider.device());
    Receipt leaking =
        new Receipt(
            good.provider(),
            good.sequence(),
            good.previous(),
            good.run(),
            good.outcome(),
            good.exitCode(),
            "bucket/key.txt",
            good.outputDigests(),
            good.functionDigest(),
            good.startedAt(),
            good.stoppedAt(),
            good.devices());
    assertThat(rejected(provider.sign(leaking), expected(1))).contains("64 hex digits");
  }

  @Test
  void signedRubbishIsRejected() {
    SigningKey key = SigningKey.generate();
    SignedBytes rubbish = key.sign(Receipt.TYPE, "{".getBytes(StandardCharsets.UTF_8));
    assertThat(
            ReceiptCheck.check(
                rubbish, expected(1), dev.millrace.schema.sign.TrustedKeys.of(key.publicKey())))
        .isInstanceOf(ReceiptCheck.Rejected.class);
  }
}
