package dev.millrace.orch.desk;

import dev.millrace.orch.journal.StartMark;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What one deploy asks of stores, each question once: a deploy that was overtaken begins again with
 * what it knows. Not for several threads.
 */
final class DeployBuckets {
  private final Stores stores;
  private final Set<Bucket> ensured = new HashSet<>();
  private final Map<Marked, StartMark> marks = new HashMap<>();

  private record Bucket(StoreId store, String name) {}

  private record Marked(FunctionName function, Bucket bucket) {}

  DeployBuckets(Stores stores) {
    this.stores = stores;
  }

  /**
   * Makes a bucket where it is not there.
   *
   * @param what the function and the key that name it, for the error of a store that refuses
   */
  void ensure(StoreId store, String bucket, String what) throws IOException {
    Bucket wanted = new Bucket(store, bucket);
    if (ensured.contains(wanted)) {
      return;
    }
    try {
      stores.get(store).ensureBucket(bucket);
    } catch (StoreException e) {
      String message = what + ": bucket '" + bucket + "' of store " + store + ": " + e.getMessage();
      throw e.silent()
          ? StoreException.silent(message, e)
          : new StoreException(e.kind(), message, e);
    }
    ensured.add(wanted);
  }

  /**
   * The store's own second, with the keys that were there already in it. One that was taken before
   * stays right: what came since is what the function is to have.
   */
  StartMark mark(InputRule input, FunctionSpec spec) throws IOException {
    Marked wanted = new Marked(spec.name(), new Bucket(input.store(), input.bucket()));
    StartMark known = marks.get(wanted);
    if (known != null) {
      return known;
    }
    StartMark mark = mark(stores.get(input.store()), input, spec);
    marks.put(wanted, mark);
    return mark;
  }

  private static StartMark mark(ObjectStore store, InputRule input, FunctionSpec spec)
      throws StoreException {
    Instant now = Instant.ofEpochSecond(store.now(input.bucket()).getEpochSecond());
    Set<String> keys = new HashSet<>();
    for (InputRule rule : spec.inputs()) {
      if (rule.store().equals(input.store()) && rule.bucket().equals(input.bucket())) {
        String token = "";
        while (token != null) {
          ListPage page = store.list(rule.bucket(), rule.keyPrefix(), token, 1000);
          for (ListedObject row : page.objects()) {
            if (row.lastModified().getEpochSecond() == now.getEpochSecond()) {
              keys.add(row.key());
            }
          }
          token = page.next();
        }
      }
    }
    return new StartMark(input.store(), input.bucket(), now, keys);
  }
}
