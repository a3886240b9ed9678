package dev.millrace.orch.order;

import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SignedBytes;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The newest orders as they were read, by the very bytes. An order may carry a script of a
 * mebibyte: what is kept is bounded by bytes, and a large order is read anew each time. Safe for
 * many threads.
 */
final class ReadOrders {
  /** Of all orders together, as they were signed. */
  static final long ALL_BYTES_MAX = 16L << 20;

  /** Of one order. */
  static final int ORDER_BYTES_MAX = 64 << 10;

  /** What an order takes beside its text. */
  private static final int ASIDE = 256;

  private final Map<SignedBytes, Order> newest = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private long bytes;

  Optional<Order> find(SignedBytes signed) {
    lock.lock();
    try {
      return Optional.ofNullable(newest.get(signed));
    } finally {
      lock.unlock();
    }
  }

  void add(SignedBytes signed, Order order) {
    if (signed.bytes().length > ORDER_BYTES_MAX) {
      return;
    }
    lock.lock();
    try {
      if (newest.putIfAbsent(signed, order) == null) {
        bytes += size(signed);
      }
      Iterator<SignedBytes> oldest = newest.keySet().iterator();
      while (bytes > ALL_BYTES_MAX) {
        bytes -= size(oldest.next());
        oldest.remove();
      }
    } finally {
      lock.unlock();
    }
  }

  private static int size(SignedBytes signed) {
    return signed.bytes().length + signed.signature().length + ASIDE;
  }

  /** Bytes of what is kept. */
  long bytes() {
    lock.lock();
    try {
      return bytes;
    } finally {
      lock.unlock();
    }
  }
}
