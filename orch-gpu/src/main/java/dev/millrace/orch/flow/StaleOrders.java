package dev.millrace.orch.flow;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.order.Places;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Orders and bundles of attempts that have ended, where a crash came between the end and the
 * removal. Each start of a provider would read and refuse them all.
 */
final class StaleOrders {
  private final Journal journal;
  private final Stores stores;
  private final Places places;

  StaleOrders(Journal journal, Stores stores, Places places) {
    this.journal = journal;
    this.stores = stores;
    this.places = places;
  }

  /**
   * Removes them. What belongs to an attempt that the journal does not know is left alone.
   *
   * @return how many there were
   */
  int remove() throws StoreException {
    return remove(Places.ORDERS) + remove(Places.BUNDLES);
  }

  private int remove(String prefix) throws StoreException {
    ObjectStore store = stores.get(places.store());
    int removed = 0;
    @Nullable String token = "";
    while (token != null) {
      ListPage page = store.list(places.orders(), prefix, token, 1000);
      for (ListedObject object : page.objects()) {
        if (stale(object.key())) {
          store.delete(places.orders(), object.key());
          removed++;
        }
      }
      token = page.next();
    }
    return removed;
  }

  private boolean stale(String key) {
    Optional<Attempt> attempt = Places.attemptOf(key).flatMap(journal::attemptOfAny);
    return attempt.filter(a -> a.state() == AttemptState.ENDED).isPresent();
  }
}
