package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.ExtraRoute;
import dev.millrace.orch.api.view.WebhookView;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WebhookCommandTest {
  @TempDir private Path folder;

  /** A coordinator whose configuration names these stores. */
  private Shell beside(String... stores) throws IOException {
    List<WebhookView> webhooks =
        Stream.of(stores)
            .map(store ->
                new WebhookView(
                    store,
                    "/v1/notices/" + store,
                    folder.resolve("none.token").toString(),
                    "http://127.0.0.1:1",
                    List.of(),
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    null))
            .toList();
    ExtraRoute route =
        new ExtraRoute(
            "GET",
            "/v1/webhooks",
            ExtraRoute.Allowed.READERS,
            request -> new ExtraRoute.Answer(200, "application/json", Json.bytes(webhooks)));
    return new Shell(
        folder, Optional.empty(), new ApiServer.Mounted(Optional.empty(), List.of(route)));
  }

  @Test
  void whereNoStoreIsConfiguredItSaysWhereToNameOne() throws Exception {
    try (Shell shell = beside()) {
      assertThat(shell.run("webhook", "minio.default")).isEqualTo(Exit.FAILED);

      assertThat(shell.err())
          .contains("no store 'minio.default' is configured, nor any other")
          .contains("under 'stores' in the coordinator's millrace.yaml")
          .doesNotContain("[", "]");
    }
  }

  @Test
  void anotherNameIsAnsweredWithThoseThatAreThere() throws Exception {
    try (Shell shell = beside("minio.default", "s3.archive")) {
      for (String wrong : List.of("minio", "MINIO.default", "s3.default")) {
        shell.forget();
        assertThat(shell.run("webhook", wrong)).as(wrong).isEqualTo(Exit.FAILED);
      }

      assertThat(shell.err())
          .contains("no store 's3.default' is configured: give one of minio.default, s3.archive")
          .contains("under 'stores'")
          .doesNotContain("[", "]");
    }
  }

  @Test
  void theCoordinatorsOwnStoreNeedsNone() throws Exception {
    try (Shell shell = beside("minio.default")) {
      assertThat(shell.run("webhook", "millrace.default")).isEqualTo(Exit.FAILED);

      assertThat(shell.err())
          .contains("'millrace.default' is the coordinator's own")
          .contains("without a webhook");
    }
  }
}
