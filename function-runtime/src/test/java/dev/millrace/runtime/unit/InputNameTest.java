package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class InputNameTest {
  @Test
  void theLastSegmentIsKept() {
    assertThat(InputName.of("a.txt")).isEqualTo("a.txt");
    assertThat(InputName.of("q/one two+%2F.fa")).isEqualTo("one two+%2F.fa");
    assertThat(InputName.of("q/...")).isEqualTo("...");
    assertThat(InputName.of("q/-rf")).isEqualTo("-rf");
  }

  @Test
  void whatIsNoFileNameBecomesOne() {
    assertThat(InputName.of("a/")).isEqualTo("input");
    assertThat(InputName.of("a/.")).isEqualTo("input");
    assertThat(InputName.of("../..")).isEqualTo("input");
    assertThat(InputName.of("a\0b\nc")).isEqualTo("a_b_c");
  }

  @Test
  void aLongNameKeepsItsExtensionAndStaysApartFromOthers() {
    String one = InputName.of("a".repeat(500) + "1.fasta");
    String two = InputName.of("a".repeat(500) + "2.fasta");

    assertThat(one).endsWith(".fasta").isNotEqualTo(two);
    assertThat(one.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(200);
    assertThat(InputName.of("x." + "é".repeat(400)).getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(200);
  }
}
