package dev.millrace.orch.fleet;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.Transition.RegisterProvider;
import dev.millrace.orch.journal.Transition.WithdrawKey;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.settle.ProviderKeys;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Introduction;
import dev.millrace.schema.run.Welcome;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Takes providers in that introduce themselves, and answers them under the coordinator's key. */
public final class Introductions {
  /** How old the journal's word of when a provider was last seen may be. */
  private static final Duration SEEN_AGAIN = Duration.ofMinutes(1);

  private final Parts parts;
  private final Duration again;
  private final InstantSource clock;
  private final Map<ProviderId, ProviderRecord> written = new ConcurrentHashMap<>();

  /**
   * What introductions work with.
   *
   * @param key the coordinator's
   * @param returned rung when a provider that was away is there
   * @param ledger gets the entries of those that are taken in here
   */
  public record Parts(
      Recorder recorder,
      ProviderTokens tokens,
      ProviderKeys keys,
      Attendance attendance,
      SigningKey key,
      Runnable returned,
      String ledger) {}

  /**
   * @param again how often providers are told to introduce themselves
   */
  public Introductions(Parts parts, Duration again, InstantSource clock) {
    this.parts = parts;
    this.again = again;
    this.clock = clock;
  }

  /** What became of an introduction. */
  public sealed interface Outcome {
    /** It is known now. */
    record Welcomed(SignedBytes welcome) implements Outcome {}

    /** It is not taken; the reason says what to do. */
    record Refused(String reason) implements Outcome {}
  }

  /**
   * Takes one.
   *
   * @param who by its token
   * @throws IOException when it could not be kept: the provider asks again
   */
  public Outcome introduce(ProviderId who, SignedBytes signed) throws IOException {
    Introduction introduction;
    try {
      introduction = Json.read(signed.bytes(), Introduction.class);
      byte[] key = Base64.getDecoder().decode(introduction.publicKey());
      if (!TrustedKeys.of(key).verify(Introduction.TYPE, signed)) {
        return new Outcome.Refused("the introduction is not signed by the key that it names");
      }
    } catch (MalformedJson | IllegalArgumentException e) {
      return new Outcome.Refused("the introduction cannot be read: " + e.getMessage());
    }
    if (!introduction.provider().equals(who)) {
      return new Outcome.Refused(
          "the token is provider "
              + who
              + "'s, and this is provider "
              + introduction.provider()
              + ": give it that name, or a join file of its own");
    }
    if (parts.attendance().inside(who)) {
      return new Outcome.Refused(
          "provider " + who + " is part of the coordinator's process: take another name");
    }
    if (!parts.tokens().bind(who, introduction.publicKey())) {
      return new Outcome.Refused(
          "provider "
              + who
              + " has introduced itself with another signing key: start it on its own data folder,"
              + " or make it a new join file with 'millrace token "
              + who
              + "'");
    }
    return register(introduction);
  }

  private Outcome register(Introduction introduction) throws IOException {
    ProviderId who = introduction.provider();
    Instant now = clock.instant();
    ProviderRecord record =
        new ProviderRecord(
            who, introduction.pool(), introduction.publicKey(), introduction.devices(), now);
    if (changed(record, written.get(who))) {
      try {
        Commit commit = parts.recorder().commit(new RegisterProvider(record, parts.ledger()));
        if (commit instanceof Commit.Conflict(String reason)) {
          return new Outcome.Refused("provider " + who + " is not taken in: " + reason);
        }
      } catch (JournalException e) {
        throw new IOException("the journal did not answer: " + e.getMessage(), e);
      }
      written.put(who, record);
      parts.keys().forget(who);
      parts.attendance().heard(who);
      parts.returned().run();
    } else if (parts.attendance().heard(who)) {
      parts.returned().run();
    }
    Welcome welcome = new Welcome(who, introduction.nonce(), again);
    return new Outcome.Welcomed(parts.key().sign(Welcome.TYPE, Json.bytes(welcome)));
  }

  /**
   * What this provider has signed with is believed no more, by whichever coordinator of the
   * journal, until it introduces itself by the token that it has now. One that another coordinator
   * has taken in keeps its key: the token that it has there holds.
   *
   * @throws IOException when the journal did not take it: ask for another token then
   */
  void withdraw(ProviderId provider) throws IOException {
    written.remove(provider);
    try {
      parts.recorder().commit(new WithdrawKey(provider, parts.ledger()));
    } catch (JournalException e) {
      throw new IOException(
          "provider "
              + provider
              + " has a fresh token, but the journal did not take that its key is withdrawn; make"
              + " another one: "
              + e.getMessage(),
          e);
    }
    parts.keys().forget(provider);
  }

  private static boolean changed(ProviderRecord record, @Nullable ProviderRecord before) {
    return before == null
        || !before.pool().equals(record.pool())
        || !before.publicKey().equals(record.publicKey())
        || !before.accelerators().equals(record.accelerators())
        || before.seenAt().plus(SEEN_AGAIN).isBefore(record.seenAt());
  }
}
