package dev.millrace.orch.plan;

/**
 * Why a job waits.
 *
 * @param text for people: what it needs, and the most that is free
 */
public record WaitReason(Cause cause, String text) {
  /** Kinds of waiting. */
  public enum Cause {
    /** Devices that it fits are in use, absent, or kept for jobs that waited longer. */
    NO_ROOM,
    /** It waited so long that devices are now kept free for it. */
    RESERVING,
    /** It fits nothing known, but an undeclared pool may bring something. */
    UNDECLARED
  }
}
