package dev.millrace.runtime.container;

/** Tells of pulls in the log. */
public final class LoggedPulls implements PullObserver {
  private static final System.Logger LOG = System.getLogger(LoggedPulls.class.getName());

  @Override
  public void progress(String image, Progress at) {
    LOG.log(
        System.Logger.Level.INFO,
        "image {0}: {1} of {2} layers, {3} of {4} MiB",
        image,
        at.layersDone(),
        at.layers(),
        at.bytes() >> 20,
        at.bytesTotal() >> 20);
  }

  @Override
  public void ended(String image, boolean present) {
    LOG.log(
        System.Logger.Level.INFO,
        present ? "image {0} was pulled" : "image {0} could not be pulled",
        image);
  }
}
