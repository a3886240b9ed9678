package dev.millrace.orch.api.view;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A token to be made.
 *
 * @param name what people call it, 1 to 100 characters
 * @param role {@code admin}, {@code tenant} or {@code viewer}
 * @param expiresAt from when on it is worth nothing; null for never
 */
public record TokenRequest(String name, String role, @Nullable Instant expiresAt) {
  private static final int LONGEST = 100;

  public TokenRequest {
    if (name.isBlank() || name.length() > LONGEST || !name.chars().allMatch(c -> c >= ' ')) {
      throw new IllegalArgumentException("name must have 1 to " + LONGEST + " plain characters");
    }
  }
}
