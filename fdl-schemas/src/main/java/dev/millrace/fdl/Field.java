package dev.millrace.fdl;

import dev.millrace.fdl.yaml.Node;
import dev.millrace.fdl.yaml.Spot;
import dev.millrace.schema.fleet.MemoryMib;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A value at its place. It takes the type that it is asked for; when it cannot, that is a problem
 * and the answer is empty.
 */
record Field(Node node, String path, Problems problems) {
  private static final Pattern WHOLE = Pattern.compile("[+-]?(0|[1-9]\\d*)");
  private static final Set<String> YES = Set.of("true", "yes", "on");
  private static final Set<String> NO = Set.of("false", "no", "off");
  private static final int MAX_CORES = 4096;

  Spot spot() {
    return node.spot();
  }

  void error(Finding finding) {
    problems.error(spot(), path, finding);
  }

  void warn(Finding finding) {
    problems.warn(spot(), path, finding);
  }

  <T> Optional<T> fail(Finding finding) {
    error(finding);
    return Optional.empty();
  }

  /** The text, as it was written. */
  Optional<String> text() {
    return node instanceof Node.Scalar scalar ? Optional.of(scalar.text()) : notThis("text");
  }

  /** The text, which may not be blank, without space around it. */
  Optional<String> word() {
    Optional<String> text = text();
    return text.isPresent() && text.get().isBlank()
        ? fail(Finding.of("must not be empty"))
        : text.map(String::strip);
  }

  /** Whatever a record's constructor accepts; its message is the problem. */
  <T> Optional<T> made(Function<String, T> constructor) {
    Optional<String> word = word();
    try {
      return word.map(constructor);
    } catch (IllegalArgumentException e) {
      return fail(Finding.of(Finding.printable(String.valueOf(e.getMessage()), 200)));
    }
  }

  /** A whole number in decimal. */
  Optional<Integer> whole(int min, int max) {
    String allowed = "a whole number from " + min + " to " + max;
    Optional<String> text = word();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String digits = text.get();
    if (!WHOLE.matcher(digits).matches() || digits.length() > 20) {
      return fail(Finding.of("not a whole number", digits, allowed));
    }
    BigInteger number = new BigInteger(digits);
    boolean inside =
        number.compareTo(BigInteger.valueOf(min)) >= 0
            && number.compareTo(BigInteger.valueOf(max)) <= 0;
    return inside
        ? Optional.of(number.intValueExact())
        : fail(Finding.of("out of range", digits, allowed));
  }

  Optional<Boolean> flag() {
    return word()
        .flatMap(text -> {
          String low = text.toLowerCase(Locale.ROOT);
          if (YES.contains(low)) {
            return Optional.of(true);
          }
          return NO.contains(low)
              ? Optional.of(false)
              : fail(Finding.of("neither true nor false", text, "true or false"));
        });
  }

  /** One of an enum's words, in lower case. */
  <E extends Enum<E>> Optional<E> oneOf(Class<E> words) {
    return word()
        .flatMap(text -> {
          for (E each : words.getEnumConstants()) {
            if (each.name().equalsIgnoreCase(text)) {
              return Optional.of(each);
            }
          }
          List<String> known =
              Arrays.stream(words.getEnumConstants())
                  .map(e -> e.name().toLowerCase(Locale.ROOT))
                  .toList();
          return fail(
              Finding.of("unknown word", text, String.join(", ", known))
                  .near(Nearest.to(text, known)));
        });
  }

  Optional<Duration> duration(Duration min, Duration max) {
    return word()
        .flatMap(text -> {
          Optional<Duration> read = Period.of(text);
          if (read.isEmpty()) {
            return fail(Finding.of("not a duration", text, Period.FORMS));
          }
          boolean inside = read.get().compareTo(min) >= 0 && read.get().compareTo(max) <= 0;
          String range = Period.shown(min) + " to " + Period.shown(max);
          return inside ? read : fail(Finding.of("out of range", text, range));
        });
  }

