package dev.millrace.orch.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A map of the file, read key by key; {@link #end()} refuses what was never asked for. A variable
 * {@code MILLRACE_API_PORT} overrides {@code api.port}.
 */
final class Section {
  private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*(|B|Ki|Mi|Gi|Ti|k|M|G|T)B?");
  private static final Pattern TIME = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d|)");

  private final String file;
  private final String path;
  private final Map<?, ?> values;
  private final Function<String, @Nullable String> environment;
  private final Set<String> known = new LinkedHashSet<>();

  Section(
      String file, String path, Map<?, ?> values, Function<String, @Nullable String> environment) {
    this.file = file;
    this.path = path;
    this.values = values;
    this.environment = environment;
  }

  private String full(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private ConfigException wrong(String key, Object found, String allowed) {
    return new ConfigException(
        file + ": " + full(key) + " is '" + found + "'; allowed is " + allowed);
  }

  private Optional<Object> value(String key) {
    known.add(key);
    String variable =
        "MILLRACE_" + full(key).toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    String fromEnvironment = environment.apply(variable);
    return fromEnvironment != null
        ? Optional.of(fromEnvironment)
        : Optional.ofNullable(values.get(key));
  }

  Section section(String key) throws ConfigException {
    known.add(key);
    Object found = values.get(key);
    if (found == null) {
      return new Section(file, full(key), Map.of(), environment);
    }
    if (found instanceof Map<?, ?> map) {
      return new Section(file, full(key), map, environment);
    }
    throw wrong(key, found, "a map of keys");
  }

  List<Section> sections(String key) throws ConfigException {
    known.add(key);
    Object found = values.get(key);
    List<Section> sections = new ArrayList<>();
    if (found == null) {
      return sections;
    }
    if (!(found instanceof List<?> list)) {
      throw wrong(key, found, "a list");
    }
    for (Object item : list) {
      if (!(item instanceof Map<?, ?> map)) {
        throw wrong(key, item, "a list of maps");
      }
      sections.add(new Section(file, full(key) + "[" + sections.size() + "]", map, environment));
    }
    return sections;
  }

  Map<String, Section> named(String key) throws ConfigException {
    Section section = section(key);
    Map<String, Section> named = new java.util.LinkedHashMap<>();
    for (Object name : section.values.keySet()) {
      named.put(String.valueOf(name), section.section(String.valueOf(name)));
    }
    return named;
  }

  String text(String key, String otherwise) {
    return value(key).map(String::valueOf).orElse(otherwise);
  }

  <T> T typed(String key, String otherwise, Function<String, T> type) throws ConfigException {
    String text = text(key, otherwise);
    try {
      return type.apply(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(file + ": " + full(key) + ": " + e.getMessage());
    }
  }

  List<String> texts(String key) throws ConfigException {
    Optional<Object> found = value(key);
    if (found.isEmpty()) {
      return List.of();
    }
    if (found.get() instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    return List.of(String.valueOf(found.get()).split("\\s*,\\s*"));
  }

  int number(String key, int otherwise, int least, int most) throws ConfigException {
    String text = text(key, Integer.toString(otherwise));
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong(key, text, "a whole number from " + least + " to " + most);
    }
    throw wrong(key, text, "a whole number from " + least + " to " + most);
  }

  boolean flag(String key, boolean otherwise) throws ConfigException {
    String text = text(key, Boolean.toString(otherwise));
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, text, "true or false");
    };
  }

  Duration time(String key, Duration otherwise) throws ConfigException {
    String text = text(key, otherwise.toMillis() + "ms");
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw wrong(key, text, "a time such as 500ms, 15s, 2m, 1h");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofSeconds(number);
    };
  }

  long bytes(String key, String otherwise) throws ConfigException {
    String text = text(key, otherwise);
    Matcher matcher = SIZE.matcher(text);
    if (!matcher.matches()) {
      throw wrong(key, text, "a size such as 512Mi, 16Gi, 1G");
    }
    long number = Long.parseLong(matcher.group(1));
    return Math.multiplyExact(
        number,
        switch (matcher.group(2)) {
          case "Ki" -> 1L << 10;
          case "Mi" -> 1L << 20;
          case "Gi" -> 1L << 30;
          case "Ti" -> 1L << 40;
          case "k" -> 1_000L;
          case "M" -> 1_000_000L;
          case "G" -> 1_000_000_000L;
          case "T" -> 1_000_000_000_000L;
          default -> 1L;
        });
  }

  Path file(String key, Path base) throws ConfigException {
    Optional<Object> found = value(key);
    if (found.isEmpty()) {
      throw new ConfigException(file + ": " + full(key) + " is missing: the path of a file");
    }
    return base.resolve(String.valueOf(found.get()));
  }

  boolean has(String key) {
    return value(key).isPresent();
  }

  /** Refuses keys that nothing asked for. */
  void end() throws ConfigException {
    for (Object key : values.keySet()) {
      String name = String.valueOf(key);
      if (!known.contains(name)) {
        throw new ConfigException(
            file
                + ": "
                + full(name)
                + " is not a known key"
                + nearest(name).map(n -> "; did you mean '" + n + "'?").orElse("")
                + " Known here: "
                + String.join(", ", known));
      }
    }
  }

  private Optional<String> nearest(String name) {
    String best = null;
    int least = Math.max(2, name.length() / 3) + 1;
    for (String candidate : known) {
      int distance = distance(name, candidate);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j] + 1, row[j - 1] + 1), diagonal + change);
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}
