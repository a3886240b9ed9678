package dev.millrace.fdl;

import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.object.BucketNaming;
import dev.millrace.schema.object.StoreId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads {@code input[]} and {@code output[]}. */
final class StorageFields {
  /** Storage of OSCAR and SCAR that Millrace has no adapter for. */
  static final Set<String> WITHOUT_COUNTERPART = Set.of("onedata", "webdav", "rucio");

  /** Types of stores that a configuration can have. */
  private static final Set<String> TYPES = Set.of("millrace", "minio", "ceph", "s3");

  private static final String EMBEDDED = "millrace";

  /** What buckets could ever be called, in stores that are older than today's rules. */
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{2,254}");

  private static final int FOLDER_MAX = 900;

  private final Dialect dialect;
  private final DeclaredStores declared;

  StorageFields(Dialect dialect, DeclaredStores declared) {
    this.dialect = dialect;
    this.declared = declared;
  }

  /** The triggers: alternatives, never a join. */
  List<InputRule> inputs(Section entry) {
    List<InputRule> rules = new ArrayList<>();
    for (Section item : sections(entry, "input")) {
      Optional<StoreId> store = store(item);
      Optional<Path> path = path(item, store);
      Filters filters = filters(item);
      dialect.finish(item);
      if (dialect != Dialect.MILLRACE && !filters.isEmpty()) {
        item.warn(
            Finding.of(
                "prefix and suffix of an input are left out: "
                    + dialect.origin()
                    + " never applied them; a functions.millrace entry does"));
        filters = Filters.NONE;
      }
      if (store.isPresent() && path.isPresent()) {
        Path at = path.get();
        rules.add(
            new InputRule(
                store.get(), at.bucket(), at.folder(), filters.prefixes(), filters.suffixes()));
      }
    }
    return rules;
  }

  /** Where files go: each rule stands alone. */
  List<OutputRule> outputs(Section entry) {
    List<OutputRule> rules = new ArrayList<>();
    for (Section item : sections(entry, "output")) {
      Optional<StoreId> store = store(item);
      Optional<Path> path = path(item, store);
      Filters filters = filters(item);
      dialect.finish(item);
      if (store.isPresent() && path.isPresent()) {
        Path at = path.get();
        rules.add(
            new OutputRule(
                store.get(), at.bucket(), at.folder(), filters.prefixes(), filters.suffixes()));
      }
    }
    return rules;
  }

  private static List<Section> sections(Section entry, String key) {
    return entry.field(key).stream()
        .flatMap(f -> few(f, f.items(), Bounds.RULES).stream())
        .flatMap(f -> f.section().stream())
        .toList();
  }

  /** All of them; none, and a problem, when there are more than that. */
  private static List<Field> few(Field field, List<Field> items, int most) {
    if (items.size() <= most) {
      return items;
    }
    field.error(Finding.of(items.size() + " elements; allowed are " + most));
    return List.of();
  }

  private Optional<StoreId> store(Section item) {
    Optional<Field> field = item.field("storage_provider");
    if (field.isEmpty()) {
      return Optional.of(dialect.store());
    }
    Optional<StoreId> store = field.get().made(StorageFields::storeId);
    store.ifPresent(id -> check(field.get(), id));
    return store.filter(id -> !WITHOUT_COUNTERPART.contains(type(id)));
  }

  private void check(Field field, StoreId id) {
    String type = type(id);
    if (WITHOUT_COUNTERPART.contains(type)) {
      field.error(
          Finding.of(
              "storage of type '" + type + "' has no counterpart here",
              id.value(),
              "millrace, minio, ceph or s3"));
    } else if (!TYPES.contains(type)) {
      field.warn(
          Finding.of("unknown type of storage", id.value(), "millrace, minio, ceph or s3")
              .near(Nearest.to(type, TYPES)));
    } else {
      declared.check(field, id);
    }
  }

