package dev.millrace.orch.command;

import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who reads what is uploaded, and whether its bucket was there: a mistyped one is made without a
 * word otherwise.
 *
 * @param newBucket whether it was not there before
 */
record Readers(List<FunctionView> functions, boolean newBucket) {
  Readers {
    functions = List.copyOf(functions);
  }

  /**
   * An object that is up, for programs.
   *
   * @param read whether a function's input covers it; null when the token does not show functions
   * @param newBucket whether its bucket was made for it; null as well
   */
  record Put(
      @Nullable String store,
      String bucket,
      String key,
      @Nullable Boolean read,
      @Nullable Boolean newBucket) {}

  /** As it is before an upload; empty when the token does not show it. */
  static Optional<Readers> of(CoordinatorClient client, S3Target target) throws IOException {
    try {
      boolean there =
          client.buckets(target.store()).stream()
              .anyMatch(bucket -> bucket.name().equals(target.bucket()));
      return Optional.of(new Readers(client.functions(), !there));
    } catch (ApiFailure.Answered e) {
      return Optional.empty();
    }
  }

  boolean read(ObjectView object) {
    return functions.stream()
        .flatMap(function -> function.inputs().stream())
        .anyMatch(rule -> covers(rule, object));
  }

  private static boolean covers(FunctionView.Rule rule, ObjectView object) {
    String store = object.store() == null ? StoreId.EMBEDDED.value() : object.store();
    String folder = rule.folder().isEmpty() ? "" : rule.folder() + "/";
    String key = object.key();
    if (!rule.store().equals(store)
        || !rule.bucket().equals(object.bucket())
        || !key.startsWith(folder)) {
      return false;
    }
    String rest = key.substring(folder.length());
    return (rule.prefixes().isEmpty() || rule.prefixes().stream().anyMatch(rest::startsWith))
        && (rule.suffixes().isEmpty() || rule.suffixes().stream().anyMatch(key::endsWith));
  }

  /** What whoever put them should hear; empty when all is read. */
  Optional<String> remark(List<ObjectView> objects) {
    List<ObjectView> unread = objects.stream().filter(object -> !read(object)).toList();
    if (unread.isEmpty()) {
      return Optional.empty();
    }
    ObjectView first = unread.getFirst();
    String what =
        unread.size() == objects.size()
            ? first.uri().substring(0, first.uri().lastIndexOf('/') + 1)
            : first.uri() + (unread.size() == 1 ? "" : ", as " + (unread.size() - 1) + " more");
    return Optional.of(
        "no function reads "
            + Words.printable(what)
            + (newBucket ? ", a bucket that was not there before" : "")
            + "; 'millrace functions' shows what is read");
  }

  static Put put(ObjectView object, Optional<Readers> readers) {
    return new Put(
        object.store(),
        object.bucket(),
        object.key(),
        readers.map(r -> r.read(object)).orElse(null),
        readers.map(Readers::newBucket).orElse(null));
  }
}
