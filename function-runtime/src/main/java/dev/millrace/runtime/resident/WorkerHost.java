package dev.millrace.runtime.resident;

import dev.millrace.runtime.runner.RunPlan;

/**
 * Starts workers: as processes, or in containers. What an earlier process of the provider left is
 * ended before the first one starts. Safe for many threads.
 */
public interface WorkerHost extends AutoCloseable {
  /** Whether a job like this one is done by something that is kept. */
  boolean takes(RunPlan plan);

  /** Starts a worker for jobs like this one. */
  Launch launch(RunPlan plan) throws InterruptedException;

  /** Ends what is left of its workers. */
  @Override
  void close();

  /** The outcome of starting a worker. */
  sealed interface Launch {
    /** It was started; whether it speaks the protocol is not known yet. */
    record Launched(Conversation conversation) implements Launch {}

    /** Nothing can be kept of this function: the job is run as any other. */
    record LeftAlone() implements Launch {}

    /**
     * It was not, and nothing of it is left.
     *
     * @param reason for people: the thing, and what to do
     * @param retryable whether another try can help
     */
    record NotLaunched(String reason, boolean retryable) implements Launch {}
  }
}
