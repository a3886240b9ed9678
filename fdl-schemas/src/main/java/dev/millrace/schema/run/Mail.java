package dev.millrace.schema.run;

import dev.millrace.schema.id.ProviderId;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a provider and its coordinator speak through the intermediate bucket alone. The coordinator
 * leaves a box of pre-signed URLs under the provider's prefix; the provider puts a request to one
 * of them, where none is ({@code If-None-Match: *}); the coordinator takes it away, does what is
 * asked, and leaves an answer under the provider's prefix. Each is signed by who wrote it, and the
 * answer sealed to who asked.
 */
public final class Mail {
  /** Under this, requests lie; no provider can read there. */
  public static final String REQUESTS = ".millrace/mail/";

  /** Operation: the body is an introduction's line, the answer a welcome's. */
  public static final String INTRODUCE = "introduce";

  /** With a provider's name in the shape that {@link ProviderId} takes. */
  private static final Pattern REQUEST =
      Pattern.compile("\\.millrace/mail/([a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?)/[0-9]{1,4}");

  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final String FOLDER = "/.mail/";

  private Mail() {}

  /**
   * What the coordinator leaves for a provider.
   *
   * @param slots URLs to put requests to, each free again once its request was taken away
   */
  public record Box(ProviderId provider, List<URI> slots) {
    /** Type tag of the signed form. */
    public static final String TYPE = "millrace.mailbox.v1";

    public Box {
      Objects.requireNonNull(provider, "provider");
      slots = List.copyOf(slots);
    }
  }

  /**
   * What a provider asks; doing it twice does no harm.
   *
   * @param id names the answer; 32 hex digits, not used before
   * @param operation {@link #INTRODUCE}, or one of the run channel
   * @param sealTo key of this request alone
   * @param token with an introduction; empty otherwise
   * @param received answers that have been read, and may be taken away
   */
  public record Request(
      ProviderId provider,
      String id,
      String operation,
      String body,
      String sealTo,
      String token,
      List<String> received) {
    /** Type tag of the signed form. */
    public static final String TYPE = "millrace.request.v1";

    private static final int RECEIVED_MAX = 256;

    public Request {
      received = List.copyOf(received);
      Objects.requireNonNull(provider, "provider");
      Objects.requireNonNull(operation, "operation");
      Objects.requireNonNull(body, "body");
      Objects.requireNonNull(sealTo, "sealTo");
      Objects.requireNonNull(token, "token");
      if (received.size() > RECEIVED_MAX) {
        throw new IllegalArgumentException(
            "a request says of at most " + RECEIVED_MAX + " answers that they have been read");
      }
      requireId(id);
      received.forEach(Mail::requireId);
    }

    @Override
    public String toString() {
      return "Request[" + provider + ", " + id + ", " + operation + "]";
    }
  }

  /**
   * What the coordinator answers.
   *
   * @param status as of HTTP
   * @param sealed the body, for who asked alone
   */
  public record Answer(ProviderId provider, String id, int status, String sealed) {
    /** Type tag of the signed form. */
    public static final String TYPE = "millrace.answer.v1";

    public Answer {
      Objects.requireNonNull(provider, "provider");
      Objects.requireNonNull(sealed, "sealed");
      requireId(id);
    }
  }

  private static void requireId(String id) {
    if (!ID.matcher(Objects.requireNonNull(id, "id")).matches()) {
      throw new IllegalArgumentException("a request's id is 32 hex digits: '" + id + "'");
    }
  }

  /** Where a provider's box lies, below {@code orders/PROVIDER}. */
  public static String box(ProviderId provider) {
    return folder(provider) + "box";
  }

  /** What keys of box and answers begin with. */
  public static String folder(ProviderId provider) {
    return "orders/" + provider + FOLDER;
  }

  /** What keys of marks begin with, by which a key of the store for the folder's prefix holds. */
  public static String marks(ProviderId provider) {
    return folder(provider) + "key-";
  }

  /** Where the answer to a request lies. */
  public static String answer(ProviderId provider, String id) {
    return folder(provider) + id;
  }

  /** Where a slot's request lies. */
  public static String request(ProviderId provider, int slot) {
    return REQUESTS + provider + "/" + slot;
  }

  /** Whose request lies there; empty when none would. */
  public static Optional<ProviderId> requester(String key) {
    Matcher parts = REQUEST.matcher(key);
    return parts.matches() ? Optional.of(new ProviderId(parts.group(1))) : Optional.empty();
  }

  /** Whether this is mail, and so no order. */
  public static boolean is(String key) {
    return key.startsWith(REQUESTS) || key.contains(FOLDER);
  }
}
