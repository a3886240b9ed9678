package dev.millrace.orch.backup;

/** Is told how far a backup or its restore is. */
public interface Watcher {
  /** A part begins, which has so many bytes. */
  void begins(String what, long bytes);

  /** So many bytes more are done. */
  void moved(long bytes);
}
