package dev.millrace.triggers.embedded.checksum;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RunningChecksumTest {
  /** The "check" values of the CRC catalogue, and the digests of the RFCs. */
  @Test
  void givesTheKnownValuesOfTheDigitsOneToNine() {
    assertThat(hex(ChecksumAlgorithm.CRC32, "123456789")).isEqualTo("cbf43926");
    assertThat(hex(ChecksumAlgorithm.CRC32C, "123456789")).isEqualTo("e3069283");
    assertThat(hex(ChecksumAlgorithm.CRC64NVME, "123456789")).isEqualTo("ae8b14860a799888");
    assertThat(hex(ChecksumAlgorithm.SHA1, "abc"))
        .isEqualTo("a9993e364706816aba3e25717850c26c9cd0d89d");
    assertThat(hex(ChecksumAlgorithm.SHA256, "abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @ParameterizedTest
  @EnumSource(names = {"CRC32", "CRC32C", "CRC64NVME"})
  void combinesTheSumsOfTwoHalvesIntoTheSumOfTheWhole(ChecksumAlgorithm algorithm) {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      byte[] whole = new byte[1 + random.nextInt(5000)];
      random.nextBytes(whole);
      int cut = random.nextInt(whole.length + 1);
      byte[] first = sum(algorithm, Arrays.copyOf(whole, cut));
      byte[] second = sum(algorithm, Arrays.copyOfRange(whole, cut, whole.length));

      byte[] combined = CrcCombination.of(algorithm).combine(first, second, whole.length - cut);

      assertThat(combined).isEqualTo(sum(algorithm, whole));
    }
  }

  private static String hex(ChecksumAlgorithm algorithm, String text) {
    return HexFormat.of().formatHex(sum(algorithm, text.getBytes(StandardCharsets.UTF_8)));
  }

  private static byte[] sum(ChecksumAlgorithm algorithm, byte[] bytes) {
    RunningChecksum checksum = RunningChecksum.of(algorithm);
    int half = bytes.length / 2;
    checksum.update(bytes, 0, half);
    checksum.update(bytes, half, bytes.length - half);
    return checksum.value();
  }
}