  /** {@code type} or {@code type.id}, split at the first dot, the type in any case. */
  static StoreId storeId(String text) {
    int dot = text.indexOf('.');
    String type = (dot < 0 ? text : text.substring(0, dot)).toLowerCase(Locale.ROOT);
    return new StoreId(type + "." + (dot < 0 ? "default" : text.substring(dot + 1)));
  }

  static String type(StoreId id) {
    return id.value().substring(0, id.value().indexOf('.'));
  }

  private static Optional<Path> path(Section item, Optional<StoreId> store) {
    Optional<Field> field = item.required("path");
    Optional<Path> path = field.flatMap(f -> f.text().flatMap(text -> path(f, text)));
    if (path.isPresent() && !BucketNaming.takes(path.get().bucket())) {
      store.ifPresent(id -> nameless(field.get(), path.get().bucket(), type(id)));
    }
    return path;
  }

  /** The embedded store has no such bucket; another one may, from times with other rules. */
  private static void nameless(Field field, String bucket, String type) {
    if (type.equals(EMBEDDED)) {
      field.error(Finding.of("not a bucket's name", bucket, BucketNaming.ALLOWED));
    } else {
      field.warn(
          Finding.of(
              "a bucket cannot be called this any more: right for an old one that is there",
              bucket,
              BucketNaming.ALLOWED));
    }
  }

  /** A bucket and folder as a path names them; a path that does not is a problem of the field. */
  static Optional<Path> path(Field field, String untrimmed) {
    String text = trimmed(untrimmed);
    int slash = text.indexOf('/');
    String bucket = slash < 0 ? text : text.substring(0, slash);
    String folder = slash < 0 ? "" : text.substring(slash + 1);
    if (bucket.isEmpty()) {
      return field.fail(Finding.of("names no bucket", text, "bucket or bucket/folder"));
    }
    if (!BUCKET.matcher(bucket).matches()) {
      return field.fail(Finding.of("not a bucket's name", bucket, BucketNaming.ALLOWED));
    }
    if (folder.chars().anyMatch(Character::isISOControl)) {
      return field.fail(Finding.of("a folder has no control characters", folder, "text"));
    }
    if (folder.getBytes(StandardCharsets.UTF_8).length > FOLDER_MAX) {
      return field.fail(Finding.of("the folder is longer than " + FOLDER_MAX + " bytes"));
    }
    String first = InputRule.RESERVED.substring(0, InputRule.RESERVED.length() - 1);
    if (folder.equals(first) || folder.startsWith(InputRule.RESERVED)) {
      return field.fail(Finding.of("'" + InputRule.RESERVED + "' is kept for Millrace itself"));
    }
    return Optional.of(new Path(bucket, folder));
  }

  private static String trimmed(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && "/ ".indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (to > from && "/ ".indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  private static Filters filters(Section item) {
    return new Filters(texts(item, "prefix"), texts(item, "suffix"));
  }

  private static List<String> texts(Section item, String key) {
    return item.field(key).stream()
        .flatMap(f -> (f.isText() ? List.of(f) : few(f, f.items(), Bounds.FILTERS)).stream())
        .flatMap(f -> f.text().flatMap(text -> filter(f, text)).stream())
        .filter(Predicate.not(String::isEmpty))
        .toList();
  }

  /** Something that a key can begin or end with. */
  private static Optional<String> filter(Field field, String text) {
    if (text.chars().anyMatch(Character::isISOControl)) {
      return field.fail(Finding.of("a filter has no control characters", text, "text"));
    }
    return Bounds.utf8(text) > Bounds.FILTER_BYTES
        ? field.fail(
            Finding.of(
                "longer than any key: a filter has at most " + Bounds.FILTER_BYTES + " bytes"))
        : Optional.of(text);
  }

  /** A bucket and a folder in it; the folder is empty for the bucket's top. */
  record Path(String bucket, String folder) {}

  private record Filters(List<String> prefixes, List<String> suffixes) {
    static final Filters NONE = new Filters(List.of(), List.of());

    boolean isEmpty() {
      return prefixes.isEmpty() && suffixes.isEmpty();
    }
  }
}