  /** An amount of memory, rounded up to MiB. */
  Optional<MemoryMib> memory() {
    return word()
        .flatMap(text -> {
          Optional<BigDecimal> bytes = Quantity.of(text);
          if (bytes.isEmpty()) {
            return fail(
                Finding.of("not an amount of memory", text, Quantity.MEMORY_FORMS)
                    .near(kubernetesUnit(text)));
          }
          if (bytes.get().compareTo(BigDecimal.valueOf(1024 * 1024)) < 0) {
            Finding small =
                Finding.of("less than 1 MiB; a bare number is bytes", text, "1Mi or more");
            boolean bare = WHOLE.matcher(text).matches() && !text.equals("0");
            return fail(bare ? small.near(Optional.of(text + "Mi")) : small);
          }
          Optional<MemoryMib> mib = Quantity.mib(bytes.get());
          return mib.isPresent() ? mib : fail(Finding.of("out of range", text, "1Mi to 2047Ti"));
        });
  }

  private static Optional<String> kubernetesUnit(String text) {
    String repaired = text.replaceFirst("(?i)\\s*([kmgt])i?b$", "$1i").replaceFirst("ki$", "Ki");
    String known = repaired.length() < 2 ? repaired : capital(repaired);
    return !known.equals(text) && Quantity.of(known).isPresent()
        ? Optional.of(known)
        : Optional.empty();
  }

  private static String capital(String text) {
    int unit = text.length() - 2;
    return text.substring(0, unit) + Character.toUpperCase(text.charAt(unit)) + "i";
  }

  /** Thousandths of a processor, rounded up. */
  Optional<Integer> cpuMillis() {
    return word()
        .flatMap(text -> {
          Optional<BigDecimal> cores = Quantity.of(text);
          if (cores.isEmpty()) {
            return fail(Finding.of("not an amount of CPU", text, Quantity.CPU_FORMS));
          }
          boolean inside =
              cores.get().signum() > 0 && cores.get().compareTo(BigDecimal.valueOf(MAX_CORES)) <= 0;
          return inside
              ? Optional.of(
                  cores.get().movePointRight(3).setScale(0, RoundingMode.CEILING).intValueExact())
              : fail(Finding.of("out of range", text, "more than 0, at most " + MAX_CORES));
        });
  }

  /** The elements of a list; none, and a problem, when it is no list. */
  List<Field> items() {
    if (!(node instanceof Node.Sequence list)) {
      notThis("a list");
      return List.of();
    }
    List<Field> fields = new ArrayList<>();
    for (Node item : list.items()) {
      fields.add(new Field(item, path + "[" + fields.size() + "]", problems));
    }
    return fields;
  }

  /** A map to take keys from. */
  Optional<Section> section() {
    return node instanceof Node.Mapping map
        ? Optional.of(new Section(map, path, problems))
        : notThis("a map");
  }

  /** A list of texts; a single text is a list of one. */
  List<String> texts() {
    if (node instanceof Node.Scalar) {
      return text().stream().toList();
    }
    return items().stream().flatMap(f -> f.text().stream()).toList();
  }

  boolean isMap() {
    return node instanceof Node.Mapping;
  }

  boolean isText() {
    return node instanceof Node.Scalar;
  }

  boolean isNull() {
    return node instanceof Node.Scalar scalar && scalar.isNull();
  }

  /** Whether it says nothing: null, an empty list or map. */
  boolean isEmpty() {
    return switch (node) {
      case Node.Scalar scalar -> scalar.isNull() || scalar.text().isEmpty();
      case Node.Sequence list -> list.items().isEmpty();
      case Node.Mapping map -> map.entries().isEmpty();
    };
  }

  /** Whether it is a flag that says no. */
  boolean isOff() {
    return node instanceof Node.Scalar scalar
        && NO.contains(scalar.text().strip().toLowerCase(Locale.ROOT));
  }

  /** The keys of a map, sorted; empty for others. */
  Set<String> keys() {
    Set<String> keys = new TreeSet<>();
    if (node instanceof Node.Mapping map) {
      map.entries().forEach(e -> keys.add(e.key().text()));
    }
    return keys;
  }

  private <T> Optional<T> notThis(String expected) {
    String kind =
        switch (node) {
          case Node.Scalar scalar -> scalar.isNull() ? "nothing" : "text";
          case Node.Sequence list -> "a list";
          case Node.Mapping map -> "a map";
        };
    return fail(new Finding("must be " + expected + ", not " + kind, null, null, null));
  }
}
