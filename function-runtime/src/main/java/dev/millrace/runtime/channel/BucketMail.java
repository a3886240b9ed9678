package dev.millrace.runtime.channel;

import dev.millrace.runtime.channel.CoordinatorHttp.Denied;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.run.Mail;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SealedBox;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Requests to a coordinator through the intermediate bucket: put by pre-signed URLs that it left,
 * answered by objects under this provider's prefix. Nothing of the network but the store is used.
 * Safe for many threads.
 */
public final class BucketMail implements AutoCloseable {
  private static final int OBJECT_MAX = 32 << 20;
  private static final int RECEIVED_MAX = 64;
  private static final Duration CALL = Duration.ofSeconds(30);
  private static final Duration BOX_AGE = Duration.ofMinutes(30);
  private static final Duration FIRST_LOOK = Duration.ofMillis(20);

  private final Ends ends;
  private final Pace pace;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final HttpClient client;
  private final BlockingQueue<URI> slots = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>(10_000);
  private final CountDownLatch never = new CountDownLatch(1);
  private boolean filled;
  private long filledAt;

  /**
   * Who speaks with whom, and where.
   *
   * @param store with a key that can list and get this provider's prefix
   * @param coordinator whose boxes and answers are believed
   * @param token for the introduction
   */
  public record Ends(
      ObjectStore store,
      String bucket,
      ProviderId provider,
      SigningKey key,
      TrustedKeys coordinator,
      String token) {}

  /**
   * How patient it is.
   *
   * @param look longest pause between two looks for an answer
   * @param answer how long an answer may take
   */
  public record Pace(Duration look, Duration answer) {}

