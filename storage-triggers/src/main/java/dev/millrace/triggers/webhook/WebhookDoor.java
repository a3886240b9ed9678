package dev.millrace.triggers.webhook;

import dev.millrace.schema.object.NoticeDoor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The desks of all stores, found by name. */
public final class WebhookDoor implements NoticeDoor {
  private final Map<String, Webhook> desks;

  /** A door to these desks. */
  public WebhookDoor(Collection<Webhook> webhooks) {
    Map<String, Webhook> byName = new LinkedHashMap<>();
    webhooks.forEach(webhook -> byName.put(webhook.store().value(), webhook));
    this.desks = Map.copyOf(byName);
  }

  @Override
  public Entry enter(String store, String presented) {
    Webhook desk = desks.get(store);
    return desk == null ? new UnknownStore() : desk.enter(presented);
  }

  /** All desks. */
  public List<Webhook> desks() {
    return List.copyOf(desks.values());
  }
}
