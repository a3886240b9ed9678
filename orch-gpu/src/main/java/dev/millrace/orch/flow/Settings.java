package dev.millrace.orch.flow;

import java.time.Duration;

/**
 * How patient the coordinator is.
 *
 * @param ordersBucket the intermediate bucket
 * @param leaseDuration a lease whose counter has not moved for this long is dead
 * @param claimWithin an order that is not claimed within this is withdrawn
 * @param manifestPoll how often the output bucket is looked at for a manifest that nobody announced
 * @param stopGrace beyond a function's timeout, by when its runner has stopped it
 * @param lossesMax attempts that may end without a word before a job is dead
 * @param logMaxBytes of a run's log that are kept
 * @param stageOrders false leaves the staging to whoever exports the order
 */
public record Settings(
    String ordersBucket,
    Duration leaseDuration,
    Duration claimWithin,
    Duration manifestPoll,
    Duration stopGrace,
    int lossesMax,
    long logMaxBytes,
    boolean stageOrders) {
  /** For one machine. */
  public static Settings defaults() {
    return new Settings(
        "millrace-orders",
        Duration.ofSeconds(15),
        Duration.ofSeconds(60),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        10,
        1 << 20,
        true);
  }
}
