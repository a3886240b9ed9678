package dev.millrace.schema.function;

/** What executes a function. */
public enum RunnerKind {
  /** A container of the function's image. */
  DOCKER,
  /** A child process without isolation; refused unless the provider's configuration allows it. */
  PROCESS,
  KUBERNETES,
  LAMBDA
}
