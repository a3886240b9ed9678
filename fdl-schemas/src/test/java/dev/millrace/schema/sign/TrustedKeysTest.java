package dev.millrace.schema.sign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class TrustedKeysTest {
  private static final byte[] TEXT = "an order".getBytes(StandardCharsets.UTF_8);

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
  void verifiesAnewWhatItHasForgotten() {
    assertThat(trusted.verify("order", signed)).isTrue();
    for (int i = 0; i < 5_000; i++) {
      trusted.signedHere(
          new SignedBytes("order", new byte[] {(byte) i, (byte) (i >> 8)}, key.id(), new byte[64]));
    }

    assertThat(trusted.verify("order", signed)).isTrue();
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
