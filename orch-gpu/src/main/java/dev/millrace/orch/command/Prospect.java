package dev.millrace.orch.command;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;

/** Whether what is awaited may still come. */
@FunctionalInterface
interface Prospect {
  /** Looks again; the reason when it certainly does not come any more. */
  Optional<String> look() throws IOException;

  /**
   * The same, where who cannot ask now knows nothing.
   *
   * @param unknown what becomes of it then
   */
  static Optional<String> ask(Prospect asked, Runnable unknown) throws IOException {
    try {
      return asked.look();
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      // This token may not ask, or nobody answers now: the wait goes on.
      unknown.run();
      return Optional.empty();
    }
  }
}
