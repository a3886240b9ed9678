package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.schema.bundle.OrderVariables;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunGrant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The environment that a script finds: the function's variables, its secrets, OSCAR's contract and
 * Millrace's own, the later ones winning.
 */
final class ScriptVariables {
  private ScriptVariables() {}

  /**
   * @param staged what the order or its bundle says
   * @param inputName of the file in the input folder
   */
  static Map<String, String> of(
      Order order,
      Map<String, String> staged,
      RunGrant grant,
      FunctionPaths paths,
      String inputName) {
    Map<String, String> all = new LinkedHashMap<>(staged);
    Map<String, String> contract = OrderVariables.contract(order);
    grant
        .secrets()
        .forEach((name, value) -> {
          if (!contract.containsKey(name)) {
            all.put(name, value);
          }
        });
    all.put("INPUT_FILE_PATH", paths.input() + "/" + inputName);
    all.put("TMP_INPUT_DIR", paths.input());
    all.put("TMP_OUTPUT_DIR", paths.output());
    all.put("MILLRACE_RUN_ID", grant.run().run().value());
    all.put("MILLRACE_FUNCTION_DIR", paths.function());
    return all;
  }
}
