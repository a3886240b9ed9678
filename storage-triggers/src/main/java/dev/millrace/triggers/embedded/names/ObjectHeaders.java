package dev.millrace.triggers.embedded.names;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The headers that are kept with an object and given back with it: content headers and user
 * metadata, names in lower case.
 */
public record ObjectHeaders(SequencedMap<String, String> values) {
  /** What names of user metadata begin with. */
  public static final String META = "x-amz-meta-";

  /** No headers. */
  public static final ObjectHeaders NONE = new ObjectHeaders(new LinkedHashMap<>());

  public ObjectHeaders {
    for (Map.Entry<String, String> header : values.entrySet()) {
      if (header.getKey().contains("\n")
          || header.getKey().contains(":")
          || header.getValue().contains("\n")) {
        throw new IllegalArgumentException("Not a header: " + header.getKey());
      }
    }
    values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
  }

  /** The value of a header, named in lower case. */
  public Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** One line a header, as in HTTP: readable in the database, and no value can break out. */
  String text() {
    StringBuilder out = new StringBuilder();
    values.forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
    return out.toString();
  }

  static ObjectHeaders parse(String text) {
    SequencedMap<String, String> values = new LinkedHashMap<>();
    for (String line : text.split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        values.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    return new ObjectHeaders(values);
  }
}
