package dev.millrace.orch.client;

/** What has become of an upload in parts that was stopped. */
public sealed interface Ended {
  /** There was nothing to stop: it was not begun, or had failed before. */
  record Nothing() implements Ended {}

  /** It was whole: the object is there. */
  record Up() implements Ended {}

  /** The object is not there, and nothing is left of the parts. */
  record Dropped() implements Ended {}

  /** The object is not there; parts of it may lie in the store. */
  record Left() implements Ended {}

  /** The store was completing it and did not tell how that ended. */
  record Unknown() implements Ended {}
}
