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
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** Objects, by URLs of their store, what became of them; and the devices that work on them. */
final class ObjectRoutes {
  /** The same URL is given again while most of its hour is left. */
  private static final Duration URL_KEPT = Duration.ofMinutes(30);

  private static final int PAGE = 1000;

  private final FrontDesk desk;
  private final Idempotency idempotency;

  ObjectRoutes(FrontDesk desk, Idempotency idempotency) {
    this.desk = desk;
    this.idempotency = idempotency;
  }

  void add(Router router) {
    router.post("/v1/uploads", Router.Need.WRITE, this::upload);
    router.post("/v1/downloads", Router.Need.READ, this::download);
    router.get("/v1/buckets", Router.Need.READ, this::buckets);
    router.get("/v1/objects", Router.Need.READ, this::objects);
    router.get("/v1/explain", Router.Need.READ, this::explain);
    router.get("/v1/devices", Router.Need.READ, this::devices);
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
    FrontDesk.Listing listing =
        new FrontDesk.Listing(
            store(exchange),
            exchange
                .query("bucket")
                .orElseThrow(() -> Refusal.badRequest("say which bucket: ?bucket=NAME")),
            exchange.query("prefix").orElse(""),
            !delimiter.isEmpty(),
            exchange.query("token").orElse(""),
            (int) exchange.query("max", PAGE, 1, 1000));
    exchange.answer(
        200,
        desk.objects(exchange.tenant(), listing)
            .map(ObjectPage::of)
            .orElseThrow(() ->
                Refusal.noSuch(
                    "bucket '" + listing.bucket() + "' in store " + listing.store(),
                    "GET /v1/buckets lists the buckets")));
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
