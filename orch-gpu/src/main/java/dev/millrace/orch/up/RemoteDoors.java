package dev.millrace.orch.up;

import dev.millrace.orch.channel.JournalChannel;
import dev.millrace.orch.fleet.Attendance;
import dev.millrace.orch.fleet.CallProofs;
import dev.millrace.orch.fleet.Introductions;
import dev.millrace.orch.fleet.OrderBoard;
import dev.millrace.orch.fleet.ProviderTokens;
import dev.millrace.orch.fleet.RemoteProviders;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.secret.Delivery;
import dev.millrace.orch.settle.ProviderKeys;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.util.Base64;

/** Opens what providers elsewhere come through. */
final class RemoteDoors {
  private RemoteDoors() {}

  /**
   * What it works with.
   *
   * @param returned rung when a provider that was away is there
   * @param ledger gets the entries of those that are taken in here
   */
  record Parts(
      Journal journal,
      Recorder recorder,
      Orders orders,
      Places places,
      SigningKey key,
      ProviderTokens tokens,
      ProviderKeys providerKeys,
      Attendance attendance,
      JournalChannel channel,
      Delivery delivery,
      Runnable returned,
      String ledger) {}

  /** Open; the caller closes its board. */
  static RemoteProviders open(Coordinator.Ground ground, Coordinator.Nature nature, Parts parts) {
    byte[] epoch = new byte[8];
    nature.random().nextBytes(epoch);
    return new RemoteProviders(
        parts.tokens(),
        parts.attendance(),
        new Introductions(
            new Introductions.Parts(
                parts.recorder(),
                parts.tokens(),
                parts.providerKeys(),
                parts.attendance(),
                parts.key(),
                parts.returned(),
                parts.ledger()),
            ground.config().providers().introduceEvery(),
            nature.clock()),
        new CallProofs(parts.tokens(), nature.random()),
        new OrderBoard(
            new OrderBoard.Parts(parts.journal(), parts.orders(), ground.stores(), parts.places()),
            Hex.of(epoch),
            nature.clock()),
        parts.journal(),
        parts.orders(),
        parts.channel(),
        parts.delivery(),
        parts.returned(),
        Base64.getEncoder().encodeToString(parts.key().publicKey()),
        nature.random(),
        ground.bucketKeys());
  }
}
