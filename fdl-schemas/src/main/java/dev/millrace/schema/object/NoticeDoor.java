package dev.millrace.schema.object;

/**
 * Where stores knock to tell of new objects. Who serves it over HTTP asks {@link #enter} with what
 * the head of a request says, before a byte of its body is read, and hands the body to the desk
 * that it was let to. Blocking; safe for many threads.
 */
public interface NoticeDoor {
  /**
   * Who is let in.
   *
   * @param store the name in the path, as the sender wrote it
   * @param presented the secret that came along; empty when none did
   */
  Entry enter(String store, String presented);

  /** What comes of knocking. */
  sealed interface Entry {}

  /** No store of that name has a door here. */
  record UnknownStore() implements Entry {}

  /** The secret is missing or not this store's. */
  record WrongSecret() implements Entry {}

  /** Let in, to the desk of that store. */
  record Admitted(Desk desk) implements Entry {}

  /** Takes messages of one store. */
  @FunctionalInterface
  interface Desk {
    /** Reads one message; its notices are durable when this answers that they were taken. */
    Taking take(byte[] message);
  }

  /** What came of a message. */
  sealed interface Taking {}

  /**
   * The sender may forget it.
   *
   * @param kept notices that are durable now
   * @param nobodys notices of objects that no function reads
   * @param passed records that tell of no new object that can be input
   */
  record Taken(int kept, int nobodys, int passed) implements Taking {}

  /** Not a notice; it would not become one by being sent again. */
  record Malformed(String reason) implements Taking {}

  /** The notices are not known to be durable: the sender has to send them again. */
  record NotKept(String reason) implements Taking {}
}
