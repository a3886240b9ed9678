package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.PercentEncoding;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** The fields of a form up to its file, names in lower case, each there once. */
record FormFields(SequencedMap<String, String> values) {
  /** As S3 has it. */
  private static final int FIELDS_MAX_BYTES = 20_000;

  private static final String FILE_NAME = "${filename}";

  private static final Set<String> HEADERS =
      Set.of(
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-md5",
          "content-type",
          "expires");

  /** Fields that say who has signed, and are of no use afterwards. */
  private static final Set<String> OF_THE_SIGNATURE =
      Set.of("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature");

  FormFields {
    values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
  }

  /** Reads up to the file, whose bytes are what {@code parts} gives next. */
  static FormFields read(FormParts parts) throws IOException {
    SequencedMap<String, String> found = new LinkedHashMap<>();
    int left = FIELDS_MAX_BYTES;
    for (Optional<FormParts.Part> part = parts.next(); part.isPresent(); part = parts.next()) {
      String name = part.get().name().toLowerCase(Locale.ROOT);
      if (name.equals("file")) {
        String fileName = part.get().fileName().orElse("");
        found.replaceAll(
            (field, value) -> field.equals("policy") ? value : value.replace(FILE_NAME, fileName));
        return new FormFields(found);
      }
      byte[] value = parts.readNBytes(left + 1);
      left -= value.length + name.length();
      if (left < 0) {
        throw new Refusal(
            ErrorCode.MAX_POST_PRE_DATA_LENGTH_EXCEEDED,
            "Your POST request fields preceding the upload file were too large; at most "
                + FIELDS_MAX_BYTES
                + " bytes.");
      }
      if (found.put(name, PercentEncoding.utf8(value)) != null) {
        throw new Refusal(ErrorCode.INVALID_ARGUMENT, "The form has the field twice: " + name);
      }
    }
    throw new Refusal(
        ErrorCode.INVALID_ARGUMENT, "POST requires exactly one file upload per request.");
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** What of the form a PutObject would have sent as headers. */
  List<SignedRequest.Header> headers() {
    List<SignedRequest.Header> headers = new ArrayList<>();
    for (Map.Entry<String, String> field : values.entrySet()) {
      String name = field.getKey().equals("acl") ? "x-amz-acl" : field.getKey();
      boolean amz = name.startsWith("x-amz-") && !OF_THE_SIGNATURE.contains(name);
      if (amz || HEADERS.contains(name)) {
        headers.add(new SignedRequest.Header(name, headerValue(field)));
      }
    }
    return headers;
  }

  /** The characters of a header's value are its bytes. */
  private static String headerValue(Map.Entry<String, String> field) {
    String value = field.getValue();
    boolean plainName = field.getKey().matches("[a-z0-9!#$%&'*+.^_`|~-]+");
    if (!plainName || value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "A field of the form is no header: " + field.getKey());
    }
    return new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
