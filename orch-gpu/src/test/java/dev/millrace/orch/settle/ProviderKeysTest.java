package dev.millrace.orch.settle;

import static dev.millrace.orch.journal.Story.HOST;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.fleet.ProviderTokens;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.RegisterProvider;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProviderKeysTest {
  private static final Random RANDOM = new Random(11);

  @TempDir Path folder;

  @Test
  void aKeyIsBelievedNoMoreOnceItsProviderGotAFreshToken() throws Exception {
    ProviderTokens tokens = ProviderTokens.open(folder.resolve("providers.json"));
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      ProviderKeys keys = new ProviderKeys(journal, tokens::withdrawn);
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
      ProviderKeys keys = new ProviderKeys(journal, (provider, key) -> false);
      ProviderKeys others = new ProviderKeys(journal, (provider, key) -> false);
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

  private static String text(SigningKey key) {
    return Base64.getEncoder().encodeToString(key.publicKey());
  }

  private static void introduce(Story story, ProviderKeys keys, SigningKey key) {
    story.done(
        new RegisterProvider(
            new ProviderRecord(HOST, Story.POOL, text(key), List.of(), Instant.EPOCH)));
    keys.forget(HOST);
  }
}
