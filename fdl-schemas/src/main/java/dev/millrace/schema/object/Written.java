package dev.millrace.schema.object;

/** The outcome of a conditional write. */
public sealed interface Written {
  /** The object is there, with these attributes. */
  record Done(String eTag) implements Written {}

  /** The key was taken already and nothing was written. */
  record Taken() implements Written {}
}
