package dev.millrace.fdl;

import dev.millrace.schema.function.Price;
import dev.millrace.schema.ledger.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code price}; the ledger counts in whole billionths of the currency per MiB-second. */
final class PriceFields {
  private static final Pattern AMOUNT =
      Pattern.compile("\\d{1,12}(\\.\\d{1,18})?([eE]-?\\d{1,2})?");
  private static final BigDecimal MIB_SECONDS = BigDecimal.valueOf(1024L * 3600);
  private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000_000);

  private PriceFields() {}

  static Optional<Price> read(Section s) {
    int before = s.problems().errors();
    Optional<Field> fine = s.field("per_mib_second");
    Optional<Field> coarse = s.field("per_gib_hour");
    Optional<String> currency =
        s.required("currency")
            .flatMap(f -> f.made(text -> new Money(0, text)))
            .map(Money::currency);
    s.refuseUnknown();
    if (fine.isPresent() == coarse.isPresent()) {
      s.error(Finding.of("needs either 'per_mib_second' or 'per_gib_hour'"));
      return Optional.empty();
    }
    Optional<Long> nanos =
        fine.isPresent()
            ? fine.flatMap(f -> nanos(f, BigDecimal.ONE))
            : coarse.flatMap(f -> nanos(f, MIB_SECONDS));
    if (s.problems().errors() > before || nanos.isEmpty() || currency.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new Price(new Money(nanos.get(), currency.get())));
  }

  private static Optional<Long> nanos(Field field, BigDecimal units) {
    Optional<String> text = field.word();
    if (text.isEmpty()) {
      return Optional.empty();
    }
    if (!AMOUNT.matcher(text.get()).matches()) {
      return field.fail(Finding.of("not an amount", text.get(), "a decimal such as 0.05"));
    }
    BigDecimal exact =
        new BigDecimal(text.get()).movePointRight(9).divide(units, 12, RoundingMode.HALF_UP);
    BigDecimal whole = exact.setScale(0, RoundingMode.HALF_UP);
    if (whole.compareTo(MOST) > 0) {
      return field.fail(Finding.of("out of range", text.get(), "less"));
    }
    if (whole.signum() == 0 && new BigDecimal(text.get()).signum() != 0) {
      return field.fail(
          Finding.of("less than a billionth of the currency per MiB-second", text.get(), "more"));
    }
    BigDecimal off = exact.subtract(whole).abs().multiply(BigDecimal.valueOf(100));
    if (off.compareTo(exact) > 0) {
      field.warn(Finding.of("rounded to " + whole + " billionths per MiB-second"));
    }
    return Optional.of(whole.longValueExact());
  }
}
