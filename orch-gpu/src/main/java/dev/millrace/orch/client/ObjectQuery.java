package dev.millrace.orch.client;

import org.jspecify.annotations.Nullable;

/**
 * Which objects to list.
 *
 * @param store null for the embedded one
 * @param folders whether keys end at the next slash
 * @param cursor the page before's {@code next}; empty for the first
 * @param max rows, 1 to 1,000
 */
public record ObjectQuery(
    @Nullable String store, String bucket, String prefix, boolean folders, String cursor, int max) {
  String path() {
    return "/v1/objects?bucket="
        + Http.part(bucket)
        + "&max="
        + max
        + (store == null ? "" : "&store=" + Http.part(store))
        + (prefix.isEmpty() ? "" : "&prefix=" + Http.part(prefix))
        + (folders ? "&delimiter=/" : "")
        + (cursor.isEmpty() ? "" : "&cursor=" + Http.part(cursor));
  }
}
