package dev.millrace.schema.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class NamesTest {
  private static final long SEED = 7;
  private static final List<Names.Shape> SHAPES =
      List.of(Names.LABEL, Names.FUNCTION, Names.ULID, Names.DEVICE);

  /** What a shape's table says is what its pattern says, which is shown to people. */
  @Test
  void aShapeIsItsPattern() {
    Random random = new Random(SEED);
    String letters = "09azAZilou._-:/ \n\u0000\u00e9\u0661\ud83d\ude00";
    for (Names.Shape shape : SHAPES) {
      Pattern pattern = Pattern.compile(shape.pattern());
      for (int i = 0; i < 20_000; i++) {
        StringBuilder name = new StringBuilder();
        int length = random.nextInt(6);
        for (int at = 0; at < length; at++) {
          name.append(letters.charAt(random.nextInt(letters.length())));
        }
        check(shape, pattern, name.toString());
      }
      for (int length = 0; length < 300; length++) {
        for (String one : List.of("a", "0", "-", "i")) {
          String name = one.repeat(length);
          check(shape, pattern, name);
          for (char other = 0; other < 200; other += 7) {
            check(shape, pattern, other + name);
            check(shape, pattern, name + other);
            check(shape, pattern, "a" + name + other + "a");
          }
        }
      }
    }
  }

  private static void check(Names.Shape shape, Pattern pattern, String name) {
    if (shape.fits(name) != pattern.matcher(name).matches()) {
      assertThat(shape.fits(name))
          .as("'%s' and %s, seed %d", name, pattern, SEED)
          .isEqualTo(pattern.matcher(name).matches());
    }
  }
}
