package dev.millrace.orch.bench;

/**
 * What the machine did meanwhile.
 *
 * @param loadBefore one-minute load average when it began, -1 where the system does not say
 * @param loadAfter the same at the end; what is measured makes load itself
 * @param busyPercent of all processors' time that others used while nothing was measured yet; -1
 *     where the system does not say
 * @param stealPercent of all processors' time that the hypervisor gave to others; -1 likewise
 */
public record Circumstances(
    String system,
    String processor,
    int processors,
    String java,
    double loadBefore,
    double loadAfter,
    double busyPercent,
    double stealPercent) {
  /** Above this, figures say more about the neighbours. */
  public static final double LOAD_QUIET = 2;

  private static final double BUSY_QUIET = 15;
  private static final double STEAL_QUIET = 5;

  /** Whether figures are worth keeping. */
  public boolean quiet() {
    return loadBefore <= LOAD_QUIET && busyPercent <= BUSY_QUIET && stealPercent <= STEAL_QUIET;
  }
}
