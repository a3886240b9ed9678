package dev.millrace.orch.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.orch.settle.ProviderKeys;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.run.Mail;
import dev.millrace.schema.sign.SealedBox;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many requests are worked on at a time, of one provider and of all. */
final class MailRoomTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String BUCKET = "millrace-orders";
  private static final ProviderId SLOW = new ProviderId("slow");
  private static final ProviderId QUICK = new ProviderId("quick");

  @TempDir Path folder;
  private final SigningKey key = SigningKey.generate();
  private final MemoryStore store = new MemoryStore(InstantSource.system());
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Map<ProviderId, AtomicInteger> working = new ConcurrentHashMap<>();
  private final AtomicInteger answered = new AtomicInteger();
  private volatile Runnable whileIssued = () -> {};
  private ProviderTokens tokens;
  private Journal journal;
  private RemoteProviders remotes;
  private MailRoom room;
  private final RandomGenerator random =
      () -> {
        whileIssued.run();
        return ThreadLocalRandom.current().nextLong();
      };

  /** Keys of the embedded store's kind. */
  private final class MarkedKeys implements RemoteProviders.BucketKeys {
    @Override
    public Join.Buckets of(ProviderId provider, String token) throws IOException {
      room.leaveMark(provider, ProviderTokens.mark(token));
      return new Join.Buckets(URI.create("http://127.0.0.1"), "main", BUCKET, "", "", token);
    }

    @Override
    public void endOthers(ProviderId provider, String token) throws IOException {
      room.endOthers(provider, token.isEmpty() ? "" : ProviderTokens.mark(token));
    }

    @Override
    public void renew(ProviderId provider) throws IOException {
      room.renewMark(provider);
    }
  }

  @BeforeEach
  void open() throws IOException {
    tokens = ProviderTokens.open(folder.resolve("providers.json"));
    journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    Attendance attendance = new Attendance(Ticker.system(), LONG);
    ProviderKeys keys = new ProviderKeys(journal, (who, old) -> false, Ticker.system());
    // What neither introductions nor orders need is not there.
    remotes =
        new RemoteProviders(
            tokens,
            attendance,
            new Introductions(
                new Introductions.Parts(
                    new Recorder(journal), tokens, keys, attendance, key, () -> {}, "ledger"),
                LONG,
                InstantSource.system()),
            null,
            null,
            null,
            null,
            null,
            null,
            () -> {},
            "",
            random,
            new MarkedKeys());
    room =
        new MailRoom(
            new MailRoom.Parts(
                remotes,
                id -> Optional.of(store),
                new Places(StoreId.EMBEDDED, BUCKET),
                key,
                this::work,
                Ticker.system()));
  }

  @AfterEach
  void close() {
    goOn.countDown();
    room.close();
    journal.close();
  }

  private byte[] work(ProviderId who, String operation, byte[] body) throws IOException {
    working.computeIfAbsent(who, any -> new AtomicInteger()).incrementAndGet();
    try {
      if (!who.equals(QUICK)) {
        goOn.await();
      }
    } catch (InterruptedException e) {
      throw new IOException("the room closes", e);
    }
    answered.incrementAndGet();
    return body;
  }

  private void know(ProviderId provider) throws IOException {
    tokens.issue(provider, true, new Random(provider.value().hashCode()));
    tokens.bind(provider, Base64.getEncoder().encodeToString(key.publicKey()));
  }

  private String ask(ProviderId provider, int slot) {
    Mail.Request request =
        new Mail.Request(
            provider,
            "%032x".formatted(slot),
            "renew",
            "{}",
            SealedBox.fresh().publicKey(),
            "",
            List.of());
    String at = Mail.request(provider, slot);
    store.put(BUCKET, at, key.sign(Mail.Request.TYPE, Json.bytes(request)).line());
    room.tell(at);
    return Mail.answer(provider, request.id());
  }

  private int atWork(ProviderId provider) {
    return working.getOrDefault(provider, new AtomicInteger()).get();
  }

  @Test
  void manyRequestsOfOneProviderWaitForEachOtherAndHoldUpNobodyElse() throws Exception {
    know(SLOW);
    know(QUICK);
    for (int slot = 0; slot < 20; slot++) {
      ask(SLOW, slot);
    }
    await().atMost(LONG).until(() -> atWork(SLOW) == 8);

    String answer = ask(QUICK, 0);

    await().atMost(LONG).until(() -> store.text(BUCKET, answer).isPresent());
    assertThat(atWork(SLOW)).isEqualTo(8);
    goOn.countDown();
    await().atMost(LONG).until(() -> answered.get() == 21);
    await()
        .atMost(LONG)
        .until(() -> store.keys(BUCKET).stream().noneMatch(k -> k.startsWith(Mail.REQUESTS)));
  }

  @Test
  void notMoreThanSixtyFourRequestsAreWorkedOnAtATime() throws Exception {
    for (int each = 0; each < 10; each++) {
      ProviderId provider = new ProviderId("p" + each);
      know(provider);
      for (int slot = 0; slot < 8; slot++) {
        ask(provider, slot);
      }
    }

    await()
        .atMost(LONG)
        .during(Duration.ofMillis(300))
        .until(() -> working.values().stream().mapToInt(AtomicInteger::get).sum() == 64);
    goOn.countDown();
    await().atMost(LONG).until(() -> answered.get() == 80);
  }

  @Test
  void aRequestThatIsToldOfAgainWhileItIsWorkedOnIsDoneOnce() throws Exception {
    know(SLOW);
    ask(SLOW, 0);
    await().atMost(LONG).until(() -> atWork(SLOW) == 1);

    room.tell(Mail.request(SLOW, 0));
    assertThat(room.look()).isEqualTo(1);
    String last = ask(SLOW, 1);

    goOn.countDown();
    await().atMost(LONG).until(() -> store.text(BUCKET, last).isPresent());
    await()
        .atMost(LONG)
        .until(() -> store.keys(BUCKET).stream().noneMatch(k -> k.startsWith(Mail.REQUESTS)));
    assertThat(answered).hasValue(2);
  }

  @Test
  void aRequestOfMoreThanItMayHaveIsTakenAwayUnread() throws Exception {
    know(QUICK);
    String at = Mail.request(QUICK, 0);
    store.put(BUCKET, at, new String(new byte[25 << 20], StandardCharsets.US_ASCII));

    room.tell(at);

    await().atMost(LONG).until(() -> store.text(BUCKET, at).isEmpty());
    assertThat(answered).hasValue(0);
  }

  private List<String> marks() {
    return store.keys(BUCKET).stream().filter(k -> k.startsWith(Mail.marks(QUICK))).toList();
  }

  private String markOf(Join join) {
    Join.Buckets way = Objects.requireNonNull(join.buckets());
    return Mail.marks(QUICK) + ProviderTokens.mark(way.token());
  }

  @Test
  void aMarkIsNotRenewedPastTheEndOfItsToken() throws Exception {
    String former = markOf(remotes.inviteByBucket(QUICK));
    AtomicReference<Join> join = new AtomicReference<>();
    Thread inviting =
        Thread.ofPlatform()
            .unstarted(() ->
                Assertions.assertThatNoException()
                    .isThrownBy(() -> join.set(remotes.inviteByBucket(QUICK))));
    AtomicBoolean endedLate = new AtomicBoolean();
    store.failDeletes(
        StoreException.Kind.RETRY,
        at -> {
          boolean late = at.equals(former) && inviting.getState() == Thread.State.TERMINATED;
          endedLate.compareAndSet(false, late);
          return false;
        });
    store.failWrites(name -> {
      if (name.key().equals(former)) {
        inviting.start();
        await()
            .atMost(LONG)
            .until(() ->
                Set.of(Thread.State.WAITING, Thread.State.TERMINATED)
                    .contains(inviting.getState()));
      }
      return false;
    });

    room.look();

    inviting.join();
    assertThat(marks()).containsExactly(markOf(join.get()));
    assertThat(endedLate).as("the former mark stood after its token's end").isFalse();
  }

  @Test
  void aMarkThatIsRenewedWhileTheProviderIsInvitedOverHttpEndsWithItsToken() throws Exception {
    remotes.inviteByBucket(QUICK);
    whileIssued =
        () ->
            Assertions.assertThatNoException()
                .isThrownBy(() -> {
                  room.look();
                  assertThat(marks()).hasSize(1);
                });

    remotes.invite(QUICK, URI.create("http://127.0.0.1"));

    assertThat(marks()).isEmpty();
    whileIssued = () -> {};
    room.look();
    assertThat(marks()).isEmpty();
  }

  /** The folder is where the new list of tokens would be written first. */
  @Test
  void anInvitationThatFailsLeavesTheProviderTheKeyThatItHas() throws Exception {
    remotes.inviteByBucket(QUICK);
    List<String> before = marks();
    Files.createDirectories(folder.resolve("providers.json.part/full"));

    assertThatThrownBy(() -> remotes.invite(QUICK, URI.create("http://127.0.0.1")))
        .isInstanceOf(IOException.class);

    assertThat(marks()).isEqualTo(before).hasSize(1);
    assertThat(tokens.byBuckets()).contains(QUICK);
  }

  /** They outlive the token that they were given for. */
  @Test
  void slotsHoldHardlyLongerThanTheirBox() throws Exception {
    remotes.inviteByBucket(QUICK);

    room.look();

    assertThat(store.putValidities).containsExactly(Duration.ofHours(2));
  }
}
