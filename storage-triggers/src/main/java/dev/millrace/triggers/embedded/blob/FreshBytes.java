package dev.millrace.triggers.embedded.blob;

/** Bytes that were received whole and that nothing names yet. */
public sealed interface FreshBytes {
  /** They are durable: a file that is waste until something names it. */
  record InFile(BlobId id) implements FreshBytes {}

  /**
   * They are in memory, and become durable in the commit that names them.
   *
   * @param bytes not to be changed any more
   */
  record InMemory(byte[] bytes) implements FreshBytes {}
}
