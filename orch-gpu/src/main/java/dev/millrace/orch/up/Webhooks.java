package dev.millrace.orch.up;

import dev.millrace.orch.api.ExtraRoute;
import dev.millrace.orch.api.view.WebhookView;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.NoticeDoor;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreId;
import dev.millrace.triggers.webhook.NoticeBatches;
import dev.millrace.triggers.webhook.Webhook;
import dev.millrace.triggers.webhook.WebhookCounts;
import dev.millrace.triggers.webhook.WebhookDoor;
import dev.millrace.triggers.webhook.WebhookSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A webhook for every configured store, with its secret in a file. */
final class Webhooks implements AutoCloseable {
  /** Long for a commit, short for the senders: MinIO and Ceph give up after 5 s and more. */
  private static final Duration DURABLE_WITHIN = Duration.ofSeconds(4);

  private final NoticeBatches batches;
  private final Map<StoreId, Path> files = new LinkedHashMap<>();
  private final List<MillraceConfig.RemoteStore> stores;
  private final Catalog catalog;
  private final WebhookDoor door;

  /**
   * What webhooks stand on.
   *
   * @param data the data folder, for secrets that have no file of their own
   * @param intake where notices become durable
   */
  record Ground(Path data, Catalog catalog, NoticeSink intake) {}

  private Webhooks(
      List<MillraceConfig.RemoteStore> stores,
      Ground ground,
      InstantSource clock,
      SecureRandom random)
      throws IOException {
    this.stores = List.copyOf(stores);
    this.catalog = ground.catalog();
    Map<StoreId, WebhookSecret> secrets = new LinkedHashMap<>();
    for (MillraceConfig.RemoteStore store : stores) {
      WebhookToken token = WebhookToken.of(store, ground.data(), random);
      files.put(store.id(), token.file());
      secrets.put(store.id(), token.secret());
    }
    this.batches = new NoticeBatches(ground.intake(), DURABLE_WITHIN);
    Webhook.Funnel funnel = new Webhook.Funnel(catalog::covers, batches);
    List<Webhook> desks = new ArrayList<>();
    secrets.forEach((store, secret) -> desks.add(new Webhook(store, secret, funnel, clock)));
    this.door = new WebhookDoor(desks);
  }

  /** Opens one for each of these stores; a secret is made where none is. */
  static Webhooks open(
      List<MillraceConfig.RemoteStore> stores,
      Ground ground,
      InstantSource clock,
      SecureRandom random)
      throws IOException {
    return new Webhooks(stores, ground, clock, random);
  }

  /** Where stores knock. */
  NoticeDoor door() {
    return door;
  }

  /** What people ask of webhooks: {@code GET /v1/webhooks}. */
  ExtraRoute route() {
    return new ExtraRoute(
        "GET",
        "/v1/webhooks",
        ExtraRoute.Allowed.WRITERS,
        request -> new ExtraRoute.Answer(200, "application/json", Json.bytes(views())));
  }

  private List<WebhookView> views() {
    List<WebhookView> views = new ArrayList<>();
    for (MillraceConfig.RemoteStore store : stores) {
      for (Webhook desk : door.desks()) {
        if (desk.store().equals(store.id())) {
          views.add(view(store, desk.counts()));
        }
      }
    }
    return views;
  }

  private WebhookView view(MillraceConfig.RemoteStore store, WebhookCounts counts) {
    Instant last = counts.lastAt();
    return new WebhookView(
        store.id().value(),
        "/v1/notices/" + store.id(),
        String.valueOf(files.get(store.id())),
        store.endpoint().toString(),
        catalog.watched().stream()
            .filter(watched -> watched.store().equals(store.id()))
            .map(Catalog.Watched::bucket)
            .distinct()
            .toList(),
        counts.messages(),
        counts.kept(),
        counts.nobodys(),
        counts.passed(),
        counts.malformed(),
        counts.strangers(),
        counts.notKept(),
        last == null ? null : last.toString());
  }

  @Override
  public void close() {
    batches.close();
  }
}
