package dev.millrace.schema.object;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class StoreIdTest {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9]+\\.[A-Za-z0-9._-]{1,63}");
  private static final String SOME = "az09AZ.._-/ \n\u00e9";

  private static boolean taken(String value) {
    try {
      return new StoreId(value).value().equals(value);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageContaining("type.id");
      return false;
    }
  }

  @Test
  void itIsATypeADotAndAnId() {
    assertThat(taken("minio.default")).isTrue();
    assertThat(taken("s3." + "a".repeat(63))).isTrue();
    assertThat(taken("s3." + "a".repeat(64))).isFalse();
    for (String value : new String[] {"", ".", "s3", "s3.", ".a", "S3.a", "s-3.a", "s3.a\n"}) {
      assertThat(taken(value)).as(value).isFalse();
    }
  }

  @Test
  void whatIsTakenIsWhatThePatternSays() {
    Random random = new Random(3);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder value = new StringBuilder();
      for (int length = random.nextInt(8); length > 0; length--) {
        value.append(SOME.charAt(random.nextInt(SOME.length())));
      }
      String text = value.toString();
      assertThat(taken(text)).as(text).isEqualTo(SHAPE.matcher(text).matches());
    }
  }
}
