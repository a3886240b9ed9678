package dev.millrace.triggers.embedded.signature;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The query of a request, decoded, in the order of the client. */
public record Query(List<Parameter> parameters) {

  /** One name and its value; a name alone has an empty value. */
  public record Parameter(String name, String value) {}

  public Query {
    parameters = List.copyOf(parameters);
  }

  /** Reads a raw query without its question mark. */
  public static Query parse(String raw) {
    List<Parameter> parameters = new ArrayList<>();
    for (String pair : raw.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        parameters.add(new Parameter(text(name), text(value)));
      }
    }
    return new Query(parameters);
  }

  /** The first value of that name. */
  public Optional<String> first(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(Parameter::value)
        .findFirst();
  }

  /** The first value of that name, whatever its case: headers moved into a pre-signed URL. */
  public Optional<String> firstIgnoringCase(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equalsIgnoreCase(name))
        .map(Parameter::value)
        .findFirst();
  }

  /** Whether the name is there, with or without a value. */
  public boolean has(String name) {
    return first(name).isPresent();
  }

  private static String text(String raw) {
    return PercentEncoding.utf8(PercentEncoding.decode(raw, true));
  }
}
