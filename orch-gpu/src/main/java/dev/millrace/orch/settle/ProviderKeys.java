package dev.millrace.orch.settle;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.sign.TrustedKeys;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Which key each provider signs with, as it introduced itself, and which it ever signed with. */
public final class ProviderKeys {
  private final Journal journal;
  private final Map<ProviderId, TrustedKeys> known = new ConcurrentHashMap<>();
  private final Map<ProviderId, TrustedKeys> enrolled = new ConcurrentHashMap<>();

  public ProviderKeys(Journal journal) {
    this.journal = journal;
  }

  /** The keys that are believed of this provider; none for one that nobody knows. */
  public TrustedKeys of(ProviderId provider) {
    TrustedKeys keys = known.get(provider);
    if (keys != null) {
      return keys;
    }
    for (ProviderRecord record : journal.providers()) {
      if (record.id().equals(provider)) {
        TrustedKeys found = TrustedKeys.of(Base64.getDecoder().decode(record.publicKey()));
        known.put(provider, found);
        return found;
      }
    }
    return TrustedKeys.of();
  }

  /**
   * All that this provider ever signed with: what stands in the ledger stays provable when its key
   * was replaced. Nothing new is believed by them.
   */
  public TrustedKeys ever(ProviderId provider) {
    TrustedKeys keys = enrolled.get(provider);
    if (keys == null) {
      Base64.Decoder decoder = Base64.getDecoder();
      keys =
          TrustedKeys.of(
              journal.providerKeys(provider).stream().map(decoder::decode).toArray(byte[][]::new));
      enrolled.put(provider, keys);
    }
    return keys;
  }

  /** Looks the keys up anew, after an introduction. */
  public void forget(ProviderId provider) {
    known.remove(provider);
    enrolled.remove(provider);
  }
}
