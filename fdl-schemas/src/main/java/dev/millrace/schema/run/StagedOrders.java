package dev.millrace.schema.run;

import dev.millrace.schema.sign.SignedBytes;
import java.util.List;

/**
 * Orders that wait for one provider.
 *
 * @param cursor where this page ends; the next poll names it, and gets what came after it
 */
public record StagedOrders(String cursor, List<Staged> orders) {
  public StagedOrders {
    orders = List.copyOf(orders);
  }

  /**
   * One order.
   *
   * @param notice where it lies
   * @param order as it was signed
   */
  public record Staged(OrderNotice notice, SignedBytes order) {}
}
