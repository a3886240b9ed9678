package dev.millrace.schema.function;

/** What a run may reach. */
public enum Network {
  NONE,
  OPEN
}
