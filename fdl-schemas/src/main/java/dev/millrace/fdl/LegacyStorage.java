package dev.millrace.fdl;

import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.object.StoreId;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code s3} of SCAR 1 to 3: one input and one output folder, by convention below the
 * function's name, the output in the input's bucket. A bucket may carry its folder.
 */
record LegacyStorage(List<InputRule> inputs, List<OutputRule> outputs) {
  static final LegacyStorage NONE = new LegacyStorage(List.of(), List.of());

  LegacyStorage {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  static LegacyStorage read(String function, Section s) {
    StoreId store = Dialect.AWS.store();
    Optional<Field> in = s.field("input_bucket");
    Optional<Field> out = s.field("output_bucket").or(() -> in);
    Optional<Field> inFolder = s.field("input_folder");
    Optional<Field> outFolder = s.field("output_folder");
    List.of("boto_profile", "region").forEach(s::field);
    s.warnUnknown();
    if (in.isEmpty() && inFolder.isPresent() || out.isEmpty() && outFolder.isPresent()) {
      s.error(Finding.of("a folder is given without 'input_bucket' or 'output_bucket'"));
    }
    List<InputRule> inputs =
        in.flatMap(b -> path(b, inFolder, function + "/input", false)).stream()
            .map(p -> new InputRule(store, p.bucket(), p.folder(), List.of(), List.of()))
            .toList();
    boolean shared = !s.has("output_bucket");
    List<OutputRule> outputs =
        out.flatMap(b -> path(b, outFolder, function + "/output", shared)).stream()
            .map(p -> new OutputRule(store, p.bucket(), p.folder(), List.of(), List.of()))
            .toList();
    if (!outputs.isEmpty()) {
      s.warn(
          Finding.of(
              "SCAR put each run's files below a folder of the request's id; here they go to the"
                  + " output folder itself, so give them names that differ"));
    }
    return new LegacyStorage(inputs, outputs);
  }

  /** The bucket with its own folder, else with the given or usual one. */
  private static Optional<StorageFields.Path> path(
      Field bucket, Optional<Field> folder, String usual, boolean bucketOnly) {
    Optional<StorageFields.Path> own =
        bucket.text().flatMap(text -> StorageFields.path(bucket, text));
    if (own.isEmpty()) {
      return own;
    }
    String name = own.get().bucket();
    boolean carries = !bucketOnly && !own.get().folder().isEmpty();
    if (folder.isPresent()) {
      return folder
          .get()
          .word()
          .flatMap(text -> StorageFields.path(folder.get(), name + "/" + text));
    }
    return carries ? own : StorageFields.path(bucket, name + "/" + usual);
  }
}
