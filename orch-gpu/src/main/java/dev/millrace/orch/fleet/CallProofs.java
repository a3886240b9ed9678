package dev.millrace.orch.fleet;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Call;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Sees by the signature of each call over HTTP that it comes from the key that the provider
 * introduced itself with, and comes once. A challenge is a number under a secret of this process:
 * nothing is kept of one until a call was signed with it, and after a restart all are worthless.
 * Safe for many threads.
 */
public final class CallProofs {
  /** Processes of one provider whose calls are told apart without asking them to sign anew. */
  private static final int CHALLENGES_MAX = 256;

  private final ProviderTokens tokens;
  private final byte[] secret = new byte[32];
  private final AtomicLong next = new AtomicLong();
  private final Map<ProviderId, Used> used = new ConcurrentHashMap<>();

  /** What the calls of one provider were signed with. */
  private static final class Used {
    private final TreeMap<Long, SeenNumbers> byChallenge = new TreeMap<>();

    /** Of older ones nothing is known any more. */
    private long forgotten = -1;

    synchronized boolean take(long challenge, long number) {
      if (challenge <= forgotten) {
        return false;
      }
      boolean fresh = byChallenge.computeIfAbsent(challenge, any -> new SeenNumbers()).take(number);
      if (byChallenge.size() > CHALLENGES_MAX) {
        forgotten = byChallenge.pollFirstEntry().getKey();
      }
      return fresh;
    }
  }

  /** What a call shows. */
  public sealed interface Outcome {
    /** It is the provider's own, and new. */
    record Proven() implements Outcome {}

    /** It is to be signed, with this challenge. */
    record Unproven(String challenge) implements Outcome {}

    /** It is not the provider's; the reason says what to do. */
    record Refused(String reason) implements Outcome {}
  }

  /**
   * What a provider asks.
   *
   * @param request method and path with its query
   * @param proof line of the signed {@link Call}, or empty
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Asked(ProviderId provider, String request, byte[] body, String proof) {}

  /**
   * @param random must be unpredictable
   */
  public CallProofs(ProviderTokens tokens, RandomGenerator random) {
    this.tokens = tokens;
    random.nextBytes(secret);
  }

  /** What a provider may sign its next calls with. */
  public String challenge(ProviderId provider) {
    return challenge(provider, next.getAndIncrement());
  }

  private String challenge(ProviderId provider, long number) {
    return number + "-" + code(provider + " " + number);
  }

  /** Judges a call whose token is the provider's. */
  public Outcome check(Asked asked) {
    Optional<String> key = tokens.boundKey(asked.provider());
    if (key.isEmpty()) {
      return new Outcome.Refused(
          "provider " + asked.provider() + " must introduce itself before it asks anything");
    }
    if (asked.proof().isEmpty()) {
      return new Outcome.Unproven(challenge(asked.provider()));
    }
    Call call;
    try {
      SignedBytes signed = SignedBytes.parse(asked.proof());
      if (!TrustedKeys.of(Base64.getDecoder().decode(key.get())).verify(Call.TYPE, signed)) {
        return new Outcome.Refused(anotherKey(asked.provider()));
      }
      call = Json.read(signed.bytes(), Call.class);
    } catch (MalformedJson | IllegalArgumentException e) {
      return new Outcome.Refused("the call's proof cannot be read: " + e.getMessage());
    }
    if (!call.provider().equals(asked.provider())
        || !call.request().equals(asked.request())
        || !call.sha256().equals(Hex.of(Hex.sha256(asked.body())))) {
      return new Outcome.Refused(
          "the call's proof is of another call: a proxy between must leave path, query and body"
              + " as they are");
    }
    return issued(call)
            .filter(number -> usedBy(asked.provider()).take(number, call.number()))
            .isPresent()
        ? new Outcome.Proven()
        : new Outcome.Unproven(challenge(asked.provider()));
  }

  private static String anotherKey(ProviderId provider) {
    return "provider "
        + provider
        + " has introduced itself with another signing key than this call's: start it on its own"
        + " data folder, or make it a new join file with 'millrace token "
        + provider
        + "'";
  }

  private Used usedBy(ProviderId provider) {
    return used.computeIfAbsent(provider, any -> new Used());
  }

  /** The challenge's number, when this process gave it to that provider. */
  private Optional<Long> issued(Call call) {
    String text = call.challenge();
    try {
      long number = Long.parseLong(text.substring(0, Math.max(0, text.indexOf('-'))));
      byte[] ours = challenge(call.provider(), number).getBytes(StandardCharsets.US_ASCII);
      return MessageDigest.isEqual(ours, text.getBytes(StandardCharsets.US_ASCII))
          ? Optional.of(number)
          : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private String code(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return Hex.of(mac.doFinal(text.getBytes(StandardCharsets.US_ASCII))).substring(0, 32);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
