import java.util.Random;

/** What became of a job; of a hundred, so many each. */
enum Fate {
  SUCCEEDED(74),
  SUCCEEDED_AT_SECOND_TRY(6),
  SUCCEEDED_AFTER_LOSS(2),
  DEAD(6),
  DISCARDED(1),
  CANCELLED(4),
  REFUSED(4),
  SUPERSEDED(2),
  INPUT_GONE(1);

  private final int percent;

  Fate(int percent) {
    this.percent = percent;
  }

  static Fate of(Random random) {
    int drawn = random.nextInt(100);
    for (Fate fate : values()) {
      drawn -= fate.percent;
      if (drawn < 0) {
        return fate;
      }
    }
    throw new IllegalStateException("the shares are no hundred");
  }
}
