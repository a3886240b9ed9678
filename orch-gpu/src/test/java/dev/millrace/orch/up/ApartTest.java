package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.runtime.channel.CoordinatorHttp;
import dev.millrace.runtime.channel.HttpOrderSource;
import dev.millrace.runtime.channel.HttpRunChannel;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Call;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.RunChannel.Claim;
import dev.millrace.schema.run.RunChannel.Renewal;
import dev.millrace.schema.run.RunChannel.UrlAnswer;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert;
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

  @Test
  void aRunRenewsItsLease() throws Exception {
    site.provider(site.join(Site.PROVIDER));
    site.deploy("sleep 6");

    site.drop("a.txt");

    site.awaitRenewal();
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
    Join second = site.join("gpu-2");
    site.provider(second).close();
    site.deploy("true");
    site.drop("a.txt");
    JobDetail job = staged(mine);
    Join.Http other = Objects.requireNonNull(second.http());

    assertThat(orders("gpu-2", other, key("gpu-2"))).isEmpty();
    String line = order(job);
    SigningKey key = key("gpu-2");
    try (HttpRunChannel channel = channel("gpu-2", other, key)) {
      Claim claim = channel.claim(SignedBytes.parse(line), new RunId("01k9zzzzzzzzzzzzzzzzzzzzzz"));
      assertThat(claim)
          .isInstanceOfSatisfying(
              Claim.Refused.class,
              refused -> assertThat(refused.reason()).contains("for provider gpu-1"));
    }
  }

  /** Whoever has a copy of the join file and not the key that was introduced with it. */
  @Test
  void aCopiedTokenDoesNothingWithAnotherKey() throws Exception {
    Join join = site.join(Site.PROVIDER);
    Join.Http http = Objects.requireNonNull(join.http());
    site.provider(join).close();
    site.deploy("true");
    site.drop("a.txt");
    JobDetail job = staged(join);
    SignedBytes order = SignedBytes.parse(order(job));
    RunId id = new RunId("01k9zzzzzzzzzzzzzzzzzzzzzz");
    Order read = Json.read(order.bytes(), Order.class);
    RunRef run = new RunRef(read.attempt(), id, read.token());
    SigningKey stranger = SigningKey.generate();

    try (HttpRunChannel copy = channel(Site.PROVIDER, http, stranger)) {
      assertDenied(() -> copy.claim(order, id));
      assertDenied(() -> orders(Site.PROVIDER, http, stranger));
    }
    assertThat(site.newest().orElseThrow().job().state()).isEqualTo("staged");
    try (HttpRunChannel own = channel(Site.PROVIDER, http, key(Site.PROVIDER));
        HttpRunChannel copy = channel(Site.PROVIDER, http, stranger)) {
      assertThat(own.claim(order, id)).isInstanceOf(Claim.Granted.class);
      assertDenied(() -> copy.claim(order, id));
      assertDenied(() -> copy.url(run, new Want.Input()));
      assertDenied(() -> copy.renew(run, Long.MAX_VALUE));
      assertDenied(() -> copy.settle(run, order));
      assertThat(own.url(run, new Want.Input())).isInstanceOf(UrlAnswer.Granted.class);
      assertThat(own.renew(run, 1)).isEqualTo(Renewal.RENEWED);
    }
  }

  /** Asking keeps a provider present: a stranger's asking must not. */
  @Test
  void aCopiedTokenDoesNotKeepItsProviderPresent() throws Exception {
    Join join = site.join(Site.PROVIDER);
    Join.Http http = Objects.requireNonNull(join.http());
    site.provider(join).close();

    await()
        .atMost(LONGEST)
        .until(() -> {
          assertDenied(() -> orders(Site.PROVIDER, http, SigningKey.generate()));
          return site.devices().stream().noneMatch(DeviceRow::present);
        });
  }

  @Test
  void aCallThatWasHeardOnTheWayIsNotDoneAgain() throws Exception {
    Join join = site.join(Site.PROVIDER);
    Join.Http http = Objects.requireNonNull(join.http());
    site.provider(join).close();
    String path = "/v1/orders?wait=0&after=";
    HttpResponse<String> asked = get(http, path, "");
    Call call =
        new Call(
            join.provider(),
            "GET " + path,
            Hex.of(Hex.sha256(new byte[0])),
            asked.headers().firstValue(Call.CHALLENGE).orElseThrow(),
            0);
    String proof = key(Site.PROVIDER).sign(Call.TYPE, Json.bytes(call)).line();

    assertThat(asked.statusCode()).isEqualTo(401);
    assertThat(get(http, path, proof).statusCode()).isEqualTo(200);
    assertThat(get(http, path, proof).statusCode()).isEqualTo(401);
    assertThat(get(http, path + "x", proof).statusCode()).isEqualTo(403);
  }

  private static void assertDenied(ThrowableAssert.ThrowingCallable asking) {
    assertThatThrownBy(asking)
        .isInstanceOf(CoordinatorHttp.Denied.class)
        .hasMessageContaining("another signing key");
  }

  /** The order of the newest job, once it is there; who asks for it is there too. */
  private JobDetail staged(Join join) {
    Join.Http http = Objects.requireNonNull(join.http());
    String name = join.provider().value();
    return await()
        .atMost(LONGEST)
        .until(
            () -> {
              List<OrderNotice> there = orders(name, http, key(name));
              return site.newest()
                  .filter(job ->
                      there.stream().anyMatch(n -> n.key().contains(job.job().id().value())));
            },
            Optional::isPresent)
        .orElseThrow();
  }

  private String order(JobDetail job) throws IOException {
    try (CoordinatorClient client = site.client()) {
      return client.order(job.job().id().value(), 1);
    }
  }

  /** That of a provider that has started once. */
  private SigningKey key(String provider) {
    try {
      return LocalProvider.key(folder.resolve(provider), new SecureRandom());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CoordinatorHttp http(String provider, Join.Http http, SigningKey key) {
    return new CoordinatorHttp(
        http.endpoint(),
        new CoordinatorHttp.Speaker(new ProviderId(provider), http.token(), key),
        Duration.ofSeconds(10));
  }

  private static HttpRunChannel channel(String provider, Join.Http http, SigningKey key) {
    return new HttpRunChannel(http(provider, http, key));
  }

  private static List<OrderNotice> orders(String provider, Join.Http http, SigningKey key)
      throws IOException, InterruptedException {
    try (CoordinatorHttp coordinator = http(provider, http, key)) {
      return new HttpOrderSource(coordinator, Ticker.system()).await(Duration.ZERO);
    }
  }

  private static HttpResponse<String> get(Join.Http http, String path, String proof)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(http.endpoint() + path))
              .header("Authorization", "Bearer " + http.token());
      if (!proof.isEmpty()) {
        request.header(Call.PROOF, proof);
      }
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
