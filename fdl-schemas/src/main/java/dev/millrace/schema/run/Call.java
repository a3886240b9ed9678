package dev.millrace.schema.run;

import dev.millrace.schema.id.ProviderId;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * How a provider shows, with each call over HTTP, that it has the key that it introduced itself
 * with. Signed by that key, and sent as a line of {@link #PROOF} beside the body.
 *
 * @param request method and path with its query, for instance {@code POST /v1/runs/claim}
 * @param sha256 of the body, in hex
 * @param challenge as the coordinator gave it in {@link #CHALLENGE}
 * @param number not used before with this challenge, 0 to {@link #NUMBER_MAX}; roughly ascending
 */
public record Call(
    ProviderId provider, String request, String sha256, String challenge, long number) {
  /** Type tag of the signed form. */
  public static final String TYPE = "millrace.call.v1";

  /** Header of a request: the signed form's line. */
  public static final String PROOF = "Millrace-Proof";

  /** Header of an answer: what the next calls are to be signed with. */
  public static final String CHALLENGE = "Millrace-Challenge";

  /** The highest number: every reader of JSON takes it as it stands. */
  public static final long NUMBER_MAX = 1L << 53;

  private static final Pattern SHAPE = Pattern.compile("[0-9a-z-]{1,64}");

  public Call {
    Objects.requireNonNull(provider, "provider");
    Objects.requireNonNull(request, "request");
    Objects.requireNonNull(sha256, "sha256");
    if (!isChallenge(Objects.requireNonNull(challenge, "challenge"))) {
      throw new IllegalArgumentException(
          "a challenge is 1 to 64 letters, digits or dashes, not '" + challenge + "'");
    }
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException(
          "a call's number is 0 to " + NUMBER_MAX + ", counted up from 0: " + number);
    }
  }

  /** Whether a text has a challenge's shape. */
  public static boolean isChallenge(String text) {
    return SHAPE.matcher(text).matches();
  }
}
