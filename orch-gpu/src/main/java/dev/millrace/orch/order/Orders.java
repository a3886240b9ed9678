package dev.millrace.orch.order;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.util.List;
import java.util.Optional;

/**
 * Signs orders, and believes those that this coordinator signed. The newest are remembered as they
 * were signed or read, by the very bytes: a job's order is asked for at each step of its way.
 */
public final class Orders {
  private final SigningKey key;
  private final TrustedKeys own;
  private final ReadOrders read = new ReadOrders();

  public Orders(SigningKey key) {
    this.key = key;
    this.own = TrustedKeys.of(key.publicKey());
  }

  /** What came of looking at an order. */
  public sealed interface Seen {
    /** It is ours; whether it has expired is the caller's to ask. */
    record Ours(Order order) implements Seen {}

    /** It is not to be followed. */
    record Not(String reason) implements Seen {}
  }

  /** The signed form, whose bytes are kept from here on. */
  public SignedBytes sign(Order order) {
    SignedBytes signed = key.sign(Order.TYPE, Json.bytes(order));
    own.signedHere(signed);
    read.add(signed, order);
    return signed;
  }

  /** Whose orders a provider in this process believes: this coordinator's. */
  public TrustedKeys trusted() {
    return own;
  }

  /** Whether these bytes are an order of ours. */
  public Seen check(SignedBytes signed) {
    if (!own.verify(Order.TYPE, signed)) {
      return new Seen.Not("the order is not signed by this coordinator");
    }
    Optional<Order> known = read.find(signed);
    if (known.isPresent()) {
      return new Seen.Ours(known.get());
    }
    try {
      return new Seen.Ours(Json.read(signed.bytes(), Order.class));
    } catch (MalformedJson e) {
      return new Seen.Not("the order cannot be read: " + e.getMessage());
    }
  }

  /** An order as it was signed or read before, by its very bytes; empty when it is read anew. */
  public Optional<Order> remembered(SignedBytes signed) {
    return read.find(signed);
  }

  /** The order that the journal keeps with an attempt: remembered, or read and remembered. */
  public Order kept(Attempt attempt) {
    SignedBytes signed = attempt.order();
    Optional<Order> known = read.find(signed);
    if (known.isPresent()) {
      return known.get();
    }
    Order order = of(attempt);
    read.add(signed, order);
    return order;
  }

  /** The order that the journal keeps with an attempt. */
  public static Order of(Attempt attempt) {
    try {
      return Json.read(attempt.order().bytes(), Order.class);
    } catch (MalformedJson e) {
      throw new IllegalStateException("the order of " + attempt.id() + " cannot be read", e);
    }
  }

  /** The devices that an attempt was given; none when its order cannot be read. */
  public static List<String> devices(Attempt attempt) {
    try {
      return Json.read(attempt.order().bytes(), Order.class).slices().stream()
          .map(grant -> grant.slice().accelerator().value())
          .toList();
    } catch (MalformedJson e) {
      return List.of();
    }
  }
}
