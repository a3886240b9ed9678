package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that are followed on a terminal. */
final class JobsWatchTest {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
  }

  @AfterEach
  void stop() {
    shell.close();
  }

  private Thread watch(String... more) {
    String[] words = new String[more.length + 2];
    words[0] = "jobs";
    words[1] = "--watch";
    System.arraycopy(more, 0, words, 2, more.length);
    return Thread.ofVirtual().start(() -> shell.runOnATerminal(words));
  }

  /** What is on the screen now. */
  private String frame() {
    String all = shell.out();
    return all.substring(Math.max(0, all.lastIndexOf("JOB")));
  }

  private void shows(String... texts) {
    await().atMost(LONGEST).untilAsserted(() -> assertThat(frame()).contains(texts));
  }

  private void showsNo(String text) {
    await().atMost(LONGEST).untilAsserted(() -> assertThat(frame()).doesNotContain(text));
  }

  private void end(Thread watching) throws InterruptedException {
    shell.server.close();
    assertThat(watching.join(LONGEST)).isTrue();
  }

  @Test
  void aJobThatIsNotInTheStateAnyMoreIsNotShown() throws Exception {
    shell.desk.add(Jobs.view(1, JobState.RUNNING, "one.fa"));
    shell.desk.add(Jobs.view(2, JobState.RUNNING, "two.fa"));
    Thread watching = watch("--state", "running");
    shows("one.fa", "two.fa", "2 running");

    shell.desk.happen(Jobs.event(1, JobState.SUCCEEDED, "one.fa"));
    showsNo("one.fa");
    shows("two.fa", "1 running");
    shell.desk.happen(Jobs.event(2, JobState.DEAD, "two.fa"));
    showsNo("two.fa");
    shows("no such jobs now");

    shell.desk.happen(Jobs.event(2, JobState.RUNNING, "two.fa"));
    shows("two.fa", "1 running");
    end(watching);
  }

  @Test
  void ofAllStatesAJobStaysOnTheScreenAsItEnds() throws Exception {
    shell.desk.add(Jobs.view(1, JobState.RUNNING, "one.fa"));
    Thread watching = watch();
    shows("one.fa", "1 running");

    shell.desk.happen(Jobs.event(1, JobState.SUCCEEDED, "one.fa"));
    shows("one.fa", "succeeded");
    end(watching);
  }
}
