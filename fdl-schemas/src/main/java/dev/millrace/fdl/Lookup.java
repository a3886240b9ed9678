package dev.millrace.fdl;

/** What came of looking for a file that ships with a function. */
public sealed interface Lookup<T> {
  /** It is there. */
  record Found<T>(T value) implements Lookup<T> {}

  /** There is no such file. */
  record Missing<T>() implements Lookup<T> {}

  /** It may not be used; the reason completes "script.sh: ...". */
  record Refused<T>(String reason) implements Lookup<T> {}
}
