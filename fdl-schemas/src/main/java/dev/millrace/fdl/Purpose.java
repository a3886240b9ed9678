package dev.millrace.fdl;

/** What a file is read for. */
enum Purpose {
  /** To deploy its functions, now or later. */
  DEPLOY,
  /** To write its functions in Millrace's own language; the layout of SCAR 1 to 3 is read too. */
  CONVERSION
}
