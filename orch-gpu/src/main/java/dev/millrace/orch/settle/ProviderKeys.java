package dev.millrace.orch.settle;

import dev.millrace.orch.journal.Journal;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Which key each provider signs with, as it introduced itself, and which it ever signed with. The
 * journal says so: another coordinator may have taken a provider in, or withdrawn its key, and told
 * nobody here.
 */
public final class ProviderKeys {
  /** For so long what the journal said of a provider's key is taken to be so still. */
  static final Duration FRESH = Duration.ofSeconds(1);

  private final Journal journal;
  private final BiPredicate<ProviderId, String> withdrawn;
  private final Ticker ticker;
  private final Map<ProviderId, Introduced> known = new ConcurrentHashMap<>();

  /**
   * What a provider introduced itself with.
   *
   * @param key in base64
   * @param believed the same, with what was found to be signed by it
   * @param lookedNanos when the journal said so
   */
  private record Introduced(String key, TrustedKeys believed, long lookedNanos) {}

  /**
   * @param withdrawn whether a key that a provider introduced itself with, in base64, is believed
   *     no more: it got a fresh token since
   */
  public ProviderKeys(Journal journal, BiPredicate<ProviderId, String> withdrawn, Ticker ticker) {
    this.journal = journal;
    this.withdrawn = withdrawn;
    this.ticker = ticker;
  }

  /** The keys that are believed of this provider; none for one that nobody knows. */
  public TrustedKeys of(ProviderId provider) {
    return Optional.ofNullable(known.compute(provider, (id, before) -> looked(id, before)))
        .filter(each -> !withdrawn.test(provider, each.key()))
        .map(Introduced::believed)
        .orElseGet(TrustedKeys::of);
  }

  /**
   * Whether these bytes are of that type and signed by a provider. It may have introduced itself to
   * another coordinator of the journal just now: before the answer is no, its key is looked up
   * anew.
   */
  public boolean signed(ProviderId provider, String type, SignedBytes bytes) {
    if (of(provider).verify(type, bytes)) {
      return true;
    }
    forget(provider);
    return of(provider).verify(type, bytes);
  }

  private @Nullable Introduced looked(ProviderId provider, @Nullable Introduced before) {
    long now = ticker.nanos();
    if (before != null && now - before.lookedNanos() < FRESH.toNanos()) {
      return before;
    }
    Optional<String> key = journal.providerKey(provider);
    if (key.isEmpty()) {
      return null;
    }
    TrustedKeys believed =
        before != null && before.key().equals(key.get())
            ? before.believed()
            : TrustedKeys.of(Base64.getDecoder().decode(key.get()));
    return new Introduced(key.get(), believed, now);
  }

  /**
   * All that this provider ever signed with: what stands in the ledger stays provable when its key
   * was replaced. Nothing new is believed by them. The journal is asked each time: whoever proves
   * many receipts asks once.
   */
  public TrustedKeys ever(ProviderId provider) {
    return decoded(journal.providerKeys(provider));
  }

  private static TrustedKeys decoded(List<String> keys) {
    Base64.Decoder decoder = Base64.getDecoder();
    return TrustedKeys.of(keys.stream().map(decoder::decode).toArray(byte[][]::new));
  }

  /** Looks the key up anew, after an introduction or a withdrawal. */
  public void forget(ProviderId provider) {
    known.remove(provider);
  }
}
