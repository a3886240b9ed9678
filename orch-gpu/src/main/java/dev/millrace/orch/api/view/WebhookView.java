package dev.millrace.orch.api.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a store's notices go, and what came.
 *
 * @param store its name in {@code millrace.yaml}
 * @param path of the API that takes its notices
 * @param tokenFile where the secret lies, on the coordinator's machine; it is never sent
 * @param endpoint where the store itself answers
 * @param buckets those that deployed functions read from
 * @param messages that were understood, pings and test events included
 * @param kept notices that were made durable
 * @param nobodys notices of objects that no function reads
 * @param passed records that tell of no new object that can be input
 * @param malformed messages that are no notices
 * @param strangers requests with a wrong secret or none
 * @param notKept messages whose sender was asked to send them again
 * @param lastAt when one last came, ISO 8601; null before the first
 */
public record WebhookView(
    String store,
    String path,
    String tokenFile,
    String endpoint,
    List<String> buckets,
    long messages,
    long kept,
    long nobodys,
    long passed,
    long malformed,
    long strangers,
    long notKept,
    @Nullable String lastAt) {
  public WebhookView {
    buckets = List.copyOf(buckets);
  }
}
