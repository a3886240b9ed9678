package dev.millrace.orch.settle;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/** Which key each provider signs with, as it introduced itself, and which it ever signed with. */
public final class ProviderKeys {
  private final Journal journal;
  private final BiPredicate<ProviderId, String> withdrawn;
  private final Map<ProviderId, Optional<Introduced>> known = new ConcurrentHashMap<>();
  private final Map<ProviderId, TrustedKeys> enrolled = new ConcurrentHashMap<>();

  /**
   * What a provider introduced itself with.
   *
   * @param key in base64
   * @param believed the same, with what was found to be signed by it
   */
  private record Introduced(String key, TrustedKeys believed) {}

  /**
   * @param withdrawn whether a key that a provider introduced itself with, in base64, is believed
   *     no more: it got a fresh token since
   */
  public ProviderKeys(Journal journal, BiPredicate<ProviderId, String> withdrawn) {
    this.journal = journal;
    this.withdrawn = withdrawn;
  }

  /** The keys that are believed of this provider; none for one that nobody knows. */
  public TrustedKeys of(ProviderId provider) {
    Optional<Introduced> found = known.computeIfAbsent(provider, this::introduced);
    if (found.isEmpty()) {
      known.remove(provider, found);
    }
    return found
        .filter(each -> !withdrawn.test(provider, each.key()))
        .map(Introduced::believed)
        .orElseGet(TrustedKeys::of);
  }

  /**
   * Whether these bytes are of that type and signed by a provider. It may have introduced itself to
   * another coordinator of the journal since: before the answer is no, its key is looked up anew.
   */
  public boolean signed(ProviderId provider, String type, SignedBytes bytes) {
    if (of(provider).verify(type, bytes)) {
      return true;
    }
    forget(provider);
    return of(provider).verify(type, bytes);
  }

  private Optional<Introduced> introduced(ProviderId provider) {
    return journal.providers().stream()
        .filter(record -> record.id().equals(provider))
        .map(ProviderRecord::publicKey)
        .findFirst()
        .map(key -> new Introduced(key, TrustedKeys.of(Base64.getDecoder().decode(key))));
  }

  /**
   * All that this provider ever signed with: what stands in the ledger stays provable when its key
   * was replaced. Nothing new is believed by them.
   */
  public TrustedKeys ever(ProviderId provider) {
    return enrolled.computeIfAbsent(provider, id -> decoded(journal.providerKeys(id)));
  }

  private static TrustedKeys decoded(List<String> keys) {
    Base64.Decoder decoder = Base64.getDecoder();
    return TrustedKeys.of(keys.stream().map(decoder::decode).toArray(byte[][]::new));
  }

  /** Looks the keys up anew, after an introduction; one that is looked up just now is not kept. */
  public void forget(ProviderId provider) {
    known.remove(provider);
    enrolled.remove(provider);
  }
}
