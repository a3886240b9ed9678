package dev.millrace.schema.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TrustedKeysTest {
  private static final byte[] TEXT = "an order".getBytes(StandardCharsets.UTF_8);

  /** The order of the curve's group is 2^252 and this (RFC 8032, section 5.1). */
  private static final String ORDER_TAIL = "27742317777372353535851937790883648493";

  private final SigningKey key = SigningKey.generate();
  private final SigningKey stranger = SigningKey.generate();
  private final TrustedKeys trusted = TrustedKeys.of(key.publicKey());
  private final SignedBytes signed = key.sign("order", TEXT);

  @Test
  void believesTheSameBytesAgainAndAgain() {
    assertThat(trusted.verify("order", signed)).isTrue();
    assertThat(trusted.verify("order", signed)).isTrue();
    assertThat(trusted.verify("order", SignedBytes.parse(signed.line()))).isTrue();
  }

  @Test
  void believesNothingElseForHavingBelievedThat() {
    assertThat(trusted.verify("order", signed)).isTrue();

    for (int at = 0; at < TEXT.length; at++) {
      assertThat(trusted.verify("order", with(flipped(TEXT, at), signed.signature()))).isFalse();
    }
    for (int at = 0; at < signed.signature().length; at++) {
      assertThat(trusted.verify("order", with(TEXT, flipped(signed.signature(), at)))).isFalse();
    }
    assertThat(trusted.verify("receipt", signed)).isFalse();
    assertThat(trusted.verify("receipt", retyped("receipt"))).isFalse();
    assertThat(
            trusted.verify(
                "order", new SignedBytes("order", TEXT, stranger.id(), signed.signature())))
        .isFalse();
    assertThat(TrustedKeys.of(stranger.publicKey()).verify("order", signed)).isFalse();
  }

  @Test
  void neverRemembersWhatItDidNotBelieve() {
    SignedBytes forged = with(flipped(TEXT, 0), signed.signature());

    assertThat(trusted.verify("order", forged)).isFalse();
    assertThat(trusted.verify("order", forged)).isFalse();
  }

  @Test
  void remembersOfWhatWasSignedHereOnlyWhatItsOwnKeysSigned() {
    trusted.signedHere(signed);
    trusted.signedHere(stranger.sign("order", TEXT));

    assertThat(trusted.verify("order", signed)).isTrue();
    assertThat(trusted.verify("order", stranger.sign("order", TEXT))).isFalse();
    assertThat(trusted.verify("order", with(flipped(TEXT, 3), signed.signature()))).isFalse();
  }

  @Test
  void aKeyThatTellsSignsTheSameAndTellsAllThatItSigns() {
    List<SignedBytes> told = new ArrayList<>();
    SigningKey telling = key.telling(told::add);

    SignedBytes again = telling.sign("order", TEXT);

    assertThat(again).isEqualTo(signed);
    assertThat(told).containsExactly(signed);
    assertThat(telling.id()).isEqualTo(key.id());
  }

  @Test
  void verifiesAnewWhatItHasForgotten() {
    assertThat(trusted.verify("order", signed)).isTrue();
    for (int i = 0; i < 5_000; i++) {
      trusted.signedHere(
          new SignedBytes("order", new byte[] {(byte) i, (byte) (i >> 8)}, key.id(), new byte[64]));
    }

    assertThat(trusted.verify("order", signed)).isTrue();
  }

  @Test
  void agreesWithTheJdkOnEverySignature() throws Exception {
    KeyFactory factory = KeyFactory.getInstance("Ed25519");
    Signature jdk = Signature.getInstance("Ed25519");
    for (int length = 0; length < 200; length += 7) {
      byte[] text = new byte[length];
      byte[] whole = SignedBytes.preAuthentication("order", text);
      jdk.initSign(factory.generatePrivate(new PKCS8EncodedKeySpec(key.privateKey())));
      jdk.update(whole);

      SignedBytes ours = key.sign("order", text);

      assertThat(ours.signature()).isEqualTo(jdk.sign());
      jdk.initVerify(factory.generatePublic(new X509EncodedKeySpec(key.publicKey())));
      jdk.update(whole);
      assertThat(jdk.verify(ours.signature())).isTrue();
      assertThat(trusted.verify("order", ours)).isTrue();
    }
  }

  @Test
  void believesNoSignatureThatIsNotInItsOneForm() {
    byte[] beyond = signed.signature();
    BigInteger order = BigInteger.TWO.pow(252).add(new BigInteger(ORDER_TAIL));
    BigInteger same = little(Arrays.copyOfRange(beyond, 32, 64)).add(order);
    for (int i = 0; i < 32; i++) {
      beyond[32 + i] = same.shiftRight(8 * i).byteValue();
    }

    assertThat(trusted.verify("order", with(TEXT, beyond))).isFalse();
    for (int length : new int[] {0, 1, 63, 65, 128}) {
      byte[] other = Arrays.copyOf(signed.signature(), length);
      assertThat(trusted.verify("order", with(TEXT, other))).as("%d", length).isFalse();
    }
  }

  @Test
  void takesNothingForAKeyThatIsNone() {
    byte[] offTheCurve = key.publicKey();
    Arrays.fill(offTheCurve, offTheCurve.length - 32, offTheCurve.length, (byte) 0);
    offTheCurve[offTheCurve.length - 32] = 2;
    for (byte[] bad : new byte[][] {{}, {1, 2, 3}, offTheCurve, key.privateKey()}) {
      assertThatThrownBy(() -> TrustedKeys.of(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> SigningKey.of(key.publicKey(), key.privateKey()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static BigInteger little(byte[] bytes) {
    BigInteger number = BigInteger.ZERO;
    for (int i = bytes.length - 1; i >= 0; i--) {
      number = number.shiftLeft(8).or(BigInteger.valueOf(bytes[i] & 0xff));
    }
    return number;
  }

  private SignedBytes with(byte[] text, byte[] signature) {
    return new SignedBytes("order", text, key.id(), signature);
  }

  private SignedBytes retyped(String type) {
    return new SignedBytes(type, TEXT, key.id(), signed.signature());
  }

  private static byte[] flipped(byte[] bytes, int at) {
    byte[] other = bytes.clone();
    other[at] ^= 1;
    return other;
  }
}
