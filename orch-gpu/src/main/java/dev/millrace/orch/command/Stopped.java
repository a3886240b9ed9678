package dev.millrace.orch.command;

/** What is still done when this process is told to stop, unless it was closed before. */
final class Stopped implements AutoCloseable {
  private final Thread thread;

  Stopped(Runnable last) {
    thread = Thread.ofPlatform().unstarted(last);
    Runtime.getRuntime().addShutdownHook(thread);
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      // This process is ending, and the thread at work.
    }
  }
}