  /**
   * @param random must be unpredictable
   */
  public BucketMail(Ends ends, Pace pace, Ticker ticker, RandomGenerator random) {
    this.ends = ends;
    this.pace = pace;
    this.ticker = ticker;
    this.random = random;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /** How introductions go this way. */
  public Introducing introducing() {
    return introduction -> {
      byte[] answer = ask(Mail.INTRODUCE, introduction.line().getBytes(StandardCharsets.US_ASCII));
      try {
        return SignedBytes.parse(new String(answer, StandardCharsets.US_ASCII));
      } catch (IllegalArgumentException e) {
        throw new IOException("the coordinator's welcome cannot be read: " + e.getMessage(), e);
      }
    };
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws Denied when the coordinator says no
   * @throws IOException when no answer came: whether it was done is unknown
   */
  byte[] ask(String operation, byte[] body) throws IOException, InterruptedException {
    SealedBox box = SealedBox.fresh();
    byte[] id = new byte[16];
    random.nextBytes(id);
    List<String> read = new ArrayList<>();
    received.drainTo(read, RECEIVED_MAX);
    Mail.Request request =
        new Mail.Request(
            ends.provider(),
            Hex.of(id),
            operation,
            new String(body, StandardCharsets.UTF_8),
            box.publicKey(),
            operation.equals(Mail.INTRODUCE) ? ends.token() : "",
            read);
    long until = ticker.nanos() + pace.answer().toNanos();
    byte[] line =
        ends.key()
            .sign(Mail.Request.TYPE, Json.bytes(request))
            .line()
            .getBytes(StandardCharsets.US_ASCII);
    URI slot = post(line, until);
    try {
      return answered(awaitAnswer(request.id(), until), box);
    } finally {
      slots.add(slot);
    }
  }

  /** Puts the request to a slot where none lies. */
  private URI post(byte[] line, long until) throws IOException, InterruptedException {
    fill();
    while (true) {
      URI slot = slots.poll(Math.max(0, until - ticker.nanos()), TimeUnit.NANOSECONDS);
      if (slot == null) {
        throw new IOException("no slot of the mailbox came free: the coordinator does not answer");
      }
      int status = put(slot, line);
      switch (status) {
        case 200, 204 -> {
          return slot;
        }
        case 409, 412 -> occupied(slot, until);
        default -> {
          forgetBox();
          throw new IOException(
              "a request was not put to the bucket: the store answered " + status);
        }
      }
    }
  }

  /** The store's status. Where none came the slot is free again: what lies there answers 412. */
  private int put(URI slot, byte[] line) throws IOException, InterruptedException {
    boolean answered = false;
    try {
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(slot)
                  .timeout(CALL)
                  .header("If-None-Match", "*")
                  .PUT(HttpRequest.BodyPublishers.ofByteArray(line))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      answered = true;
      return answer.statusCode();
    } finally {
      if (!answered) {
        slots.add(slot);
      }
    }
  }

  /** Of an earlier request, which the coordinator has not taken away yet. */
  private void occupied(URI slot, long until) throws IOException, InterruptedException {
    slots.add(slot);
    if (ticker.nanos() > until || never.await(FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IOException("all slots of the mailbox are taken: the coordinator does not answer");
    }
  }

  private synchronized void forgetBox() {
    filled = false;
  }

  private synchronized void fill() throws IOException {
    if (filled && ticker.nanos() - filledAt < BOX_AGE.toNanos()) {
      return;
    }
    SignedBytes signed =
        box()
            .orElseThrow(() ->
                new IOException(
                    "the coordinator has left no mailbox for provider " + ends.provider()));
    if (!ends.coordinator().verify(Mail.Box.TYPE, signed)) {
      throw new Denied(
          "the mailbox is signed with key "
              + signed.keyId()
              + ", and this provider joined a coordinator with another: if it was set up anew, join"
              + " it again with a file that 'millrace token' makes");
    }
    Mail.Box box = Json.read(signed.bytes(), Mail.Box.class);
    if (!box.provider().equals(ends.provider()) || box.slots().isEmpty()) {
      throw new IOException("the mailbox is not provider " + ends.provider() + "'s");
    }
    slots.clear();
    slots.addAll(box.slots());
    filled = true;
    filledAt = ticker.nanos();
  }

  private Optional<SignedBytes> box() throws IOException {
    try {
      return find(Mail.box(ends.provider()));
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.DENIED) {
        throw e;
      }
      throw new Denied(
          "the store refuses this provider's key: if a newer join file was made, or the key is no"
              + " more, join it again with a file that 'millrace token "
              + ends.provider()
              + " --buckets' makes ("
              + e.getMessage()
              + ")");
    }
  }

  private Mail.Answer awaitAnswer(String id, long until) throws IOException, InterruptedException {
    Duration pause = FIRST_LOOK;
    while (true) {
      Optional<Mail.Answer> answer = look(id);
      if (answer.isPresent()) {
        received.offer(id);
        return answer.get();
      }
      if (ticker.nanos() > until) {
        throw new IOException(
            "the coordinator has not answered through the bucket within " + pace.answer());
      }
      never.await(pause.toMillis(), TimeUnit.MILLISECONDS);
      Duration longer = pause.multipliedBy(3).dividedBy(2);
      pause = longer.compareTo(pace.look()) > 0 ? pace.look() : longer;
    }
  }

  /** What lies there and is not the coordinator's word is no answer. */
  private Optional<Mail.Answer> look(String id) throws IOException {
    Optional<SignedBytes> signed = find(Mail.answer(ends.provider(), id));
    if (signed.isEmpty() || !ends.coordinator().verify(Mail.Answer.TYPE, signed.get())) {
      return Optional.empty();
    }
    Mail.Answer answer = Json.read(signed.get().bytes(), Mail.Answer.class);
    return answer.id().equals(id) && answer.provider().equals(ends.provider())
        ? Optional.of(answer)
        : Optional.empty();
  }

  /**
   * Looked for by listing: some stores answer who may list one prefix alone 403 for what is absent.
   */
  private Optional<SignedBytes> find(String key) throws IOException {
    if (ends.store().list(ends.bucket(), key, "", 1).objects().stream()
        .noneMatch(object -> object.key().equals(key))) {
      return Optional.empty();
    }
    Optional<ObjectBody> found = ends.store().read(ends.bucket(), key);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (ObjectBody open = found.get()) {
      byte[] bytes = open.stream().readNBytes(OBJECT_MAX);
      return Optional.of(SignedBytes.parse(new String(bytes, StandardCharsets.US_ASCII)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] answered(Mail.Answer answer, SealedBox box) throws IOException {
    byte[] body;
    try {
      body = box.open(answer.sealed());
    } catch (IllegalArgumentException e) {
      throw new IOException("the coordinator's answer cannot be opened: " + e.getMessage(), e);
    }
    return switch (answer.status()) {
      case 200 -> body;
      case 409 -> throw new Denied(new String(body, StandardCharsets.UTF_8));
      default ->
          throw new IOException(
              "the coordinator answered "
                  + answer.status()
                  + ": "
                  + new String(body, StandardCharsets.UTF_8));
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
