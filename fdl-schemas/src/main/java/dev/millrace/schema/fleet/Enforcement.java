package dev.millrace.schema.fleet;

/** What keeps a run within its share of a device, weakest first. */
public enum Enforcement {
  /** Nothing; the reservation is bookkeeping. */
  NONE,
  /** Use is watched and the run is stopped above its limit. */
  WATCHDOG,
  /** A library in the program refuses; a program can step round it. */
  COOPERATIVE,
  /** The driver or its server refuses. */
  DRIVER,
  /** The hardware is partitioned. */
  HARDWARE
}
