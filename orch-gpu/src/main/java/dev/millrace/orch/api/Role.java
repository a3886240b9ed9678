package dev.millrace.orch.api;

/** What the holder of a token may do. */
public enum Role {
  /** Everything, for every tenant's coordinator. */
  ADMIN,
  /** Everything of its own tenant. */
  TENANT,
  /** Claim and settle runs. */
  PROVIDER,
  /** Read what its tenant has. */
  VIEWER;

  /** Whether it may read what its tenant has. */
  boolean reads() {
    return this != PROVIDER;
  }

  /** Whether it may change what its tenant has. */
  boolean writes() {
    return this == ADMIN || this == TENANT;
  }

  /** Whether it may speak for a run. */
  boolean runs() {
    return this == ADMIN || this == PROVIDER;
  }
}
