package dev.millrace.runtime.discovery;

import java.io.IOException;

/** Devices may be there, but what the host says of them cannot be understood. */
public final class DiscoveryProblem extends IOException {
  private static final long serialVersionUID = 1L;

  public DiscoveryProblem(String message) {
    super(message);
  }

  public DiscoveryProblem(String message, Throwable cause) {
    super(message, cause);
  }
}
