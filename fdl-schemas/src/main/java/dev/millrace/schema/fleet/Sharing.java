package dev.millrace.schema.fleet;

/** Whether others may hold a slice of the same device at the same time. */
public enum Sharing {
  SHARED,
  EXCLUSIVE
}
