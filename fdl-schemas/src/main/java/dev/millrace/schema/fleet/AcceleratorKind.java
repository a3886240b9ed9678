package dev.millrace.schema.fleet;

/** Kinds of devices that work is placed on; a host always declares its CPU beside the others. */
public enum AcceleratorKind {
  CPU,
  GPU,
  TPU,
  OTHER
}
