package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.JobQuery;
import dev.millrace.orch.client.Transfer;
import dev.millrace.orch.config.ConfigReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What brings an order to its provider: the coordinator's notice, the store's own event, and
 * looking into the bucket. Each is enough by itself; each is left out in turn on a whole machine.
 */
final class TriggerTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final String FDL =
      """
      functions:
        millrace:
          - name: count-lines
            runner: process
            memory: 64Mi
            timeout: 30s
            script: |
              wc -l < "$INPUT_FILE_PATH" > "$TMP_OUTPUT_DIR/lines"
            input:
              - {storage_provider: millrace.default, path: texts/in}
            output:
              - {storage_provider: millrace.default, path: texts/out}
      """;

  @TempDir private Path folder;

  @Test
  void theNoticeAloneTriggers() throws IOException {
    assertThat(runsWith("{announce: true, events: false, poll: 0s}")).isEqualTo("2");
  }

  @Test
  void theStoresEventAloneTriggers() throws IOException {
    assertThat(runsWith("{announce: false, events: true, poll: 0s}")).isEqualTo("2");
  }

  @Test
  void pollingAloneTriggers() throws IOException {
    assertThat(runsWith("{announce: false, events: false, poll: 200ms}")).isEqualTo("2");
  }

  /** Without this the three above would show nothing. */
  @Test
  void withNoneOfThemTheOrderExpires() throws IOException {
    try (Standing standing = stand("{announce: false, events: false, poll: 0s}", "2s")) {
      standing.drop("first\nsecond\n");

      JobDetail job =
          standing.until(j ->
              !j.attempts().isEmpty() && "unclaimed".equals(j.attempts().getFirst().outcome()));

      assertThat(job.attempts().getFirst().reason())
          .isEqualTo("no run claimed its order within 2 s");
      assertThat(job.attempts().getFirst().stagedAt()).isNotNull();
      assertThat(job.attempts().getFirst().run()).isNull();
    }
  }

  private String runsWith(String orders) throws IOException {
    try (Standing standing = stand(orders, "60s")) {
      standing.drop("first\nsecond\n");

      JobDetail job = standing.until(j -> j.job().state().equals("succeeded"));

      return standing.text(job.outputs().getFirst().object());
    }
  }

  private Standing stand(String orders, String claimWithin) throws IOException {
    String config =
        "{api: {port: 0}, store: {port: 0}, orders: "
            + orders
            + ", leases: {claim_within: "
            + claimWithin
            + "}, provider: {runners: {process: {allow: [count-lines]}}}}";
    Machine machine =
        Machine.start(
            new ConfigReader(name -> null).read("millrace.yaml", config, folder), folder, "test");
    return new Standing(
        machine,
        new CoordinatorClient(
            machine.apiEndpoint(), Files.readString(folder.resolve(TokenFile.NAME)).strip()),
        new Transfer(),
        folder);
  }

  /** A machine that runs, and who asks it. */
  private record Standing(Machine machine, CoordinatorClient client, Transfer transfer, Path folder)
      implements AutoCloseable {
    void drop(String text) throws IOException {
      client.deploy(new DeployRequest("function.yaml", FDL, Map.of(), Map.of(), false));
      Path file = Files.writeString(folder.resolve("dropped.txt"), text);
      ObjectView object = new ObjectView(null, "texts", "in/dropped.txt");
      transfer.upload(file, client.uploadUrl(object), bytes -> {});
    }

    JobDetail until(Predicate<JobDetail> wanted) {
      return await()
          .atMost(LONGEST)
          .pollInterval(Duration.ofMillis(50))
          .until(this::job, job -> job.filter(wanted).isPresent())
          .orElseThrow();
    }

    private Optional<JobDetail> job() throws IOException {
      List<JobRow> jobs = client.jobs(JobQuery.newest(2)).jobs();
      return jobs.isEmpty()
          ? Optional.empty()
          : Optional.of(client.job(jobs.getFirst().id().value()));
    }

    String text(ObjectView object) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      transfer.download(client.downloadUrl(object), out, bytes -> {});
      return out.toString(StandardCharsets.UTF_8).strip();
    }

    @Override
    public void close() {
      transfer.close();
      client.close();
      machine.close();
    }
  }
}
