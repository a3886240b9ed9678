package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.channel.FakeCoordinator;
import dev.millrace.schema.bundle.EnvironmentFile;
import dev.millrace.schema.bundle.OrderVariables;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.run.BundleRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.Hex;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run whose input and environment come as one zip. */
class BundleRunTest {
  private static final String SCRIPT =
      "tr a-z A-Z < \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/up\"; env > \"$TMP_OUTPUT_DIR/env\"";

  @TempDir Path data;
  private Host host;
  private final List<Want> wanted = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    host = new Host(data, RunEvents.NONE);
    host.coordinator.onUrl = wanted::add;
  }

  @AfterEach
  void close() throws Exception {
    host.close();
  }

  private static Order plain() {
    return Samples.order(
        Samples.function(SCRIPT), Samples.input("q/query one.fasta", 4, 5), Samples.limits());
  }

  private static byte[] zip(Map<String, String> environment, String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry("environment"));
      out.write(EnvironmentFile.bytes(environment));
      for (String name : names) {
        out.putNextEntry(new ZipEntry(name));
        out.write("hello".getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  /** Puts the zip into the bucket, and names it in the order. */
  private Order staged(byte[] zip, Map<String, String> environment) {
    store(zip);
    return plain()
        .bundled(
            new BundleRef(
                zip.length,
                Hex.of(Hex.sha256(zip)),
                5L + EnvironmentFile.bytes(environment).length),
            Samples.NOW.plusSeconds(600));
  }

  private void store(byte[] zip) {
    host.bucket.objects.put("bundle", new Bucket.Stored(zip, Map.of()));
  }

  private Order staged() throws IOException {
    Map<String, String> environment = OrderVariables.all(plain());
    return staged(zip(environment, "input"), environment);
  }

  @Test
  void inputAndEnvironmentComeFromTheBundleAlone() throws Exception {
    host.coordinator.secrets = Map.of("TOKEN", "s3cret");
    Map<String, String> environment = new HashMap<>(OrderVariables.all(plain()));
    environment.put("FROM_THE", "bundle's\nown \"file\"");

    RunOutcome outcome = host.run(staged(zip(environment, "input"), environment));

    assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.text(host.prefix() + "out/up")).isEqualTo("HELLO");
    assertThat(host.bucket.text(host.prefix() + "out/env"))
        .contains(
            "COLOUR=blue\n",
            "FROM_THE=bundle's\nown \"file\"\n",
            "STORAGE_OBJECT_KEY=q/query one.fasta\n",
            "TOKEN=s3cret\n",
            "/input/query one.fasta\n");
    assertThat(wanted).contains(new Want.Bundle()).doesNotContain(new Want.Input());
    Receipt receipt = Json.read(host.manifest().receipt().bytes(), Receipt.class);
    assertThat(receipt.inputDigest())
        .isEqualTo(
            new ReceiptDigests(FakeCoordinator.DIGEST_KEY)
                .of(Hex.of(Hex.sha256("hello".getBytes(StandardCharsets.UTF_8)))));
    assertThat(data.resolve("runs").resolve(host.ref.run().value())).doesNotExist();
  }

  @Test
  void aBundleThatWasSwappedForOneOfTheSameSizeIsNotUnpacked() throws Exception {
    Order order = staged();
    byte[] other = host.bucket.objects.get("bundle").bytes().clone();
    other[other.length / 2] ^= 1;
    store(other);

    assertThat(host.run(order))
        .isInstanceOfSatisfying(
            RunOutcome.Broken.class,
            broken -> {
              assertThat(broken.reason()).contains("the bundle has SHA-256", "the order names");
              assertThat(broken.retryable()).isTrue();
            });
    assertThat(host.bucket.under(host.prefix())).doesNotContainKey("out/up");
  }

  @Test
  void aBundleOfAnotherSizeIsRefused() throws Exception {
    Order order = staged();
    byte[] zip = host.bucket.objects.get("bundle").bytes();
    store(Arrays.copyOf(zip, zip.length - 1));

    assertThat(host.run(order).toString()).contains("bytes, the order says " + zip.length);
    assertThat(host.bucket.under(host.prefix())).doesNotContainKey("out/up");
  }

  @Test
  void aBundleThatIsGoneIsMadeAgainByTheNextAttempt() throws Exception {
    Order order = staged();
    host.bucket.objects.remove("bundle");

    assertThat(host.run(order))
        .isEqualTo(new RunOutcome.Broken("the bundle was not there any more", true));
  }

  @Test
  void aStoreThatFailsForAWhileIsAskedAgain() throws Exception {
    Order order = staged();
    host.bucket.faults.addAll(List.of(503, 500));

    assertThat(host.run(order)).isEqualTo(new RunOutcome.Succeeded());
  }

  @Test
  void aSignedBundleThatReachesOutOfItsFolderEndsTheRunForGood() throws Exception {
    Map<String, String> environment = OrderVariables.all(plain());
    RunOutcome outcome = host.run(staged(zip(environment, "../../input"), environment));

    assertThat(outcome)
        .isEqualTo(
            new RunOutcome.Broken(
                "the bundle is refused: entry '../../input' leaves its folder", false));
    assertThat(data.resolve("input")).doesNotExist();
    assertThat(Files.exists(data.resolve("runs").resolve("input"))).isFalse();
  }

  @Test
  void aRunThatWasCutOffBehindItsBundleGoesOnWithTheSameEnvironment() throws Exception {
    Map<String, String> environment = new HashMap<>(OrderVariables.all(plain()));
    environment.put("KEPT", "yes");
    Order order = staged(zip(environment, "input"), environment);
    Thread run =
        Thread.ofPlatform()
            .start(() -> {
              RunEvents cut =
                  new RunEvents() {
                    @Override
                    public void fetched(dev.millrace.schema.id.RunRef ref) {
                      // The folder is complete; the state is not kept yet.
                      Thread.currentThread().interrupt();
                    }
                  };
              try {
                host.restart(cut);
                host.run(order);
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    run.join();

    host.restart(RunEvents.NONE);
    OrderRun left = host.services.leftOver().getFirst();

    assertThat(left.apply(order)).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.text(host.prefix() + "out/env")).contains("KEPT=yes\n");
  }
}
