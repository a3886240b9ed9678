package dev.millrace.orch.fleet;

import dev.millrace.orch.order.Places;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.run.Introduction;
import dev.millrace.schema.run.Mail;
import dev.millrace.schema.sign.SealedBox;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests that providers leave in the intermediate bucket, told of them by the store's
 * event or by looking. A request is taken away before its answer is written: so nobody's next one
 * can be taken away in its place, and one whose answer was lost is asked again. Safe for many
 * threads.
 */
public final class MailRoom implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MailRoom.class);
  private static final int SLOTS = 64;
  private static final int AT_ONCE = 64;
  private static final int AT_ONCE_OF_ONE = 8;

  /** A manifest of 10,000 outputs with the longest names, encoded twice, has some 20 MiB. */
  private static final int REQUEST_MAX = 24 << 20;

  /** Who has lost its place keeps its slots so long: no longer than a box may be late. */
  private static final Duration SLOT_VALIDITY = Duration.ofHours(2);

  private static final Duration BOX_EVERY = Duration.ofHours(1);
  private static final Duration ANSWER_AGE = Duration.ofMinutes(10);
  private static final Duration TIDY_EVERY = Duration.ofMinutes(1);

  private final Parts parts;
  private final ObjectStore store;
  private final String bucket;
  private final Semaphore room = new Semaphore(AT_ONCE);
  private final Map<ProviderId, Semaphore> rooms = new ConcurrentHashMap<>();
  private final Set<String> taken = ConcurrentHashMap.newKeySet();
  private final Map<ProviderId, Long> boxes = new ConcurrentHashMap<>();

  /** A mark that is renewed while its token is withdrawn would outlive it. */
  private final ReentrantLock marks = new ReentrantLock();

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mail-", 0).factory());
  private long tidiedAt;

  /** What a provider asks of the run channel, in the form that the wire has. */
  @FunctionalInterface
  public interface Runs {
    /**
     * Answers one call.
     *
     * @throws MalformedJson when the body is not what the operation takes
     */
    byte[] call(ProviderId who, String operation, byte[] body) throws IOException;
  }

  /**
   * What the room works with.
   *
   * @param key the coordinator's
   */
  public record Parts(
      RemoteProviders remotes,
      Stores stores,
      Places places,
      SigningKey key,
      Runs runs,
      Ticker ticker) {}

  /** A room that nothing is told of yet. */
  public MailRoom(Parts parts) {
    this.parts = parts;
    this.store = parts.stores().get(parts.places().store());
    this.bucket = parts.places().orders();
    this.tidiedAt = parts.ticker().nanos();
  }

  private record Reply(int status, byte[] body) {}

  /** Word that a request may lie at this key. Never blocks on the store. */
  public void tell(String key) {
    Mail.requester(key)
        .filter(provider -> taken.add(key))
        .ifPresent(provider -> threads.execute(() -> handle(provider, key)));
  }

  /**
   * Looks for requests, and does what is due beside.
   *
   * @return how many there were
   */
  public int look() throws StoreException {
    Set<ProviderId> providers = parts.remotes().tokens().byBuckets();
    if (providers.isEmpty()) {
      return 0;
    }
    for (ProviderId provider : providers) {
      Long written = boxes.get(provider);
      if (written == null || parts.ticker().nanos() - written > BOX_EVERY.toNanos()) {
        leaveBox(provider);
        renewMark(provider);
      }
    }
    List<ListedObject> requests = all(Mail.REQUESTS);
    requests.forEach(request -> tell(request.key()));
    if (parts.ticker().nanos() - tidiedAt > TIDY_EVERY.toNanos()) {
      tidiedAt = parts.ticker().nanos();
      for (ProviderId provider : providers) {
        tidy(provider);
      }
    }
    return requests.size();
  }

  /** Leaves a provider URLs to put requests to. */
  public void leaveBox(ProviderId provider) throws StoreException {
    List<URI> slots = new ArrayList<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      slots.add(store.presignPut(bucket, Mail.request(provider, slot), SLOT_VALIDITY));
    }
    write(
        Mail.box(provider),
        parts.key().sign(Mail.Box.TYPE, Json.bytes(new Mail.Box(provider, slots))));
    boxes.put(provider, parts.ticker().nanos());
  }

  /** As it should be there already, unless somebody took it away. */
  public void renewMark(ProviderId provider) throws StoreException {
    marks.lock();
    try {
      ProviderTokens tokens = parts.remotes().tokens();
      if (tokens.byBuckets().contains(provider)) {
        leaveMark(provider, tokens.mark(provider).orElseThrow());
      }
    } finally {
      marks.unlock();
    }
  }

  /** Lets the store take the key that came with a provider's token. */
  public void leaveMark(ProviderId provider, String mark) throws StoreException {
    write(Mail.marks(provider) + mark, new byte[] {'1'});
  }

  /** Lets the store take no other key of a provider's, once that is what its token says. */
  public void endOthers(ProviderId provider, String mark) throws StoreException {
    marks.lock();
    try {
      for (ListedObject object : all(Mail.marks(provider))) {
        if (!object.key().equals(Mail.marks(provider) + mark)) {
          store.delete(bucket, object.key());
        }
      }
    } finally {
      marks.unlock();
    }
  }

  /** Answers that nobody has said to have read, and marks of tokens that never came to be. */
  private void tidy(ProviderId provider) throws StoreException {
    String mark = Mail.marks(provider) + parts.remotes().tokens().mark(provider).orElse("");
    Instant old = store.now(bucket).minus(ANSWER_AGE);
    for (ListedObject object : all(Mail.folder(provider))) {
      boolean stays = object.key().equals(Mail.box(provider)) || object.key().equals(mark);
      if (!stays && object.lastModified().isBefore(old)) {
        store.delete(bucket, object.key());
      }
    }
  }

  private List<ListedObject> all(String prefix) throws StoreException {
    List<ListedObject> found = new ArrayList<>();
    @Nullable String token = "";
    while (token != null) {
      ListPage page = store.list(bucket, prefix, token, 1000);
      found.addAll(page.objects());
      token = page.next();
    }
    return found;
  }

  /** One provider's many requests wait for each other, and hold up nobody else's. */
  private void handle(ProviderId provider, String key) {
    Semaphore own = rooms.computeIfAbsent(provider, any -> new Semaphore(AT_ONCE_OF_ONE));
    try {
      own.acquire();
      try {
        room.acquire();
        try {
          answerOrDrop(key);
        } finally {
          room.release();
        }
      } finally {
        own.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("the request {} is looked at again: {}", key, e.getMessage());
    } finally {
      taken.remove(key);
    }
  }

  /** What cannot be dealt with is taken away: its provider asks again, or gives up. */
  private void answerOrDrop(String key) throws IOException {
    try {
      answer(key);
    } catch (RuntimeException e) {
      LOG.error("the request {} failed and is taken away", key, e);
      store.delete(bucket, key);
    }
  }

  private void answer(String key) throws IOException {
    Optional<byte[]> bytes = read(key);
    if (bytes.isEmpty()) {
      return;
    }
    Mail.Request request;
    TrustedKeys believed;
    try {
      SignedBytes signed = SignedBytes.parse(new String(bytes.get(), StandardCharsets.US_ASCII));
      request = Json.read(signed.bytes(), Mail.Request.class);
      if (!Mail.requester(key).equals(Optional.of(request.provider()))) {
        throw new MalformedJson("it is provider " + request.provider() + "'s");
      }
      believed = signer(request);
      if (!believed.verify(Mail.Request.TYPE, signed)) {
        throw new MalformedJson("it is not signed by provider " + request.provider());
      }
    } catch (MalformedJson | IllegalArgumentException e) {
      LOG.warn("the request {} is refused: {}", key, e.getMessage());
      store.delete(bucket, key);
      return;
    }
    Reply reply = serve(request);
    store.delete(bucket, key);
    String sealed;
    try {
      sealed = SealedBox.seal(request.sealTo(), reply.body());
    } catch (IllegalArgumentException e) {
      LOG.warn("the request {} is refused: {}", key, e.getMessage());
      return;
    }
    Mail.Answer answer = new Mail.Answer(request.provider(), request.id(), reply.status(), sealed);
    write(
        Mail.answer(request.provider(), request.id()),
        parts.key().sign(Mail.Answer.TYPE, Json.bytes(answer)));
    for (String read : request.received()) {
      store.delete(bucket, Mail.answer(request.provider(), read));
    }
  }

  /** Whoever introduces itself is believed to have the key that it names, and must show a token. */
  private TrustedKeys signer(Mail.Request request) throws MalformedJson {
    if (!request.operation().equals(Mail.INTRODUCE)) {
      // By its token's key, for the journal still knows the one before a fresh token.
      String key =
          parts
              .remotes()
              .tokens()
              .boundKey(request.provider())
              .orElseThrow(() ->
                  new MalformedJson(
                      "provider " + request.provider() + " must introduce itself first"));
      return TrustedKeys.of(Base64.getDecoder().decode(key));
    }
    Introduction introduction =
        Json.read(SignedBytes.parse(request.body()).bytes(), Introduction.class);
    return TrustedKeys.of(Base64.getDecoder().decode(introduction.publicKey()));
  }

  private Reply serve(Mail.Request request) {
    ProviderId who = request.provider();
    try {
      if (request.operation().equals(Mail.INTRODUCE)) {
        return introduced(request);
      }
      parts.remotes().heard(who);
      byte[] body = request.body().getBytes(StandardCharsets.UTF_8);
      return new Reply(200, parts.runs().call(who, request.operation(), body));
    } catch (MalformedJson e) {
      return new Reply(400, text(String.valueOf(e.getMessage())));
    } catch (IOException e) {
      return new Reply(503, text(String.valueOf(e.getMessage())));
    }
  }

  private Reply introduced(Mail.Request request) throws IOException {
    if (!parts.remotes().tokens().holder(request.token()).equals(Optional.of(request.provider()))) {
      return new Reply(
          409,
          text(
              "the coordinator refuses this provider's token: join it again with a file that"
                  + " 'millrace token' makes"));
    }
    return switch (parts
        .remotes()
        .introductions()
        .introduce(request.provider(), SignedBytes.parse(request.body()))) {
      case Introductions.Outcome.Welcomed(SignedBytes welcome) ->
          new Reply(200, text(welcome.line()));
      case Introductions.Outcome.Refused(String reason) -> new Reply(409, text(reason));
    };
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private Optional<byte[]> read(String key) throws IOException {
    Optional<ObjectBody> body = store.read(bucket, key);
    if (body.isEmpty()) {
      return Optional.empty();
    }
    try (ObjectBody open = body.get()) {
      return Optional.of(open.stream().readNBytes(REQUEST_MAX));
    }
  }

  private void write(String key, SignedBytes signed) throws StoreException {
    write(key, text(signed.line()));
  }

  private void write(String key, byte[] bytes) throws StoreException {
    store.write(
        new ObjectName(parts.places().store(), bucket, key),
        new ByteArrayInputStream(bytes),
        bytes.length,
        WriteOptions.PLAIN);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
  }
}
