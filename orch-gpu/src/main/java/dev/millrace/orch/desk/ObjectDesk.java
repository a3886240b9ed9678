package dev.millrace.orch.desk;

import dev.millrace.orch.order.Places;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedBucket;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.UploadStep;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Buckets and objects as people may see and change them, which Millrace's own orders are not. */
final class ObjectDesk {
  private static final Duration URL_VALIDITY = Duration.ofHours(1);

  private final Stores stores;
  private final Places places;

  ObjectDesk(Stores stores, Places places) {
    this.stores = stores;
    this.places = places;
  }

  /** Where to write it in one piece. */
  URI uploadUrl(ObjectName object) throws IOException {
    ObjectStore store = writable(object);
    store.ensureBucket(object.bucket());
    return store.presignPut(object.bucket(), object.key(), URL_VALIDITY);
  }

  /** Where to take a step of an upload in parts. */
  URI uploadUrl(ObjectName object, UploadStep step) throws IOException {
    ObjectStore store = writable(object);
    if (step instanceof UploadStep.Begin) {
      store.ensureBucket(object.bucket());
    }
    return store.presignUpload(object.bucket(), object.key(), step, URL_VALIDITY);
  }

  private ObjectStore writable(ObjectName object) {
    if (object.key().startsWith(InputRule.RESERVED)) {
      throw new IllegalArgumentException("keys under " + InputRule.RESERVED + " are reserved");
    }
    if (places.intermediate(object.store(), object.bucket())) {
      throw new IllegalArgumentException(
          "bucket " + object.bucket() + " holds Millrace's own orders and takes no uploads");
    }
    return store(object.store());
  }

  /** Where to read it. */
  URI downloadUrl(ObjectName object) throws IOException {
    requireReadable(object.store(), object.bucket());
    return store(object.store()).presignGet(object.bucket(), object.key(), URL_VALIDITY);
  }

  /** Orders are for providers: whoever may read could take what they grant. */
  private void requireReadable(StoreId store, String bucket) {
    if (places.intermediate(store, bucket)) {
      throw new IllegalArgumentException(
          "bucket " + bucket + " holds Millrace's own orders, which are not for reading");
    }
  }

  /** Without the one of the orders. */
  List<ListedBucket> buckets(StoreId store) throws IOException {
    return store(store).buckets().stream()
        .filter(bucket -> !places.intermediate(store, bucket.name()))
        .toList();
  }

  /** Empty where there is no such bucket. */
  Optional<FolderPage> page(FrontDesk.Listing listing) throws IOException {
    requireReadable(listing.store(), listing.bucket());
    ObjectStore store = store(listing.store());
    try {
      return Optional.of(page(store, listing));
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.RETRY && isAbsent(store, listing.bucket(), e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A store that does not list its buckets leaves it open. */
  private static boolean isAbsent(ObjectStore store, String bucket, StoreException refused)
      throws StoreException {
    try {
      return store.buckets().stream().noneMatch(b -> b.name().equals(bucket));
    } catch (StoreException e) {
      refused.addSuppressed(e);
      throw refused;
    }
  }

  private static FolderPage page(ObjectStore store, FrontDesk.Listing listing)
      throws StoreException {
    if (listing.folders()) {
      return store.folder(listing.bucket(), listing.prefix(), listing.token(), listing.max());
    }
    ListPage page = store.list(listing.bucket(), listing.prefix(), listing.token(), listing.max());
    return new FolderPage(List.of(), page.objects(), page.next());
  }

  private ObjectStore store(StoreId id) {
    return stores
        .find(id)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "store " + id + " is not configured; see stores: in millrace.yaml"));
  }
}
