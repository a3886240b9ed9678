package dev.millrace.fdl;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Sharing;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads {@code accelerator}: one word ({@code gpu}), or a map.
 *
 * <p>A device whose memory is named is shared, and takes the smallest share of compute unless told
 * otherwise, so that memory alone decides how many fit. A device whose memory is not named is taken
 * whole: how much it would need is not known.
 */
final class AcceleratorFields {
  private static final String NONE = "none";
  private static final int MODEL_MAX = 100;

  private AcceleratorFields() {}

  /** A whole GPU to oneself. */
  static AcceleratorRequest wholeGpu() {
    return whole(AcceleratorKind.GPU);
  }

  /**
   * What a function without an accelerator takes of its host's CPU: its memory, and its processors
   * in percent of one core. How many cores a host has, and so what share of it this is, is known
   * only where the function is placed.
   */
  static AcceleratorRequest cpuShare(MemoryMib memory, int cpuMillis) {
    return AcceleratorRequest.cpu(memory, percentOfCore(cpuMillis));
  }

  static int percentOfCore(int cpuMillis) {
    return Math.min(100, Math.max(1, Math.ceilDiv(cpuMillis, 10)));
  }

  static Optional<AcceleratorRequest> read(Field field, MemoryMib memory, int cpuMillis) {
    if (field.isText()) {
      boolean none = field.text().filter(NONE::equalsIgnoreCase).isPresent();
      return none
          ? Optional.of(cpuShare(memory, cpuMillis))
          : field
              .oneOf(AcceleratorKind.class)
              .map(k -> k == AcceleratorKind.CPU ? cpuShare(memory, cpuMillis) : whole(k));
    }
    return field.section().flatMap(section -> read(section, memory, cpuMillis));
  }

  private static Optional<AcceleratorRequest> read(Section s, MemoryMib memory, int cpuMillis) {
    int before = s.problems().errors();
    Optional<AcceleratorKind> kind =
        s.required("kind").flatMap(f -> f.oneOf(AcceleratorKind.class));
    boolean cpu = kind.filter(k -> k == AcceleratorKind.CPU).isPresent();
    int count = s.field("count").flatMap(f -> f.whole(1, cpu ? 1 : 64)).orElse(1);
    Optional<MemoryMib> own = s.field("memory").flatMap(Field::memory);
    Optional<String> model = s.field("model").flatMap(AcceleratorFields::model);
    OptionalInt compute =
        s.field("compute").map(AcceleratorFields::percent).orElse(OptionalInt.empty());
    boolean shared = cpu || own.isPresent() || compute.isPresent();
    Sharing sharing =
        s.field("sharing")
            .flatMap(f -> f.oneOf(Sharing.class))
            .orElse(shared ? Sharing.SHARED : Sharing.EXCLUSIVE);
    boolean remote = s.field("remote").flatMap(Field::flag).orElse(false);
    Enforcement enforcement =
        s.field("enforcement").flatMap(f -> f.oneOf(Enforcement.class)).orElse(Enforcement.NONE);
    s.refuseUnknown();
    if (!cpu && sharing == Sharing.SHARED && own.isEmpty()) {
      s.error(Finding.of("a shared accelerator needs 'memory': how much of it the function uses"));
    }
    if (s.problems().errors() > before) {
      return Optional.empty();
    }
    int percent =
        compute.orElse(cpu ? percentOfCore(cpuMillis) : sharing == Sharing.EXCLUSIVE ? 100 : 1);
    MemoryMib needed = own.orElse(cpu ? memory : MemoryMib.ZERO);
    return kind.map(k ->
        new AcceleratorRequest(
            k, count, needed, model.orElse(null), percent, sharing, remote, enforcement));
  }

  private static AcceleratorRequest whole(AcceleratorKind kind) {
    return new AcceleratorRequest(
        kind, 1, MemoryMib.ZERO, null, 100, Sharing.EXCLUSIVE, false, Enforcement.NONE);
  }

  private static Optional<String> model(Field field) {
    return field
        .word()
        .flatMap(text ->
            text.length() <= MODEL_MAX
                ? Optional.of(text)
                : field.fail(Finding.of("longer than " + MODEL_MAX + " characters")));
  }

  /** {@code 40} or {@code 40%}. */
  private static OptionalInt percent(Field field) {
    Optional<String> text = field.word();
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    String digits = text.get().toLowerCase(Locale.ROOT).replaceFirst("\\s*%$", "");
    boolean good = digits.matches("\\d{1,3}");
    int percent = good ? Integer.parseInt(digits) : 0;
    if (percent < 1 || percent > 100) {
      field.error(Finding.of("not a share", text.get(), "1 to 100, in percent of the device"));
      return OptionalInt.empty();
    }
    return OptionalInt.of(percent);
  }
}
