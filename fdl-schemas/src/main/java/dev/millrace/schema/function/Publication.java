package dev.millrace.schema.function;

/** Who writes the final keys. */
public enum Publication {
  /** The coordinator, from what the winning run left under {@code .millrace/}. */
  FENCED,
  /** The function itself; completed by key pattern and deadline, unfenced. */
  FOREIGN
}
