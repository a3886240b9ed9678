package dev.millrace.orch.desk;

import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.object.ObjectName;
import java.util.ArrayList;
import java.util.List;

/** Why functions do not take an object, rule by rule. */
final class Coverage {
  private Coverage() {}

  /** One sentence for each function that reads the object's bucket and does not take it. */
  static List<String> misses(List<DeployedFunction> functions, ObjectName object) {
    List<String> sentences = new ArrayList<>();
    for (DeployedFunction function : functions) {
      List<InputRule> rules =
          function.spec().inputs().stream()
              .filter(r -> r.store().equals(object.store()) && r.bucket().equals(object.bucket()))
              .toList();
      if (!rules.isEmpty() && rules.stream().noneMatch(rule -> rule.covers(object))) {
        sentences.add(
            "Function "
                + function.ref().name()
                + " does not take it: "
                + String.join(
                    "; or ", rules.stream().map(rule -> miss(rule, object.key())).toList())
                + ".");
      }
    }
    return sentences;
  }

  private static String miss(InputRule rule, String key) {
    if (!key.startsWith(rule.keyPrefix())) {
      return "it reads keys under " + rule.bucket() + "/" + rule.keyPrefix();
    }
    String rest = key.substring(rule.keyPrefix().length());
    if (!rule.prefixes().isEmpty() && rule.prefixes().stream().noneMatch(rest::startsWith)) {
      return "behind '"
          + rule.keyPrefix()
          + "' its keys begin with "
          + String.join(" or ", rule.prefixes());
    }
    return "its keys end with " + String.join(" or ", rule.suffixes());
  }
}
