package dev.millrace.orch.settle;

import static dev.millrace.orch.journal.Story.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ledger.log.LogLedger;
import dev.millrace.orch.fleet.ProviderTokens;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.RegisterProvider;
import dev.millrace.orch.journal.Transition.WithdrawKey;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Ledger.Verification;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProviderKeysTest {
  private static final Random RANDOM = new Random(11);

  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();

  private ProviderKeys keys(Journal journal) {
    return new ProviderKeys(journal, (provider, key) -> false, nanos::get);
  }

  @Test
  void aKeyIsBelievedNoMoreOnceItsProviderGotAFreshToken() throws Exception {
    ProviderTokens tokens = ProviderTokens.open(folder.resolve("providers.json"));
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      ProviderKeys keys = new ProviderKeys(journal, tokens::withdrawn, nanos::get);
      Story story = new Story(journal);
      SigningKey leaked = SigningKey.generate();
      SignedBytes signed = leaked.sign("manifest", new byte[] {1});
      assertThat(keys.of(HOST).verify("manifest", signed)).as("nobody knows it").isFalse();
      introduce(story, keys, leaked);
      assertThat(keys.of(HOST).verify("manifest", signed)).as("it needs no token").isTrue();

      tokens.issue(HOST, false, RANDOM);
      assertThat(keys.of(HOST).verify("manifest", signed)).as("its token is fresh").isFalse();
      tokens.bind(HOST, text(leaked));
      assertThat(keys.of(HOST).verify("manifest", signed)).as("bound to it").isTrue();
      tokens.issue(HOST, false, RANDOM);
      SigningKey next = SigningKey.generate();
      tokens.bind(HOST, text(next));

      assertThat(keys.of(HOST).verify("manifest", signed)).as("another is bound").isFalse();
      assertThat(keys.ever(HOST).verify("manifest", signed)).as("what stands").isTrue();
      introduce(story, keys, next);
      SignedBytes later = next.sign("manifest", new byte[] {2});
      assertThat(keys.of(HOST).verify("manifest", later)).isTrue();
      assertThat(keys.of(HOST).verify("manifest", signed)).isFalse();
      assertThat(keys.ever(HOST).verify("manifest", later)).isTrue();
    }
  }

  /** The other coordinator's introduction is in the journal and was told to nobody here. */
  @Test
  void aKeyThatAProviderIntroducedToAnotherCoordinatorIsBelieved() {
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      ProviderKeys keys = keys(journal);
      ProviderKeys others = keys(journal);
      Story story = new Story(journal);
      SigningKey first = SigningKey.generate();
      SigningKey next = SigningKey.generate();
      introduce(story, others, first);
      SignedBytes before = first.sign("manifest", new byte[] {1});
      assertThat(keys.signed(HOST, "manifest", before)).isTrue();
      introduce(story, others, next);

      assertThat(keys.signed(HOST, "manifest", next.sign("manifest", new byte[] {2}))).isTrue();
      assertThat(keys.signed(HOST, "manifest", before)).as("replaced").isFalse();
      SignedBytes strange = SigningKey.generate().sign("manifest", new byte[] {3});
      assertThat(keys.signed(HOST, "manifest", strange)).isFalse();
      assertThat(keys.signed(HOST, "other", next.sign("manifest", new byte[] {2}))).isFalse();
    }
  }

  /** Whoever holds the old key has nothing that the coordinator here was told about. */
  @Test
  void aKeyThatAnotherCoordinatorReplacedIsBelievedForASecondAtMost() {
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      ProviderKeys keys = keys(journal);
      ProviderKeys others = keys(journal);
      Story story = new Story(journal);
      SigningKey first = SigningKey.generate();
      introduce(story, others, first);
      SignedBytes before = first.sign("manifest", new byte[] {1});
      assertThat(keys.signed(HOST, "manifest", before)).isTrue();
      introduce(story, others, SigningKey.generate());

      nanos.addAndGet(ProviderKeys.FRESH.toNanos());
      assertThat(keys.signed(HOST, "manifest", before)).isFalse();
    }
  }

  @Test
  void norForLongerOneThatAnotherCoordinatorHasWithdrawn() {
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      ProviderKeys keys = keys(journal);
      Story story = new Story(journal);
      SigningKey leaked = SigningKey.generate();
      introduce(story, keys(journal), leaked);
      SignedBytes signed = leaked.sign("manifest", new byte[] {1});
      assertThat(keys.signed(HOST, "manifest", signed)).isTrue();

      story.done(new WithdrawKey(HOST, Story.LEDGER));
      nanos.addAndGet(ProviderKeys.FRESH.toNanos());

      assertThat(keys.signed(HOST, "manifest", signed)).isFalse();
      assertThat(keys.ever(HOST).verify("manifest", signed)).as("what stands").isTrue();
      introduce(story, keys(journal), leaked);
      assertThat(keys.signed(HOST, "manifest", signed)).as("joined anew").isTrue();
    }
  }

  /** A provider that is new, and one with a new key; this coordinator has verified before. */
  @Test
  void whatIsSignedByAKeyThatAnotherTookInSinceIsProvableAtOnce() throws Exception {
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"));
        LogLedger ledger = ledger(keys(journal))) {
      Story story = new Story(journal);
      SigningKey first = SigningKey.generate();
      SigningKey next = SigningKey.generate();
      SignedBytes one = receipt(first, 1, Receipt.NONE_BEFORE);
      ledger.append(List.of(entry(1, one)));
      assertThat(ledger.verify(null)).as("a stranger's").isInstanceOf(Verification.Broken.class);

      introduce(story, keys(journal), first);
      assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);

      introduce(story, keys(journal), next);
      ledger.append(List.of(entry(2, receipt(next, 2, Hex.of(Hex.sha256(one.bytes()))))));
      assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);

      ledger.append(List.of(entry(3, receipt(SigningKey.generate(), 3, "0".repeat(64)))));
      assertThat(ledger.verify(null)).as("nobody's key").isInstanceOf(Verification.Broken.class);
    }
  }

  private LogLedger ledger(ProviderKeys keys) throws IOException {
    return LogLedger.open(
        new LogLedger.Settings(
            folder.resolve("ledger"),
            "millrace/main",
            SigningKey.generate(),
            provider -> Optional.of(keys.ever(provider))));
  }

  private static AttemptId attempt(int number) {
    return new AttemptId(new JobId("0".repeat(26)), number);
  }

  private static SignedBytes receipt(SigningKey key, int sequence, String previous) {
    RunRef run = new RunRef(attempt(sequence), new RunId("1".repeat(26)), sequence);
    Instant now = Instant.EPOCH;
    return key.sign(
        Receipt.TYPE,
        Json.bytes(
            new Receipt(
                HOST,
                sequence,
                previous,
                run,
                "succeeded",
                0,
                "",
                List.of(),
                "",
                now,
                now,
                List.of())));
  }

  private static LedgerEntry entry(int number, SignedBytes receipt) {
    LedgerEntry.Evidence evidence = new LedgerEntry.Attested(receipt);
    return new LedgerEntry(attempt(number), evidence, Instant.EPOCH, Instant.EPOCH, null, null);
  }

  private static String text(SigningKey key) {
    return Base64.getEncoder().encodeToString(key.publicKey());
  }

  private static void introduce(Story story, ProviderKeys keys, SigningKey key) {
    story.done(
        new RegisterProvider(
            new ProviderRecord(HOST, Story.POOL, text(key), List.of(), Instant.EPOCH),
            Story.LEDGER));
    keys.forget(HOST);
  }
}
