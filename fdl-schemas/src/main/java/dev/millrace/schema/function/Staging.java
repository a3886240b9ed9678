package dev.millrace.schema.function;

/** How input and environment reach a run. */
public enum Staging {
  /** The order names them, and URLs are issued on demand. */
  REFERENCE,
  /** A zip of input and environment file lies in the intermediate bucket. */
  BUNDLE
}
