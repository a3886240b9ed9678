package dev.millrace.fdl;

import dev.millrace.schema.fleet.MemoryMib;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Amounts as Kubernetes writes them ("Quantity" in its API reference): a decimal number with {@code
 * m}, {@code k M G T P}, {@code Ki Mi Gi Ti Pi} or an exponent.
 */
final class Quantity {
  static final String MEMORY_FORMS = "bytes, or a number with Ki Mi Gi Ti or k M G T";
  static final String CPU_FORMS = "cores such as 0.5 or 2, or thousandths such as 500m";
  private static final BigDecimal MIB = BigDecimal.valueOf(1024 * 1024);
  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{1,18}(?:\\.\\d{0,9})?|\\.\\d{1,9})(?:[eE]([+-]?\\d{1,2})|([A-Za-z]{0,2}))");
  private static final Map<String, BigDecimal> FACTORS =
      Map.ofEntries(
          Map.entry("", BigDecimal.ONE),
          Map.entry("m", new BigDecimal("0.001")),
          Map.entry("k", BigDecimal.TEN.pow(3)),
          Map.entry("M", BigDecimal.TEN.pow(6)),
          Map.entry("G", BigDecimal.TEN.pow(9)),
          Map.entry("T", BigDecimal.TEN.pow(12)),
          Map.entry("P", BigDecimal.TEN.pow(15)),
          Map.entry("Ki", two(10)),
          Map.entry("Mi", two(20)),
          Map.entry("Gi", two(30)),
          Map.entry("Ti", two(40)),
          Map.entry("Pi", two(50)));

  private Quantity() {}

  /** The number of units; empty when this is no quantity. */
  static Optional<BigDecimal> of(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    BigDecimal number = new BigDecimal(form.group(1));
    if (form.group(2) != null) {
      return Optional.of(number.scaleByPowerOfTen(Integer.parseInt(form.group(2))));
    }
    return Optional.ofNullable(FACTORS.get(form.group(3))).map(number::multiply);
  }

  /** So many bytes in whole MiB, rounded up. */
  static Optional<MemoryMib> mib(BigDecimal bytes) {
    BigDecimal mib = bytes.divide(MIB, 0, RoundingMode.CEILING);
    return mib.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0
        ? Optional.empty()
        : Optional.of(new MemoryMib(mib.longValueExact()));
  }

  private static BigDecimal two(int power) {
    return BigDecimal.TWO.pow(power);
  }
}
