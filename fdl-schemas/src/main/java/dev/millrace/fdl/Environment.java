package dev.millrace.fdl;

import dev.millrace.fdl.yaml.Node;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads variables, and names of secrets, by variable. */
final class Environment {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,254}");
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final String OURS = "MILLRACE_";
  private static final Set<String> CONTRACT =
      Set.of("INPUT_FILE_PATH", "TMP_INPUT_DIR", "TMP_OUTPUT_DIR", "STORAGE_OBJECT_KEY", "EVENT");

  private Environment() {}

  /** The map of variables; values are texts just as they were written. */
  static Map<String, String> variables(Field field) {
    Map<String, String> variables = new LinkedHashMap<>();
    for (Map.Entry<String, Field> each : named(field).entrySet()) {
      Field value = each.getValue();
      if (CONTRACT.contains(each.getKey())) {
        value.warn(Finding.of("every run sets this variable itself; the value here is not seen"));
      }
      if (value.node() instanceof Node.Scalar scalar) {
        variables.put(each.getKey(), scalar.isNull() ? "" : scalar.text());
      } else {
        String hint = "must be text; put it in quotes if this is a placeholder or JSON";
        value.error(Finding.of(hint));
      }
    }
    return variables;
  }

  /** A map from variable to the name of the secret that it is filled with. */
  static Map<String, String> secretNames(Field field) {
    Map<String, String> secrets = new LinkedHashMap<>();
    for (Map.Entry<String, Field> each : named(field).entrySet()) {
      Optional<String> name = each.getValue().word();
      if (name.isPresent() && SECRET.matcher(name.get()).matches()) {
        secrets.put(each.getKey(), name.get());
        each.getValue().warn(Finding.of(undelivered(each.getKey(), name.get())));
      } else if (name.isPresent()) {
        // The value may be the secret itself: it is not repeated.
        each.getValue()
            .error(Finding.of("not the name of a secret; secrets are stored, and named here"));
      }
    }
    return secrets;
  }

  /**
   * OSCAR writes the secret's value into the file. It is not kept: the variable belongs to the
   * stored secret {@code <function>.<variable>}.
   */
  static Map<String, String> secretValues(Field field, String function) {
    Map<String, String> secrets = new LinkedHashMap<>();
    named(field)
        .forEach((variable, value) -> {
          String name = function + "." + variable;
          secrets.put(variable, name);
          value.warn(
              Finding.of(
                  "the value here is not kept, take it out; " + undelivered(variable, name)));
        });
    return secrets;
  }

  private static String undelivered(String variable, String secret) {
    return "secrets are not delivered yet: a run will not have the variable '"
        + variable
        + "' (of secret '"
        + secret
        + "')";
  }

  private static Map<String, Field> named(Field field) {
    Map<String, Field> named = new LinkedHashMap<>();
    Optional<Section> section = field.section();
    if (section.isEmpty()) {
      return named;
    }
    for (String name : section.get().keys()) {
      Field value = section.get().present(name);
      if (!VARIABLE.matcher(name).matches()) {
        value.error(
            Finding.of("not a variable's name", name, "letters, digits, '_', not first a digit"));
      } else if (name.startsWith(OURS)) {
        value.error(Finding.of("variables that begin with " + OURS + " are set by Millrace"));
      } else {
        named.put(name, value);
      }
    }
    return named;
  }
}
