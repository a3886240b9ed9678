package dev.millrace.orch.client;

import dev.millrace.orch.api.view.BucketView;
import dev.millrace.orch.api.view.Counts;
import dev.millrace.orch.api.view.DeployAnswer;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.ExplainView;
import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.Health;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobPage;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.JoinRequest;
import dev.millrace.orch.api.view.KeptFile;
import dev.millrace.orch.api.view.LedgerPage;
import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.api.view.RekeyAnswer;
import dev.millrace.orch.api.view.RetentionView;
import dev.millrace.orch.api.view.RoundView;
import dev.millrace.orch.api.view.SecretRequest;
import dev.millrace.orch.api.view.SecretView;
import dev.millrace.orch.api.view.TokenAnswer;
import dev.millrace.orch.api.view.TokenRequest;
import dev.millrace.orch.api.view.TokenView;
import dev.millrace.orch.api.view.UploadRequest;
import dev.millrace.orch.api.view.UploadStepView;
import dev.millrace.orch.api.view.UrlAnswer;
import dev.millrace.orch.api.view.VerifyProgress;
import dev.millrace.orch.api.view.VerifyRequest;
import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.orch.api.view.WaitingView;
import dev.millrace.orch.api.view.WebhookView;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerKey;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Join;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a coordinator over its HTTP API. Blocking; safe for many threads. Every call may throw an
 * {@link ApiFailure}. Jobs may be given by a unique beginning of their id.
 */
public final class CoordinatorClient implements AutoCloseable {
  private final URI endpoint;
  private final Http http;

  /**
   * Does not connect yet.
   *
   * @param token empty for none, which is enough for {@link #health()}
   */
  public CoordinatorClient(URI endpoint, String token) {
    this(endpoint, token, Limits.USUAL);
  }

  /**
   * One that is asked for small things only, and takes a coordinator that does not begin to answer
   * for one that is not there.
   *
   * @param within how long an answer's head may take, and a silence in its middle
   */
  public CoordinatorClient(URI endpoint, String token, Duration within) {
    this(endpoint, token, Limits.of(within));
  }

  CoordinatorClient(URI endpoint, String token, Limits limits) {
    this.endpoint = endpoint;
    this.http = new Http(endpoint, token, limits);
  }

  /** Where it is asked. */
  public URI endpoint() {
    return endpoint;
  }

  /** Whether it is there, and which version. */
  public Health health() throws IOException {
    return http.get("/v1/health", Health.class);
  }

  /** Sends a file that ships with functions; answers its SHA-256. */
  public String keepFile(Path file) throws IOException {
    return http.post("/v1/files", file, KeptFile.class).sha256();
  }

  /** Deploys the functions of an FDL file, all or none. */
  public DeployAnswer deploy(DeployRequest request) throws IOException {
    return http.work("/v1/functions", request, DeployAnswer.class);
  }

  /** Deployed functions. */
  public List<FunctionView> functions() throws IOException {
    return http.all("/v1/functions", FunctionView.class);
  }

  /** One of them. */
  public FunctionView function(String name) throws IOException {
    return http.get("/v1/functions/" + Http.part(name), FunctionView.class);
  }

  /** Where the notices of configured stores go, and what came. */
  public List<WebhookView> webhooks() throws IOException {
    return http.list("/v1/webhooks", WebhookView.class);
  }

  /** Which stores keep notices waiting. */
  public List<WaitingView> waiting() throws IOException {
    return http.list("/v1/waiting", WaitingView.class);
  }

  /** Takes no new jobs for a function. */
  public void remove(String function) throws IOException {
    // With it go all of its jobs that wait.
    http.workOff("/v1/functions/" + Http.part(function));
  }

  /**
   * The buckets of a store.
   *
   * @param store null for the embedded one
   */
  public List<BucketView> buckets(@Nullable String store) throws IOException {
    String path = "/v1/buckets" + (store == null ? "" : "?store=" + Http.part(store));
    return http.list(path, BucketView.class);
  }

  /** A page of a bucket's objects. */
  public ObjectPage objects(ObjectQuery query) throws IOException {
    return http.get(query.path(), ObjectPage.class);
  }

