package dev.millrace.orch.doctor;

/**
 * One thing that was looked at.
 *
 * @param subject one word
 * @param said what was found
 * @param remedy what to do; empty where nothing is
 */
public record Finding(String subject, Level level, String said, String remedy) {
  /** How it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** Cannot be told from here. */
    UNKNOWN,
    /** Works, or not everything does. */
    WARN,
    /** Millrace does not work like this. */
    BAD
  }

  /** As it should be. */
  public static Finding ok(String subject, String said) {
    return new Finding(subject, Level.OK, said, "");
  }

  /** Not to be told from here. */
  public static Finding unknown(String subject, String said, String remedy) {
    return new Finding(subject, Level.UNKNOWN, said, remedy);
  }

  /** Worth a look. */
  public static Finding warn(String subject, String said, String remedy) {
    return new Finding(subject, Level.WARN, said, remedy);
  }

  /** To be changed. */
  public static Finding bad(String subject, String said, String remedy) {
    return new Finding(subject, Level.BAD, said, remedy);
  }
}
