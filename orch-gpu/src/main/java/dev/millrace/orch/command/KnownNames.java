package dev.millrace.orch.command;

import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.JobQuery;
import dev.millrace.orch.client.ObjectQuery;
import dev.millrace.schema.function.InputRule;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Names that a coordinator knows and that begin with a word: a page of them, whole. */
final class KnownNames {
  /** So many are offered. */
  static final int MAX = 100;

  private static final String S3 = "s3://";

  private final CoordinatorClient client;
  private final @Nullable String store;

  /**
   * @param store null for the embedded one
   */
  KnownNames(CoordinatorClient client, @Nullable String store) {
    this.client = client;
    this.store = store;
  }

  /** What fits a word, without names that no terminal shows as they are. */
  List<String> of(NameKind kind, String command, String word) throws IOException {
    return named(kind, command, word)
        .filter(name -> name.startsWith(word) && name.equals(Words.printable(name)))
        .limit(MAX)
        .toList();
  }

  private Stream<String> named(NameKind kind, String command, String word) throws IOException {
    return switch (kind) {
      case OBJECT -> objects(word);
      case BUCKET -> buckets();
      case FUNCTION -> client.functions().stream().map(FunctionView::name);
      case JOB ->
          client.jobs(JobQuery.newest(MAX).in(states(command))).jobs().stream()
              .map(job -> job.id().value());
    };
  }

  /** Those that the command can do something to. */
  private static List<String> states(String command) {
    return switch (command) {
      case "cancel" -> StateNames.live();
      case "redrive", "discard" -> List.of("dead", "refused");
      default -> List.of();
    };
  }

  private Stream<String> buckets() throws IOException {
    return client.buckets(store).stream().map(bucket -> bucket.name());
  }

  /** Folders end in a slash, as buckets do: what is in them is the next word's business. */
  private Stream<String> objects(String word) throws IOException {
    int slash = word.startsWith(S3) ? word.indexOf('/', S3.length()) : -1;
    if (slash < 0) {
      return word.startsWith(S3) || S3.startsWith(word)
          ? buckets().map(name -> S3 + name + "/")
          : Stream.empty();
    }
    String bucket = word.substring(S3.length(), slash);
    String prefix = word.substring(slash + 1);
    if (bucket.isEmpty()) {
      return Stream.empty();
    }
    ObjectPage page = client.objects(new ObjectQuery(store, bucket, prefix, true, "", MAX));
    return Stream.concat(page.folders().stream(), page.objects().stream().map(ObjectPage.Row::key))
        .filter(key -> prefix.startsWith(".") || !key.startsWith(InputRule.RESERVED))
        .map(key -> S3 + bucket + "/" + key);
  }
}
