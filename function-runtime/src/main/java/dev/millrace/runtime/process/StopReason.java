package dev.millrace.runtime.process;

/** Why a function did not come to its own end. */
enum StopReason {
  ASKED,
  TIMED_OUT,
  OUT_OF_MEMORY,
  OUT_OF_DISK
}
