package dev.millrace.fdl;

import dev.millrace.fdl.yaml.Node;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.SecretName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads variables, and names of secrets, by variable. */
final class Environment {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,254}");
  private static final Pattern SHELL_VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /** What a secret may hold, in bytes. */
  static final int VALUE_MAX = 64 << 10;

  private static final int SECRETS_MAX = 64;
  private static final int TRUST_MAX = 64;
  private static final String OURS = "MILLRACE_";
  private static final Set<String> CONTRACT =
      Set.of("INPUT_FILE_PATH", "TMP_INPUT_DIR", "TMP_OUTPUT_DIR", "STORAGE_OBJECT_KEY", "EVENT");

  /** What a run sets over a secret, which would not be seen. */
  private static final Set<String> SET_BY_RUNS =
      Set.of("EVENT_TIME", "NVIDIA_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES");

  /**
   * What shells read, set or lock themselves. Such a variable, like one whose name no shell knows,
   * reaches a function only by a command line, which every user of the host can read.
   */
  private static final Set<String> SHELLS_OWN =
      Set.of(
          "BASHOPTS",
          "BASH_VERSINFO",
          "ENV",
          "EUID",
          "IFS",
          "LINENO",
          "OLDPWD",
          "OPTIND",
          "PPID",
          "PS1",
          "PS2",
          "PS3",
          "PS4",
          "PWD",
          "SHELLOPTS",
          "UID",
          "_");

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
        String text = scalar.isNull() ? "" : scalar.text();
        refuseUnfit(value, each.getKey(), text);
        variables.put(each.getKey(), text);
      } else {
        String hint = "must be text; put it in quotes if this is a placeholder or JSON";
        value.error(Finding.of(hint));
      }
    }
    refuseMany(field, variables);
    return variables;
  }

  private static void refuseUnfit(Field value, String variable, String text) {
    long bytes = word(variable, text);
    if (text.indexOf('\0') >= 0) {
      value.error(
          Finding.of("holds a NUL character, which ends a variable: take it out, or encode it"));
    } else if (bytes > Bounds.VARIABLE_BYTES) {
      value.error(
          Finding.of(
              "has "
                  + bytes
                  + " bytes with its name; Linux takes a variable of "
                  + Bounds.VARIABLE_BYTES
                  + ": let the script read it from a file"));
    }
  }

  /** The bytes of {@code NAME=value} and the NUL behind it. */
  private static long word(String variable, String text) {
    return Bounds.utf8(variable) + Bounds.utf8(text) + 2;
  }

  private static void refuseMany(Field field, Map<String, String> variables) {
    if (variables.size() > Bounds.VARIABLES) {
      field.error(
          Finding.of(variables.size() + " variables; a function may have " + Bounds.VARIABLES));
    }
    // Each has an address too, which counts.
    long bytes =
        variables.entrySet().stream()
            .mapToLong(e -> word(e.getKey(), e.getValue()) + Long.BYTES)
            .sum();
    if (bytes > Bounds.VARIABLES_BYTES) {
      field.error(
          Finding.of(
              "the variables have "
                  + bytes
                  + " bytes together; a function's may have "
                  + Bounds.VARIABLES_BYTES
                  + ": let the script read what is large from a file"));
    }
  }

  /** A map from variable to the name of the secret that it is filled with. */
  static Map<String, String> secretNames(Field field) {
    Map<String, String> secrets = new LinkedHashMap<>();
    for (Map.Entry<String, Field> each : deliverable(field).entrySet()) {
      Optional<String> name = each.getValue().word();
      if (name.isPresent() && SECRET.matcher(name.get()).matches()) {
        secrets.put(each.getKey(), name.get());
      } else if (name.isPresent()) {
        // The value may be the secret itself: it is not repeated.
        each.getValue()
            .error(Finding.of("not the name of a secret; secrets are stored, and named here"));
      }
    }
    few(field, secrets);
    return secrets;
  }

  /**
   * OSCAR writes the secret's value into the file. It belongs to the stored secret {@code
   * <function>.<variable>} from its deployment on; what is blank has to be there already.
   */
  static Map<String, String> secretValues(Field field, FunctionName function, Reading reading) {
    Map<String, String> secrets = new LinkedHashMap<>();
    deliverable(field)
        .forEach((variable, value) -> {
          String name = function + "." + variable;
          if (SECRET.matcher(name).matches()) {
            secrets.put(variable, name);
            value(value, function, new SecretName(name))
                .ifPresent(given -> {
                  value.warn(Finding.of(becomes(given.name(), reading.purpose())));
                  reading.given().add(given);
                });
          } else {
            value.error(
                Finding.of(
                    "function and variable together have more than 127 letters, and name the"
                        + " secret that it becomes: shorten one"));
          }
        });
    few(field, secrets);
    return secrets;
  }

  private static Optional<GivenSecret> value(Field field, FunctionName function, SecretName name) {
    if (!(field.node() instanceof Node.Scalar scalar)) {
      field.warn(Finding.of("no text, and not taken; " + toBeSet(name)));
      return Optional.empty();
    }
    String text = scalar.isNull() ? "" : scalar.text();
    if (text.isEmpty()) {
      field.warn(Finding.of("no value here; " + toBeSet(name)));
      return Optional.empty();
    }
    if (text.indexOf('\0') >= 0 || text.getBytes(StandardCharsets.UTF_8).length > VALUE_MAX) {
      return field.fail(Finding.of("a secret has 1 byte to 64 KiB, and no NUL"));
    }
    return Optional.of(new GivenSecret(function, name, text));
  }

  private static String becomes(SecretName name, Purpose purpose) {
    return switch (purpose) {
      case DEPLOY ->
          "goes into secret '"
              + name
              + "' at deploy, and may be blank here from then on; 'convert' leaves it out";
      case CONVERSION -> "the value is left out; " + toBeSet(name);
    };
  }

  private static String toBeSet(SecretName name) {
    return "set it before deploy: millrace secret set " + name;
  }

  private static void few(Field field, Map<String, String> secrets) {
    if (secrets.size() > SECRETS_MAX) {
      field.error(Finding.of("more than " + SECRETS_MAX + " secrets"));
    }
  }

  /** Pools, or {@code pool/provider}, that may have the secrets. */
  static List<String> trust(Field field, Map<String, String> secrets) {
    List<String> trust = new ArrayList<>();
    List<Field> items = field.items();
    if (items.size() > TRUST_MAX) {
      field.error(Finding.of("more than " + TRUST_MAX + " entries"));
      return trust;
    }
    for (Field item : items) {
      item.made(Environment::trusted).filter(one -> !trust.contains(one)).ifPresent(trust::add);
    }
    if (secrets.isEmpty()) {
      field.warn(Finding.of("says who may have the function's secrets, and it has none"));
    }
    return trust;
  }

  private static String trusted(String text) {
    int slash = text.indexOf('/');
    PoolId pool = new PoolId(slash < 0 ? text : text.substring(0, slash));
    return slash < 0
        ? pool.value()
        : pool + "/" + new ProviderId(text.substring(slash + 1)).value();
  }

  /** The variables that a secret can be in without anybody else's seeing it. */
  private static Map<String, Field> deliverable(Field field) {
    Map<String, Field> all = named(field);
    all.entrySet()
        .removeIf(each -> {
          Optional<String> refusal = refusal(each.getKey());
          refusal.ifPresent(why -> each.getValue().error(Finding.of(why)));
          return refusal.isPresent();
        });
    return all;
  }

  private static Optional<String> refusal(String variable) {
    if (!SHELL_VARIABLE.matcher(variable).matches()) {
      return Optional.of("a secret's variable has letters, digits and '_' only: give it another");
    }
    if (SHELLS_OWN.contains(variable)) {
      return Optional.of("shells use this variable themselves: give the secret another");
    }
    return CONTRACT.contains(variable) || SET_BY_RUNS.contains(variable)
        ? Optional.of("every run sets this variable itself: give the secret another")
        : Optional.empty();
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
