package dev.millrace.runtime.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OrderVerifierTest {
  private final SigningKey key = SigningKey.generate();
  private Instant now = Samples.NOW.plusSeconds(1);
  private final OrderVerifier verifier = verifier(Samples.PROVIDER, Samples.POOL);
  private final Order order =
      Samples.order(Samples.function("exit 0"), Samples.input("a", 1, 1), Samples.limits());

  private OrderVerifier verifier(ProviderId provider, PoolId pool) {
    return new OrderVerifier(TrustedKeys.of(key.publicKey()), provider, pool, () -> now);
  }

  private SignedBytes signed() {
    return key.sign(Order.TYPE, Json.bytes(order));
  }

  private static String reason(Verified verified) {
    return ((Verified.Invalid) verified).reason();
  }

  @Test
  void aSignedOrderOfThisPoolAndProviderIsValid() {
    SignedBytes signed = signed();

    assertThat(verifier.verify(signed)).isEqualTo(new Verified.Valid(order, signed));
  }

  @Test
  void anOrderWithAnyByteFlippedIsRefused() {
    byte[] line = signed().line().getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int at = 0; at < line.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = line.clone();
        flipped[at] ^= (byte) (1 << bit);
        refused += isRefused(flipped) ? 1 : 0;
      }
    }
    assertThat(refused).isEqualTo(line.length * 8 - sameBytes(line));
  }

  private boolean isRefused(byte[] line) {
    try {
      SignedBytes parsed = SignedBytes.parse(new String(line, StandardCharsets.UTF_8));
      return verifier.verify(parsed) instanceof Verified.Invalid;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  /** Flips of base64's unused last bits, which say the same bytes: nothing was changed by them. */
  private static int sameBytes(byte[] line) {
    SignedBytes whole = SignedBytes.parse(new String(line, StandardCharsets.UTF_8));
    int same = 0;
    for (int at = 0; at < line.length; at++) {
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = line.clone();
        flipped[at] ^= (byte) (1 << bit);
        try {
          SignedBytes parsed = SignedBytes.parse(new String(flipped, StandardCharsets.UTF_8));
          same += parsed.equals(whole) ? 1 : 0;
        } catch (IllegalArgumentException e) {
          continue;
        }
      }
    }
    return same;
  }

  @Test
  void anyByteOfTheBodyOrSignatureItselfCounts() {
    SignedBytes signed = signed();
    for (int at = 0; at < signed.bytes().length; at++) {
      byte[] body = signed.bytes().clone();
      body[at] ^= 1;
      assertThat(
              verifier.verify(
                  new SignedBytes(signed.type(), body, signed.keyId(), signed.signature())))
          .as("body byte " + at)
          .isInstanceOf(Verified.Invalid.class);
    }
    for (int at = 0; at < signed.signature().length; at++) {
      byte[] signature = signed.signature().clone();
      signature[at] ^= 1;
      assertThat(
              verifier.verify(
                  new SignedBytes(signed.type(), signed.bytes(), signed.keyId(), signature)))
          .as("signature byte " + at)
          .isInstanceOf(Verified.Invalid.class);
    }
  }

  @Test
  void anExpiredOrderIsRefusedButNotOnItsLastInstant() {
    now = order.expiresAt();
    assertThat(verifier.verify(signed())).isInstanceOf(Verified.Valid.class);

    now = order.expiresAt().plusNanos(1);
    assertThat(reason(verifier.verify(signed()))).startsWith("expired at");
  }

  @Test
  void anOrderOfAnotherPoolOrProviderIsRefused() {
    assertThat(reason(verifier(Samples.PROVIDER, new PoolId("other")).verify(signed())))
        .isEqualTo("for pool default, this is pool other");
    assertThat(reason(verifier(new ProviderId("other"), Samples.POOL).verify(signed())))
        .isEqualTo("for provider here, this is provider other");
  }

  @Test
  void aStrangersSignatureIsRefused() {
    SignedBytes forged = SigningKey.generate().sign(Order.TYPE, Json.bytes(order));

    assertThat(reason(verifier.verify(forged))).contains("not validly signed");
    SignedBytes named = new SignedBytes(Order.TYPE, forged.bytes(), key.id(), forged.signature());
    assertThat(reason(verifier.verify(named))).contains("not validly signed");
  }

  @Test
  void signedBytesOfAnotherTypeAreNoOrder() {
    SignedBytes other = key.sign(Manifest.TYPE, Json.bytes(order));

    assertThat(reason(verifier.verify(other))).contains("not an order");
    assertThat(
            verifier.verify(
                new SignedBytes(Order.TYPE, other.bytes(), other.keyId(), other.signature())))
        .isInstanceOf(Verified.Invalid.class);
  }

  @Test
  void whatIsSignedButNoOrderIsRefused() {
    for (String body : new String[] {"", "{}", "null", "[1]", "{\"pool\":\"default\"}"}) {
      SignedBytes signed = key.sign(Order.TYPE, body.getBytes(StandardCharsets.UTF_8));
      assertThat(reason(verifier.verify(signed))).contains("not of an order's form");
    }
  }
}
