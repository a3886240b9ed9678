package dev.millrace.orch.plan;

/**
 * What a tenant already uses, against what it is entitled to.
 *
 * @param share part of the fleet, 0 for nothing, 1 for all of it; history may be mixed in
 * @param weight entitlement beside other tenants, more than 0; 1 is usual
 */
public record TenantUsage(double share, double weight) {
  /** Nothing used, usual weight: what a tenant that is not mentioned has. */
  public static final TenantUsage NONE = new TenantUsage(0, 1);

  public TenantUsage {
    if (!(share >= 0) || Double.isInfinite(share)) {
      throw new IllegalArgumentException("a tenant's share must be 0 or more: " + share);
    }
    if (!(weight > 0) || Double.isInfinite(weight)) {
      throw new IllegalArgumentException("a tenant's weight must be more than 0: " + weight);
    }
  }
}
