package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.runtime.channel.HttpRunChannel;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.run.RunChannel.Claim;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Store, coordinator and provider reach each other by HTTP alone. */
final class ApartTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void start() throws IOException {
    site = new Site(folder, "");
  }

  @AfterEach
  void stop() throws IOException {
    site.close();
  }

  @Test
  void aFileBecomesItsResultAcrossThreeParts() throws Exception {
    site.provider(site.join(Site.PROVIDER));
    site.deploy("tr a-z A-Z < \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/upper ü+%.txt\"");

    site.drop("a.txt");

    JobDetail job = site.ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(site.text(job)).isEqualTo("TEXT");
    assertThat(job.attempts().getFirst().provider()).hasToString(Site.PROVIDER);
  }

  /** The provider has no key of any bucket, and the coordinator's own events are its listing. */
  @Test
  void aRunOutlastsItsLeaseByRenewals() throws Exception {
    site.provider(site.join(Site.PROVIDER));
    site.deploy("sleep 5");

    site.drop("a.txt");

    JobDetail job = site.ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(job.attempts()).hasSize(1);
  }

  @Test
  void aJobWaitsForItsProviderAndOneThatIsGoneGetsNothing() throws Exception {
    RemoteProvider first = site.provider(site.join(Site.PROVIDER));
    site.deploy("cp \"$INPUT_FILE_PATH\" \"$TMP_OUTPUT_DIR/out\"");
    assertThat(site.devices()).isNotEmpty().allMatch(DeviceRow::present);

    first.close();
    await().atMost(LONGEST).until(() -> site.devices().stream().noneMatch(DeviceRow::present));
    site.drop("a.txt");
    site.until(job -> job.job().state().equals("waiting"));
    assertThat(site.newest().orElseThrow().attempts()).isEmpty();
    site.provider(site.join(Site.PROVIDER));

    assertThat(site.ended().job().state()).isEqualTo("succeeded");
  }

  @Test
  void functionsGoOnWhileTheCoordinatorIsRestarted() throws Exception {
    site.provider(site.join(Site.PROVIDER));
    site.deploy("sleep 2; echo done > \"$TMP_OUTPUT_DIR/out\"");
    site.drop("a.txt");
    site.until(job -> job.job().state().equals("running"));

    site.stopCoordinator();
    site.startCoordinator("coordinator");

    JobDetail job = site.ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(job.attempts()).hasSize(1);
  }

  @Test
  void functionsGoOnWhileTheProviderIsRestarted() throws Exception {
    Join join = site.join(Site.PROVIDER);
    RemoteProvider first = site.provider(join);
    site.deploy("sleep 2; echo done > \"$TMP_OUTPUT_DIR/out\"");
    site.drop("a.txt");
    site.until(job -> job.job().state().equals("running"));

    first.close();
    site.provider(join);

    JobDetail job = site.ended();
    assertThat(job.job().state()).as("%s", job.job()).isEqualTo("succeeded");
    assertThat(job.attempts()).hasSize(1);
  }

  @Test
  void anObjectIsAJobThoughTheStoreIsRestartedInTheMiddle() throws Exception {
    site.provider(site.join(Site.PROVIDER));
    site.deploy("sleep 1; echo done > \"$TMP_OUTPUT_DIR/out\"");
    site.drop("a.txt");
    site.until(job -> job.job().state().equals("running"));

    site.closeStore();
    site.startStore();

    assertThat(site.ended().job().state()).isEqualTo("succeeded");
  }

  @Test
  void anotherCoordinatorsKeyIsRefusedInOneSentence() throws Exception {
    Join join = site.join(Site.PROVIDER);
    Join stale =
        new Join(
            join.provider(),
            Base64.getEncoder().encodeToString(SigningKey.generate().publicKey()),
            join.http());

    RemoteProvider provider = site.unstarted(stale);

    assertThatThrownBy(provider::start)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("signs with key")
        .hasMessageContaining("millrace token");
  }

  @Test
  void whoHasNoTokenOfItsOwnIsNotTakenIn() throws Exception {
    Join.Http http = Objects.requireNonNull(site.join(Site.PROVIDER).http());
    Join good = site.join(Site.PROVIDER);
    for (Join bad :
        List.of(
            new Join(good.provider(), good.coordinatorKey(), new Join.Http(http.endpoint(), "x")),
            // A token that a newer one has replaced.
            new Join(good.provider(), good.coordinatorKey(), http))) {
      assertThatThrownBy(site.unstarted(bad)::start)
          .isInstanceOf(CoordinatorHttp.Denied.class)
          .hasMessageContaining("refuses this provider's token");
    }
    Join other =
        new Join(
            new dev.millrace.schema.id.ProviderId("gpu-2"), good.coordinatorKey(), good.http());
    assertThatThrownBy(site.unstarted(other)::start)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("the token is provider gpu-1's");
  }

  @Test
  void aSecondHostWithTheSameTokenIsNotTakenIn() throws Exception {
    Join join = site.join(Site.PROVIDER);
    site.provider(join);
    RemoteProvider thief =
        site.keep(new RemoteProvider(site.config(), folder.resolve("thief"), join, site.nature()));

    assertThatThrownBy(thief::start)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("another signing key");
  }

  @Test
  void aProviderSeesAndClaimsItsOwnOrdersAlone() throws Exception {
    Join mine = site.join(Site.PROVIDER);
    site.provider(mine).close();
    site.deploy("true");
    site.drop("a.txt");
    // Who asks for orders is there.
    Join.Http own = Objects.requireNonNull(mine.http());
    JobDetail job = site.until(j -> get(own, "/v1/orders?wait=0").contains(j.job().id().value()));
    String line;
    try (CoordinatorClient client = site.client()) {
      line = client.order(job.job().id().value(), 1);
    }
    Join.Http other = Objects.requireNonNull(site.join("gpu-2").http());

    assertThat(get(other, "/v1/orders?wait=0")).doesNotContain(job.job().id().value());
    try (HttpRunChannel channel =
        new HttpRunChannel(other.endpoint(), other.token(), Duration.ofSeconds(10))) {
      Claim claim = channel.claim(SignedBytes.parse(line), new RunId("01k9zzzzzzzzzzzzzzzzzzzzzz"));
      assertThat(claim)
          .isInstanceOfSatisfying(
              Claim.Refused.class,
              refused -> assertThat(refused.reason()).contains("for provider gpu-1"));
    }
  }

  private static String get(Join.Http http, String path) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(http.endpoint() + path))
                  .header("Authorization", "Bearer " + http.token())
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
