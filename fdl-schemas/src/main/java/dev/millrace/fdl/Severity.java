package dev.millrace.fdl;

/** How much a problem matters. */
public enum Severity {
  /** The entry gives no function. */
  ERROR,
  /** The entry is read, without what the problem names. */
  WARNING
}
