package dev.millrace.triggers.listing;

/**
 * Where a sweep stands, so that a restart resumes it. It saves work and nothing else: what it loses
 * is listed again by the next sweep.
 */
public interface SweepCheckpoint {
  /** The token of the next page; the empty text before the first. */
  String token();

  /** Keeps the token of the next page; the empty text when the sweep is over. */
  void keep(String token);

  /** A checkpoint in memory: a restart begins a sweep anew. */
  static SweepCheckpoint inMemory() {
    return new SweepCheckpoint() {
      private volatile String token = "";

      @Override
      public String token() {
        return token;
      }

      @Override
      public void keep(String next) {
        token = next;
      }
    };
  }
}
