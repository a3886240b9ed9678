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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  void whatWasReadBeforeIsAskedForBehindTheSignatureAlone() {
    List<SignedBytes> asked = new ArrayList<>();
    OrderVerifier remembering =
        new OrderVerifier(
            TrustedKeys.of(key.publicKey()),
            Samples.PROVIDER,
            Samples.POOL,
            () -> now,
            signed -> {
              asked.add(signed);
              return Optional.of(order);
            });
    SignedBytes signed = signed();
    SignedBytes forged = SigningKey.generate().sign(Order.TYPE, Json.bytes(order));

    assertThat(remembering.verify(signed)).isEqualTo(new Verified.Valid(order, signed));
    assertThat(reason(remembering.verify(forged))).contains("not validly signed");
    now = order.expiresAt().plusSeconds(1);
    assertThat(reason(remembering.verify(signed))).contains("expired");
    assertThat(asked).containsExactly(signed, signed);
  }

  @Test
  void anOrderWithAnyByteFlippedIsRefused() {
    byte[] line = signed().line().getBytes(StandardCharsets.UTF_8);
    assertThat(isRefused(line)).isFalse();
    for (int at = 0; at < line.length; at++) {
      assertThat(isRefused(flipped(line, at, at % 8))).as("byte " + at).isTrue();
    }
  }

  /**
   * The last characters of base64 carry bits that mean nothing: turned, they count all the same.
   */
  @Test
  void anOrderWithAnyBitOfTheLastCharactersOfAWordFlippedIsRefused() {
    String line = signed().line();
    int signatureEnd = line.lastIndexOf(' ') - 1;
    for (int at :
        new int[] {signatureEnd - 1, signatureEnd, line.length() - 2, line.length() - 1}) {
      for (int bit = 0; bit < 8; bit++) {
        assertThat(isRefused(flipped(bytes(line), at, bit)))
            .as("byte " + at + ", bit " + bit)
            .isTrue();
      }
    }
  }

  private static byte[] flipped(byte[] line, int at, int bit) {
    byte[] flipped = line.clone();
    flipped[at] ^= (byte) (1 << bit);
    return flipped;
  }

  @Test
  void anOrderThatIsCutOrHasATailIsRefused() {
    String line = signed().line();
    for (int length = 0; length < line.length(); length++) {
      assertThat(isRefused(bytes(line.substring(0, length)))).as("first " + length).isTrue();
    }
    for (String tail : List.of("x", "=", "==", " ", " x", "\nx", "\n" + line, "\u0000", "\t")) {
      assertThat(isRefused(bytes(line + tail))).as("with '" + tail + "' behind").isTrue();
      assertThat(isRefused(bytes(tail + line))).as("with '" + tail + "' before").isTrue();
    }
    assertThat(isRefused(bytes(line + "\r\n\n"))).isFalse();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private boolean isRefused(byte[] line) {
    try {
      SignedBytes parsed = SignedBytes.parse(new String(line, StandardCharsets.UTF_8));
      return verifier.verify(parsed) instanceof Verified.Invalid;
    } catch (IllegalArgumentException e) {
      return true;
    }
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
