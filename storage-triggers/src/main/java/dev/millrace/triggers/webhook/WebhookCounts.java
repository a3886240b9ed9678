package dev.millrace.triggers.webhook;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one store's door has seen since it was opened.
 *
 * @param messages that were understood, pings and test events included
 * @param kept notices that were made durable
 * @param nobodys notices of objects that no function reads: nothing was kept of them
 * @param passed records that tell of no new object that can be input
 * @param malformed messages that are no notices
 * @param strangers requests with a wrong secret or none
 * @param notKept messages whose sender was asked to send them again
 * @param lastAt when a message last came from someone who may; null before the first
 */
public record WebhookCounts(
    long messages,
    long kept,
    long nobodys,
    long passed,
    long malformed,
    long strangers,
    long notKept,
    @Nullable Instant lastAt) {}
