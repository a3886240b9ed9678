package dev.millrace.orch.up;

import dev.millrace.orch.api.ExtraRoute;
import dev.millrace.orch.api.view.WaitingView;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.WaitingStore;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.StoreId;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which stores keep notices waiting.
 *
 * @param away stores that did not answer when they were asked last
 */
record WaitingNotices(Journal journal, Supplier<Set<StoreId>> away) {

  /** What people ask: {@code GET /v1/waiting}. */
  ExtraRoute route() {
    return new ExtraRoute(
        "GET",
        "/v1/waiting",
        ExtraRoute.Allowed.READERS,
        request ->
            new ExtraRoute.Answer(
                200, "application/json", Json.bytes(of(request.holder().orElseThrow().tenant()))));
  }

  private List<WaitingView> of(TenantId tenant) {
    Set<StoreId> silent = away.get();
    return journal.waitingStores(tenant).stream().map(each -> view(each, silent)).toList();
  }

  private static WaitingView view(WaitingStore each, Set<StoreId> silent) {
    return new WaitingView(
        each.store().value(),
        each.notices(),
        each.oldest().uri(),
        each.since().toString(),
        silent.contains(each.store()));
  }
}
