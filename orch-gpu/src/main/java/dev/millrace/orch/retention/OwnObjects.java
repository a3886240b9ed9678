package dev.millrace.orch.retention;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Course;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What Millrace itself has put into stores for a job, and nothing else: no key is deleted that does
 * not begin with {@code .millrace/} and the job's id, but for its orders, which the intermediate
 * bucket has under their own names.
 */
final class OwnObjects {
  private static final int PAGE = 1000;

  private final Stores stores;
  private final Places places;

  OwnObjects(Stores stores, Places places) {
    this.stores = stores;
    this.places = places;
  }

  /**
   * The log of an attempt.
   *
   * @param bytes as its manifest says; 0 where none came
   */
  record Log(ObjectName name, long bytes) {}

  /**
   * Logs that attempts may have left; none where a manifest says that there was nothing to keep.
   */
  List<Log> logs(Course course) {
    List<Log> logs = new ArrayList<>();
    for (Attempt attempt : course.attempts()) {
      RunId run = attempt.run();
      long bytes = logBytes(attempt.manifest());
      if (run != null && bytes != 0) {
        RunRef ref = new RunRef(attempt.id(), run, attempt.token());
        logs.add(
            new Log(
                places.ofRun(Orders.of(attempt).function(), Manifest.prefix(ref) + Manifest.LOG),
                Math.max(0, bytes)));
      }
    }
    return logs;
  }

  private static long logBytes(@Nullable SignedBytes manifest) {
    if (manifest == null) {
      return Manifest.LOG_LOST;
    }
    try {
      return Json.read(manifest.bytes(), Manifest.class).logBytes();
    } catch (MalformedJson e) {
      return Manifest.LOG_LOST;
    }
  }

  /** Where something of a job lies: a store and a bucket. */
  record Site(StoreId store, String bucket) {}

  /** All of a job's. */
  Set<Site> sites(Course course) {
    Set<Site> found = new LinkedHashSet<>();
    folders(course).forEach(folder -> found.add(new Site(folder.store(), folder.bucket())));
    return found;
  }

  /** Whether a site's store is configured. */
  boolean known(Site site) {
    return stores.find(site.store()).isPresent();
  }

  private Set<ObjectName> folders(Course course) {
    String key = prefix(course.job().id());
    Set<ObjectName> folders = new LinkedHashSet<>();
    for (Attempt attempt : course.attempts()) {
      folders.add(places.ofRun(Orders.of(attempt).function(), key));
    }
    return folders;
  }

  private static String prefix(JobId job) {
    return InputRule.RESERVED + job + "/";
  }

  /**
   * Deletes the logs of a job; one that is not there is none too many.
   *
   * @return how many deletions were asked for
   */
  int deleteLogs(Course course) throws IOException {
    int deleted = 0;
    for (Log log : logs(course)) {
      delete(course.job().id(), log.name());
      deleted++;
    }
    return deleted;
  }

  /**
   * What became of it.
   *
   * @param objects how many deletions were asked for
   * @param all whether nothing is left
   */
  record Deleted(int objects, boolean all) {}

  /**
   * Deletes everything of a job, whatever run left it.
   *
   * @param late whether the rest is to be left for another time
   */
  Deleted deleteAll(Course course, BooleanSupplier late) throws IOException {
    int deleted = 0;
    for (ObjectName folder : folders(course)) {
      Deleted under = deleteUnder(course.job().id(), folder, late);
      deleted += under.objects();
      if (!under.all()) {
        return new Deleted(deleted, false);
      }
    }
    ObjectStore store = stores.get(places.store());
    for (Attempt attempt : course.attempts()) {
      ObjectName order = places.order(attempt.provider(), attempt.id());
      store.delete(order.bucket(), order.key());
      ObjectName bundle = places.bundle(attempt.id());
      store.delete(bundle.bucket(), bundle.key());
    }
    return new Deleted(deleted, true);
  }

  private Deleted deleteUnder(JobId job, ObjectName folder, BooleanSupplier late)
      throws IOException {
    ObjectStore store = stores.get(folder.store());
    int deleted = 0;
    try {
      ListPage page = store.list(folder.bucket(), folder.key(), "", PAGE);
      while (!page.objects().isEmpty()) {
        for (ListedObject object : page.objects()) {
          if (late.getAsBoolean()) {
            return new Deleted(deleted, false);
          }
          delete(job, new ObjectName(folder.store(), folder.bucket(), object.key()));
          deleted++;
        }
        String next = page.next();
        if (next == null) {
          return new Deleted(deleted, true);
        }
        page = store.list(folder.bucket(), folder.key(), next, PAGE);
      }
      return new Deleted(deleted, true);
    } catch (StoreException e) {
      if (gone(store, folder.bucket(), e)) {
        return new Deleted(deleted, true);
      }
      throw e;
    }
  }

  private void delete(JobId job, ObjectName name) throws IOException {
    if (!name.key().startsWith(prefix(job))) {
      throw new IllegalStateException(
          name.uri() + " is not of job " + job + ": nothing is deleted");
    }
    ObjectStore store = stores.get(name.store());
    try {
      store.delete(name.bucket(), name.key());
    } catch (StoreException e) {
      if (!gone(store, name.bucket(), e)) {
        throw e;
      }
    }
  }

  /**
   * With its bucket everything in it is gone. Of another store that cannot be told from a bucket
   * that it does not show: there the refusal stands.
   */
  private static boolean gone(ObjectStore store, String bucket, StoreException refused)
      throws StoreException {
    return store.near()
        && refused.kind() == StoreException.Kind.GIVE_UP
        && store.buckets().stream().noneMatch(b -> b.name().equals(bucket));
  }
}
