package dev.millrace.runtime.container;

/** Why a container did not come to its own end. */
enum StopCause {
  ASKED,
  TIMED_OUT,
  OUT_OF_DISK
}
