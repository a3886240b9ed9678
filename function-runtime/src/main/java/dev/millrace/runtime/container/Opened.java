package dev.millrace.runtime.container;

/** The outcome of looking for an engine. */
public sealed interface Opened {
  /** It answers, and can do what is needed. */
  record Ready(Engine engine) implements Opened {}

  /**
   * There is none, or none that can be used.
   *
   * @param reason for people: the thing, and what to do
   */
  record Unusable(String reason) implements Opened {}
}
