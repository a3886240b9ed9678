package dev.millrace.schema.id;

/** A function of a tenant. */
public record FunctionRef(TenantId tenant, FunctionName name) {
  @Override
  public String toString() {
    return tenant + "/" + name;
  }
}
