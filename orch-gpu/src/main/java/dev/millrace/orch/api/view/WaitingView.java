package dev.millrace.orch.api.view;

/**
 * Notices of a store that wait for a look at their object.
 *
 * @param store its name in {@code millrace.yaml}; {@code millrace.default} is the embedded one
 * @param notices how many wait
 * @param oldest the object of the first of them, as {@code s3://bucket/key}
 * @param oldestAt when that notice came, ISO 8601
 * @param away whether the store did not answer when this coordinator asked it last: it is asked
 *     again by itself, after a pause of half a minute at most
 */
public record WaitingView(
    String store, long notices, String oldest, String oldestAt, boolean away) {}