  /** A URL to upload an object to. */
  public URI uploadUrl(ObjectView object) throws IOException {
    return URI.create(post(UploadRequest.whole(object)));
  }

  /** A URL for one step of an upload in parts. */
  public URI uploadUrl(ObjectView object, UploadStep step) throws IOException {
    return URI.create(post(UploadRequest.step(object, UploadStepView.of(step))));
  }

  private String post(UploadRequest request) throws IOException {
    return http.post("/v1/uploads", request, UrlAnswer.class).url();
  }

  /** A URL to read an object from. */
  public URI downloadUrl(ObjectView object) throws IOException {
    return URI.create(http.post("/v1/downloads", object, UrlAnswer.class).url());
  }

  /** A page of jobs. */
  public JobPage jobs(JobQuery query) throws IOException {
    return http.get(query.path(), JobPage.class);
  }

  /** How many jobs are in each state. */
  public Counts counts() throws IOException {
    return http.get("/v1/jobs/counts", Counts.class);
  }

  /** A job with all that is known of it. */
  public JobDetail job(String id) throws IOException {
    return http.get("/v1/jobs/" + Http.part(id), JobDetail.class);
  }

  /** The signed order of an attempt, as one line. */
  public String order(String id, int attempt) throws IOException {
    byte[] line = http.getBytes("/v1/jobs/" + Http.part(id) + "/attempts/" + attempt + "/order");
    return new String(line, StandardCharsets.US_ASCII).strip();
  }

  /**
   * The log of an attempt, or what it has printed so far; the caller closes it.
   *
   * @param from how many bytes of it are not wanted
   */
  public LogText log(String id, int attempt, long from) throws IOException {
    Http.Answer answer =
        http.answer(
            "/v1/jobs/%s/attempts/%d/log?from=%d"
                .formatted(Http.part(id), attempt, Math.max(0, from)));
    Optional<String> running = answer.header("Millrace-Running");
    boolean full = running.filter("full"::equals).isPresent();
    return new LogText(answer.body(), running.isPresent(), full);
  }

  /** What can be wished for a job. */
  public enum Wish {
    /** To stop. */
    CANCEL("cancel"),
    /** To wait again. */
    REDRIVE("redrive"),
    /** To end, from rest. */
    DISCARD("discard");

    private final String word;

    Wish(String word) {
      this.word = word;
    }
  }

  /** Wishes something for a job; answers how it stands then. */
  public JobRow wish(Wish wish, String id) throws IOException {
    return http.post("/v1/jobs/" + Http.part(id) + "/" + wish.word, JobRow.class);
  }

  /** All devices. */
  public List<DeviceRow> devices() throws IOException {
    return http.all("/v1/devices", DeviceRow.class);
  }

  /**
   * Lets a provider in; what it had before is worth nothing then.
   *
   * @param endpoint where the provider will reach the coordinator; null for one that comes through
   *     the intermediate bucket alone
   */
  public Join join(String provider, @Nullable URI endpoint) throws IOException {
    return http.post("/v1/providers", new JoinRequest(provider, endpoint), Join.class);
  }

  /** Makes a token for the API; its secret is in this answer and nowhere else. */
  public TokenAnswer issueToken(TokenRequest request) throws IOException {
    return http.post("/v1/tokens", request, TokenAnswer.class);
  }

  /** API tokens that were given out, expired ones too. */
  public List<TokenView> tokens() throws IOException {
    return http.all("/v1/tokens", TokenView.class);
  }

  /** Makes an API token worthless at once. */
  public void revokeToken(String id) throws IOException {
    http.delete("/v1/tokens/" + Http.part(id));
  }

  /**
   * Whether values of secrets are taken by the way that requests go, asked with none: one that is
   * refused there has been on the wire already.
   */
  public boolean takesValues() throws IOException {
    if ("https".equals(endpoint.getScheme())) {
      return true;
    }
    try {
      http.put("/v1/secrets/none", Map.of(), SecretView.class);
      throw new IOException("the coordinator took a request for a secret without a value");
    } catch (ApiFailure.Answered e) {
      return switch (e.problem().status()) {
        case 400 -> true;
        case 403 -> {
          if (e.problem().type().equals(SecretRequest.NOT_SAFE)) {
            yield false;
          }
          throw e;
        }
        default -> throw e;
      };
    }
  }

