package dev.millrace.runtime.process;

import dev.millrace.schema.id.FunctionRef;
import java.util.Set;

/** Which functions may run without isolation. */
public sealed interface Allowed {
  /** Whether this one may. */
  boolean allows(FunctionRef function);

  /** Every function of every tenant: for a host whose tenants trust each other wholly. */
  record Everything() implements Allowed {
    @Override
    public boolean allows(FunctionRef function) {
      return true;
    }
  }

  /** These alone; an empty set allows none. */
  record Only(Set<FunctionRef> functions) implements Allowed {
    public Only {
      functions = Set.copyOf(functions);
    }

    @Override
    public boolean allows(FunctionRef function) {
      return functions.contains(function);
    }
  }
}
