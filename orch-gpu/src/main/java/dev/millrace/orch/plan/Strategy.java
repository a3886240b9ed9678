package dev.millrace.orch.plan;

/** Which of the devices with room is taken. */
public enum Strategy {
  /** The one with the least memory left over: keeps large devices whole. */
  BEST_FIT,
  /** The one with the most free memory: runs disturb each other least. */
  SPREAD
}
