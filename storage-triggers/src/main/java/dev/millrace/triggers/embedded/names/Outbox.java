package dev.millrace.triggers.embedded.names;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The events of a store that nobody has acknowledged yet, in this process or over the network. One
 * reader acknowledges for all.
 */
public interface Outbox {
  /** Events with a greater sequence, in order, at most so many. */
  List<StoreEvent> eventsAfter(long sequence, int max) throws IOException, InterruptedException;

  /**
   * Forgets all events up to and with this one; they were taken over durably elsewhere. A store
   * that dies a moment later may tell of them once more.
   */
  void acknowledge(long sequence) throws IOException, InterruptedException;

  /**
   * Waits until there is an event with a greater sequence.
   *
   * @return whether there is one; false when the time was over first
   */
  boolean awaitEvents(long afterSequence, Duration timeout)
      throws IOException, InterruptedException;
}