  /** Keeps a secret, or its next value. */
  public SecretView setSecret(SecretName name, String value) throws IOException {
    return http.put(
        "/v1/secrets/" + Http.part(name.value()), new SecretRequest(value), SecretView.class);
  }

  /** Secrets that are set, without their values. */
  public List<SecretView> secrets() throws IOException {
    return http.all("/v1/secrets", SecretView.class);
  }

  /** Forgets a secret. */
  public void removeSecret(SecretName name, boolean force) throws IOException {
    http.delete("/v1/secrets/" + Http.part(name.value()) + (force ? "?force=true" : ""));
  }

  /** What would be removed now, by the configured rules where none is given. */
  public RetentionView retention(
      @Nullable String logs, @Nullable String notices, @Nullable String jobs) throws IOException {
    StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
    given("logs", logs).ifPresent(query::add);
    given("notices", notices).ifPresent(query::add);
    given("jobs", jobs).ifPresent(query::add);
    return http.get("/v1/retention" + query, RetentionView.class);
  }

  private static Optional<String> given(String name, @Nullable String value) {
    return Optional.ofNullable(value).map(text -> name + "=" + Http.part(text));
  }

  /** Removes what is due, as far as one round goes. */
  public RoundView runRetention(boolean trustClock) throws IOException {
    return http.work("/v1/retention/run" + (trustClock ? "?trustClock=true" : ""), RoundView.class);
  }

  /** Seals all secrets under a fresh key. */
  public RekeyAnswer rekeySecrets() throws IOException {
    return http.work("/v1/secrets/rekey", RekeyAnswer.class);
  }

  /** What happened to an object. */
  public ExplainView explain(ObjectView object) throws IOException {
    return http.get("/v1/explain?" + explained(object), ExplainView.class);
  }

  /**
   * What happened to an object.
   *
   * @param max notices, jobs and publications that are told, 1 to 1,000
   */
  public ExplainView explain(ObjectView object, int max) throws IOException {
    return http.get("/v1/explain?max=" + max + "&" + explained(object), ExplainView.class);
  }

  private static String explained(ObjectView object) {
    String store = object.store();
    return "object="
        + Http.part(object.uri())
        + (store == null ? "" : "&store=" + Http.part(store));
  }

  /** A page of the ledger. */
  public LedgerPage entries(long from, int max) throws IOException {
    return http.get("/v1/ledger/entries?from=" + from + "&max=" + max, LedgerPage.class);
  }

  /** The newest checkpoint. */
  public Checkpoint checkpoint() throws IOException {
    return http.get("/v1/ledger/checkpoint", Checkpoint.class);
  }

  /** The key that checkpoints and proofs are checked by. */
  public LedgerKey ledgerKey() throws IOException {
    return http.get("/v1/ledger/key", LedgerKey.class);
  }

  /**
   * Has the ledger read and recomputed.
   *
   * @param note a checkpoint that was kept elsewhere
   * @param progress is told how far it is
   */
  public VerifyView verify(Optional<String> note, Consumer<VerifyProgress> progress)
      throws IOException {
    VerifyRequest asked = new VerifyRequest(note.orElse(null));
    try (BufferedReader lines = http.lines("/v1/ledger/verify?progress=true", asked)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        VerifyProgress told =
            Json.read(line.getBytes(StandardCharsets.UTF_8), VerifyProgress.class);
        VerifyView found = told.found();
        if (found != null) {
          return found;
        }
        progress.accept(told);
      }
    }
    throw new IOException(
        "the coordinator broke off before it had read the ledger; its log says why");
  }

  /** The same, and tells nobody how far it is. */
  public VerifyView verify(Optional<String> note) throws IOException {
    return verify(note, told -> {});
  }

  /** Proof that an entry is in the ledger. */
  public Ledger.Proof prove(long index) throws IOException {
    return http.get("/v1/ledger/proofs/" + index, Ledger.Proof.class);
  }

  /** Events from now on: what happens after this returns is in the stream. */
  public EventStream events() throws IOException {
    return new EventStream(http.stream("/v1/events"));
  }

  @Override
  public void close() {
    http.close();
  }
}
