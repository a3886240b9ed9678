package dev.millrace.runtime.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StepFileTest {
  @TempDir Path folder;
  private StepFile file;

  @BeforeEach
  void name() {
    file = new StepFile(folder.resolve("steps"));
  }

  private String last() throws IOException {
    return new String(file.last(line -> line).orElseThrow(), StandardCharsets.UTF_8);
  }

  private void add(String step) throws IOException {
    file.add(step.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theLastStepCounts() throws Exception {
    add("one");
    add("zw\u00f6lf \u2603");
    assertThat(last()).isEqualTo("zw\u00f6lf \u2603");
    add("three");
    assertThat(last()).isEqualTo("three");
  }

  @Test
  void whereverAStepIsCutOffTheOneBeforeCounts() throws Exception {
    add("one");
    long whole = Files.size(file.path());
    add("the second");
    byte[] both = Files.readAllBytes(file.path());
    for (int cut = (int) whole; cut < both.length; cut++) {
      Files.write(file.path(), java.util.Arrays.copyOf(both, cut));
      assertThat(last()).as("cut at %d", cut).isEqualTo("one");
      add("after it");
      assertThat(last()).as("cut at %d", cut).isEqualTo("after it");
    }
  }

  @Test
  void thereIsNoStepInWhatIsNone() throws Exception {
    assertThatThrownBy(() -> file.last(line -> line)).isInstanceOf(NoSuchFileException.class);
    for (String text : new String[] {"", "\n", "\n\n\n", "half", "\nhalf"}) {
      Files.writeString(file.path(), text);
      assertThat(file.last(line -> line)).as(text).isEmpty();
    }
    Files.writeString(file.path(), "whole\n", StandardOpenOption.TRUNCATE_EXISTING);
    assertThat(last()).isEqualTo("whole");
  }

  @Test
  void aLinkIsNotWrittenThrough() throws Exception {
    Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "theirs");
    Files.createSymbolicLink(file.path(), elsewhere);

    assertThatThrownBy(() -> add("mine")).isInstanceOf(IOException.class);
    assertThat(elsewhere).hasContent("theirs");
  }
}
