package dev.millrace.runtime.container;

/** Is told of images that are pulled, every few seconds. */
public interface PullObserver {
  /**
   * How far a pull is.
   *
   * @param layers that are known so far
   * @param bytesTotal of the layers whose size is known so far
   */
  record Progress(int layersDone, int layers, long bytes, long bytesTotal) {}

  /** It goes on. */
  void progress(String image, Progress progress);

  /** It is over. */
  void ended(String image, boolean present);
}
