package dev.millrace.orch.desk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogTailTest {
  private static List<String> tail(String log) throws IOException {
    return LogTail.of(new ByteArrayInputStream(log.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void itIsTheLastThreeLinesThatSaySomething() throws Exception {
    assertThat(tail("one\ntwo\nthree\nfour\n\n  \n")).containsExactly("two", "three", "four");
    assertThat(tail("one")).containsExactly("one");
    assertThat(tail("")).isEmpty();
    assertThat(tail("\n\n")).isEmpty();
  }

  @Test
  void nothingThatATerminalObeysIsLeft() throws Exception {
    assertThat(tail("a \u001b[31mred\u001b[0m word\u001b]0;title\u0007\u202e\n"))
        .containsExactly("a red word\\u001b]0;title\\u0007\\u202e");
  }

  @Test
  void aLongLogOfLongLinesIsCutToAFewShortOnes() throws Exception {
    List<String> told = tail(("x".repeat(5000) + "\n").repeat(100) + "the end\n");

    assertThat(told).hasSizeBetween(2, 3).last().isEqualTo("the end");
    assertThat(told).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(202));
    assertThat(tail("y".repeat(10_000_000)).getFirst()).hasSize(202);
  }
}
