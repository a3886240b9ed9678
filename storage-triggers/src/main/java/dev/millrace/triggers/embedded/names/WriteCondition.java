package dev.millrace.triggers.embedded.names;

/** What must hold of a name at the moment of the commit. */
public sealed interface WriteCondition {

  /** Nothing. */
  record Anything() implements WriteCondition {}

  /** No object has the name. */
  record Absent() implements WriteCondition {}

  /** The object of that name has this entity tag (without quotes); {@code *} is any. */
  record Matches(String etag) implements WriteCondition {}
}
