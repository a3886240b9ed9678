package dev.millrace.schema.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SealedBoxTest {
  private static final byte[] SECRET = "the key of a digest".getBytes(StandardCharsets.UTF_8);

  @Test
  void opensWhatWasSealedToIt() {
    SealedBox box = SealedBox.fresh();

    assertThat(box.open(SealedBox.seal(box.publicKey(), SECRET))).isEqualTo(SECRET);
    assertThat(box.open(SealedBox.seal(box.publicKey(), new byte[0]))).isEmpty();
  }

  @Test
  void sealsTheSameNeverTwiceTheSameWay() {
    SealedBox box = SealedBox.fresh();

    assertThat(SealedBox.seal(box.publicKey(), SECRET))
        .isNotEqualTo(SealedBox.seal(box.publicKey(), SECRET));
  }

  @Test
  void opensNothingOfOthersAndNothingThatWasChanged() {
    SealedBox box = SealedBox.fresh();
    String sealed = SealedBox.seal(box.publicKey(), SECRET);
    String other = SealedBox.seal(SealedBox.fresh().publicKey(), SECRET);
    int place = sealed.length() - 4;
    String changed =
        sealed.substring(0, place)
            + (sealed.charAt(place) == 'A' ? 'B' : 'A')
            + sealed.substring(place + 1);

    for (String bad : List.of(other, changed, "", ".", "a.b", sealed.substring(0, 40))) {
      assertThatThrownBy(() -> box.open(bad)).as(bad).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void sealsToNothingThatIsNoKey() {
    for (String bad : List.of("", "AAAA", "not base64!", SigningKey.generate().id())) {
      assertThatThrownBy(() -> SealedBox.seal(bad, SECRET))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
