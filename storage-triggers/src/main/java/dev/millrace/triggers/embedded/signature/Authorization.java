package dev.millrace.triggers.embedded.signature;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a client says of its signature, in the Authorization header or in the query.
 *
 * @param timestamp the time as the client wrote it in its string to sign
 * @param lifetime how long a pre-signed URL holds; empty for a signed header
 */
record Authorization(
    Scope scope,
    List<String> signedHeaders,
    String signature,
    Timestamp timestamp,
    Optional<Duration> lifetime) {

  /** A time of signing and its ISO 8601 basic form. */
  record Timestamp(Instant instant, String text) {}

  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final long LIFETIME_MAX_SECONDS = Duration.ofDays(7).toSeconds();
  private static final DateTimeFormatter BASIC =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);

  static Authorization of(SignedRequest request) {
    Query query = request.query();
    if (isIn(query)) {
      return fromQuery(query);
    }
    Optional<String> header = request.header("authorization");
    if (header.isPresent()) {
      return fromHeader(request, header.get());
    }
    throw new Refusal(
        ErrorCode.ACCESS_DENIED, "Anonymous requests are refused: sign with an access key.");
  }

  static boolean isIn(Query query) {
    return query.has("X-Amz-Signature") || query.has("X-Amz-Credential");
  }

  private static Authorization fromQuery(Query query) {
    ErrorCode malformed = ErrorCode.AUTHORIZATION_QUERY_PARAMETERS_ERROR;
    if (!required(query, "X-Amz-Algorithm").equals(ALGORITHM)) {
      throw new Refusal(malformed, "X-Amz-Algorithm only supports " + ALGORITHM + ".");
    }
    Duration lifetime = lifetime(required(query, "X-Amz-Expires"));
    return new Authorization(
        Scope.parse(required(query, "X-Amz-Credential"), malformed),
        names(required(query, "X-Amz-SignedHeaders")),
        required(query, "X-Amz-Signature"),
        basicTime(required(query, "X-Amz-Date"), malformed),
        Optional.of(lifetime));
  }

  private static Duration lifetime(String text) {
    long seconds = -1;
    if (text.matches("[0-9]{1,9}")) {
      seconds = Long.parseLong(text);
    }
    if (seconds < 1 || seconds > LIFETIME_MAX_SECONDS) {
      throw new Refusal(
          ErrorCode.AUTHORIZATION_QUERY_PARAMETERS_ERROR,
          "X-Amz-Expires must be 1 to " + LIFETIME_MAX_SECONDS + " seconds: " + text);
    }
    return Duration.ofSeconds(seconds);
  }

  private static Authorization fromHeader(SignedRequest request, String header) {
    ErrorCode malformed = ErrorCode.AUTHORIZATION_HEADER_MALFORMED;
    if (!header.startsWith(ALGORITHM + " ")) {
      throw new Refusal(
          ErrorCode.INVALID_REQUEST, "The authorization mechanism must be " + ALGORITHM + ".");
    }
    Map<String, String> fields = new HashMap<>();
    for (String field : header.substring(ALGORITHM.length()).split(",", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.put(field.substring(0, equals).strip(), field.substring(equals + 1).strip());
      }
    }
    for (String name : List.of("Credential", "SignedHeaders", "Signature")) {
      if (!fields.containsKey(name)) {
        throw new Refusal(malformed, "The authorization header is missing " + name + ".");
      }
    }
    return new Authorization(
        Scope.parse(fields.getOrDefault("Credential", ""), malformed),
        names(fields.getOrDefault("SignedHeaders", "")),
        fields.getOrDefault("Signature", ""),
        headerTime(request),
        Optional.empty());
  }

  private static List<String> names(String list) {
    return List.of(list.toLowerCase(Locale.ROOT).split(";", -1));
  }

  static Timestamp headerTime(SignedRequest request) {
    Optional<String> amzDate = request.header("x-amz-date");
    if (amzDate.isPresent()) {
      return basicTime(amzDate.get(), ErrorCode.ACCESS_DENIED);
    }
    String date =
        request
            .header("date")
            .orElseThrow(
                () -> new Refusal(ErrorCode.ACCESS_DENIED, "x-amz-date or Date is required."));
    try {
      Instant instant = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return new Timestamp(instant, BASIC.format(instant.atZone(ZoneOffset.UTC)));
    } catch (DateTimeParseException e) {
      return basicTime(date, ErrorCode.ACCESS_DENIED);
    }
  }

  private static Timestamp basicTime(String text, ErrorCode malformed) {
    try {
      return new Timestamp(LocalDateTime.parse(text, BASIC).toInstant(ZoneOffset.UTC), text);
    } catch (DateTimeParseException e) {
      throw new Refusal(malformed, "Not a time as YYYYMMDDTHHMMSSZ: " + text);
    }
  }

  private static String required(Query query, String name) {
    return query
        .first(name)
        .orElseThrow(() ->
            new Refusal(
                ErrorCode.AUTHORIZATION_QUERY_PARAMETERS_ERROR,
                "Query-string authentication needs " + name + "."));
  }
}
