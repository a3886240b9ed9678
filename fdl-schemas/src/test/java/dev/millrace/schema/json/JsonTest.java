package dev.millrace.schema.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {
  private static final Instant T = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final RunRef RUN =
      new RunRef(
          new AttemptId(new JobId("01jd0000000000000000000000"), 2),
          new RunId("01jd0000000000000000000001"),
          7);

  private final SigningKey key = SigningKey.generate();

  @Test
  void aManifestWithItsReceiptComesBackAsItWas() throws Exception {
    Receipt receipt =
        new Receipt(
            new ProviderId("here"),
            1,
            Receipt.NONE_BEFORE,
            RUN,
            "failed",
            3,
            "ab",
            List.of(),
            "cd",
            T,
            T,
            List.of(new Receipt.DeviceUse("GPU-1", new MemoryMib(5), Enforcement.NONE, true)));
    Manifest manifest =
        new Manifest(
            RUN,
            new RunOutcome.Failed(3),
            List.of(new OutputFile("a/b.txt", 4, "0".repeat(64))),
            12,
            new Manifest.RunTimes(T, T, T, T, T),
            key.sign(Receipt.TYPE, Json.bytes(receipt)));

    Manifest back = Json.read(Json.bytes(manifest), Manifest.class);

    assertThat(back).isEqualTo(manifest);
    assertThat(Json.read(back.receipt().bytes(), Receipt.class)).isEqualTo(receipt);
  }

  @Test
  void aManifestOfAnOutputWithoutDigestOrWithANegativeSizeIsRefused() throws Exception {
    SignedBytes receipt = SigningKey.generate().sign(Receipt.TYPE, new byte[] {1});
    String good =
        Json.text(
            new Manifest(
                RUN,
                new RunOutcome.Succeeded(),
                List.of(new OutputFile("a", 4, "0".repeat(64))),
                12,
                new Manifest.RunTimes(T, T, T, T, T),
                receipt));
    String digest = "\"" + "0".repeat(64) + "\"";
    assertThat(good).contains(digest).contains("\"size\":4");

    for (String bad : List.of("null", "\"\"", "\"00\"", "\"" + "A".repeat(64) + "\"", "7")) {
      assertRefused(good.replace(digest, bad));
    }
    assertRefused(good.replace("\"size\":4", "\"size\":-1"));
  }

  @Test
  void aManifestTellsALostLogFromAnEmptyOneAndTakesNoOtherNegativeSize() throws Exception {
    SignedBytes receipt = SigningKey.generate().sign(Receipt.TYPE, new byte[] {1});
    Manifest lost =
        new Manifest(
            RUN,
            new RunOutcome.Succeeded(),
            List.of(),
            Manifest.LOG_LOST,
            new Manifest.RunTimes(T, T, T, T, T),
            receipt);
    String text = Json.text(lost);
    assertThat(text).contains("\"logBytes\":-1");

    assertThat(Json.read(Json.bytes(lost), Manifest.class)).isEqualTo(lost);
    assertRefused(text.replace("\"logBytes\":-1", "\"logBytes\":-2"));
    assertRefused(text.replace("\"logBytes\":-1", "\"logBytes\":" + Long.MIN_VALUE));
  }

  private static void assertRefused(String manifest) {
    assertThatThrownBy(() -> Json.read(manifest.getBytes(StandardCharsets.UTF_8), Manifest.class))
        .as(manifest)
        .isInstanceOf(MalformedJson.class);
  }

  @Test
  void sealedTypesCarryTheirName() throws Exception {
    LedgerEntry entry =
        new LedgerEntry(
            RUN.attempt(),
            new LedgerEntry.Unattested("no receipt came"),
            T,
            T,
            new Money(1, "EUR"),
            new Money(5, "EUR"));

    assertThat(Json.text(entry)).contains("\"type\":\"Unattested\"");
    assertThat(Json.read(Json.bytes(entry), LedgerEntry.class)).isEqualTo(entry);
    RunChannel.UrlAnswer answer = new RunChannel.UrlAnswer.Granted(URI.create("http://h/x?y=%20z"));
    assertThat(Json.read(Json.bytes(answer), RunChannel.UrlAnswer.class)).isEqualTo(answer);
    RunChannel.Want want = new RunChannel.Want.Input();
    assertThat(Json.read(Json.bytes(want), RunChannel.Want.class)).isEqualTo(want);
  }

  @Test
  void nullStaysNullWhereItMay() throws Exception {
    LedgerEntry entry =
        new LedgerEntry(RUN.attempt(), new LedgerEntry.Unattested("x"), T, T, null, null);

    LedgerEntry back = Json.read(Json.bytes(entry), LedgerEntry.class);

    assertThat(back.billed()).isNull();
    assertThat(back.pricePerMibSecond()).isNull();
  }

  @Test
  void malformedTextIsRefusedWithAReason() {
    for (String bad :
        List.of(
            "",
            "{",
            "null",
            "[]",
            "{\"path\":\"a\",\"size\":1}",
            "{\"path\":\"../a\",\"size\":1,\"sha256\":\"0\"}",
            "{\"path\":\"a\",\"path\":\"b\",\"size\":1,\"sha256\":\"0\"}",
            "{\"path\":\"a\",\"size\":1.5,\"sha256\":\"0\"}",
            "{\"path\":\"a\",\"size\":1,\"sha256\":\"0\"} x",
            "[".repeat(100_000))) {
      assertThatThrownBy(
              () -> Json.read(bad.getBytes(StandardCharsets.UTF_8), OutputFile.class), bad)
          .isInstanceOf(MalformedJson.class);
    }
  }
}
