package dev.millrace.schema.ledger;

/**
 * An amount of money.
 *
 * @param nanos whole nano-units of the currency
 * @param currency three upper-case letters, ISO 4217
 */
public record Money(long nanos, String currency) {
  public Money {
    if (!currency.matches("[A-Z]{3}")) {
      throw new IllegalArgumentException("a currency is three capital letters: '" + currency + "'");
    }
  }

  /** So many times this; exact. */
  public Money times(long factor) {
    return new Money(Math.multiplyExact(nanos, factor), currency);
  }
}
