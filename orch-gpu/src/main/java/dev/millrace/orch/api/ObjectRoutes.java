package dev.millrace.orch.api;

import dev.millrace.orch.api.view.BucketView;
import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.ExplainView;
import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.api.view.UploadRequest;
import dev.millrace.orch.api.view.UploadStepView;
import dev.millrace.orch.api.view.UrlAnswer;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Objects, by URLs of their store, what became of them; and the devices that work on them. */
final class ObjectRoutes {
  /** The same URL is given again while most of its hour is left. */
  private static final Duration URL_KEPT = Duration.ofMinutes(30);

  private static final String[] OBJECTS = {
    "max", "cursor", "bucket", "prefix", "delimiter", "store"
  };

  private final FrontDesk desk;
  private final Idempotency idempotency;

  ObjectRoutes(FrontDesk desk, Idempotency idempotency) {
    this.desk = desk;
    this.idempotency = idempotency;
  }

  void add(Router router) {
    router.post("/v1/uploads", Router.Need.WRITE, this::upload);
    router.post("/v1/downloads", Router.Need.READ, this::download);
    router.get("/v1/buckets", Router.Need.READ, this::buckets, "store");
    router.get("/v1/objects", Router.Need.READ, this::objects, OBJECTS);
    router.get("/v1/explain", Router.Need.READ, this::explain, "object", "store");
    router.get("/v1/devices", Router.Need.READ, this::devices, Pages.QUERY);
  }

  private void upload(Exchange exchange) throws IOException {
    byte[] body = exchange.body();
    UploadRequest asked = exchange.json(body, UploadRequest.class);
    idempotency.once(
        exchange,
        body,
        URL_KEPT,
        () -> new UrlAnswer(uploadUrl(exchange.tenant(), asked).toString()));
  }

  private URI uploadUrl(TenantId tenant, UploadRequest asked) throws IOException {
    UploadStepView step = asked.step();
    return step == null
        ? desk.uploadUrl(tenant, asked.name())
        : desk.uploadUrl(tenant, asked.name(), step.meant());
  }

  private void download(Exchange exchange) throws IOException {
    ObjectView asked = exchange.json(ObjectView.class);
    exchange.answer(
        200, new UrlAnswer(desk.downloadUrl(exchange.tenant(), asked.name()).toString()));
  }

  private void buckets(Exchange exchange) throws IOException {
    exchange.answer(
        200,
        desk.buckets(exchange.tenant(), store(exchange)).stream().map(BucketView::of).toList());
  }

  private void objects(Exchange exchange) throws IOException {
    String delimiter = exchange.query("delimiter").orElse("");
    if (!delimiter.isEmpty() && !delimiter.equals("/")) {
      throw Refusal.badRequest("delimiter must be / or left out, found: '" + delimiter + "'");
    }
    StoreId store = store(exchange);
    String bucket =
        exchange
            .query("bucket")
            .orElseThrow(() -> Refusal.badRequest("say which bucket: ?bucket=NAME"));
    String prefix = exchange.query("prefix").orElse("");
    String list = String.join("\n", "objects", store.value(), bucket, prefix, delimiter);
    String from = Pages.from(exchange, list);
    FolderPage page =
        desk.objects(
                exchange.tenant(),
                new FrontDesk.Listing(
                    store,
                    bucket,
                    prefix,
                    !delimiter.isEmpty(),
                    from == null ? "" : from,
                    Pages.max(exchange, Pages.MOST)))
            .orElseThrow(() ->
                Refusal.noSuch(
                    "bucket '" + bucket + "' in store " + store,
                    "GET /v1/buckets lists the buckets"));
    String more = page.next();
    if (more == null) {
      exchange.answer(200, ObjectPage.of(page, null));
      return;
    }
    String next = Cursor.of(list, more);
    exchange.next(next);
    exchange.answer(200, ObjectPage.of(page, next));
  }

  private static StoreId store(Exchange exchange) {
    return exchange.query("store").map(StoreId::new).orElse(StoreId.EMBEDDED);
  }

  private void explain(Exchange exchange) throws IOException {
    String uri =
        exchange
            .query("object")
            .orElseThrow(() -> Refusal.badRequest("say which one: ?object=s3://bucket/key"));
    ObjectView asked = ObjectView.parse(uri, exchange.query("store").orElse(null));
    exchange.answer(200, ExplainView.of(desk.explain(exchange.tenant(), asked.name())));
  }

  private void devices(Exchange exchange) {
    Pages.answer(
        exchange,
        "devices",
        desk.devices(),
        device -> device.accelerator().id().value(),
        DeviceRow::of);
  }
}
