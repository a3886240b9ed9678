package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptChainTest {
  @TempDir Path folder;
  private final SigningKey key = SigningKey.generate();

  private static RunId run(int number) {
    return new RunId("01jd%022d".formatted(number));
  }

  private ReceiptChain open() throws IOException {
    return ReceiptChain.open(folder.resolve("receipts"), key);
  }

  private static SignedBytes add(ReceiptChain chain, int number) throws IOException {
    return chain.receipt(
        run(number),
        (sequence, previous) ->
            new Receipt(
                Samples.PROVIDER,
                sequence,
                previous,
                new RunRef(Samples.ATTEMPT, run(number), 1),
                "succeeded",
                0,
                "",
                List.of(),
                "",
                Samples.NOW,
                Samples.NOW,
                List.of()));
  }

  private static Receipt read(SignedBytes signed) throws IOException {
    return Json.read(signed.bytes(), Receipt.class);
  }

  @Test
  void receiptsChainAcrossARestart() throws Exception {
    SignedBytes first;
    SignedBytes second;
    try (ReceiptChain chain = open()) {
      first = add(chain, 1);
      second = add(chain, 2);
    }
    try (ReceiptChain chain = open()) {
      Receipt third = read(add(chain, 3));

      assertThat(read(first).sequence()).isEqualTo(1);
      assertThat(read(first).previous()).isEqualTo(Receipt.NONE_BEFORE);
      assertThat(read(second).previous()).isEqualTo(Hex.of(Hex.sha256(first.bytes())));
      assertThat(third.sequence()).isEqualTo(3);
      assertThat(third.previous()).isEqualTo(Hex.of(Hex.sha256(second.bytes())));
    }
  }

  @Test
  void aRunThatAsksAgainAfterARestartGetsTheSameReceipt() throws Exception {
    SignedBytes first;
    try (ReceiptChain chain = open()) {
      first = add(chain, 1);
      add(chain, 2);
    }
    try (ReceiptChain chain = open()) {
      assertThat(add(chain, 1)).isEqualTo(first);
      assertThat(read(add(chain, 3)).sequence()).isEqualTo(3);
    }
  }

  @Test
  void aTornLastLineIsCutAndItsNumberUsedAgain() throws Exception {
    try (ReceiptChain chain = open()) {
      add(chain, 1);
    }
    Files.writeString(
        folder.resolve("receipts"), "millrace.receipt.v1 abc", StandardOpenOption.APPEND);

    try (ReceiptChain chain = open()) {
      assertThat(read(add(chain, 2)).sequence()).isEqualTo(2);
    }
    assertThat(Files.readAllLines(folder.resolve("receipts"))).hasSize(2);
  }

  @Test
  void aFileThatIsNoChainIsRefused() throws Exception {
    try (ReceiptChain chain = open()) {
      add(chain, 1);
      add(chain, 2);
      add(chain, 3);
    }
    List<String> lines = Files.readAllLines(folder.resolve("receipts"));
    for (List<String> bad :
        List.of(
            List.of("hello"),
            List.of(lines.get(0), lines.get(2)),
            List.of(lines.get(1), lines.get(0)),
            List.of("", lines.get(0)))) {
      Files.write(folder.resolve("receipts"), bad);
      assertThatThrownBy(this::open).isInstanceOf(IOException.class);
    }
  }

  @Test
  void manyRunsAtOnceMakeOneChain() throws Exception {
    try (ReceiptChain chain = open()) {
      List<Thread> threads =
          java.util.stream.IntStream.range(1, 51)
              .mapToObj(number ->
                  Thread.ofVirtual()
                      .start(() -> {
                        try {
                          add(chain, number);
                        } catch (IOException e) {
                          throw new java.io.UncheckedIOException(e);
                        }
                      }))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    try (ReceiptChain chain = open()) {
      assertThat(read(add(chain, 99)).sequence()).isEqualTo(51);
    }
  }
}
