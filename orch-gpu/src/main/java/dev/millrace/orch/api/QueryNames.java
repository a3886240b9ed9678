package dev.millrace.orch.api;

import dev.millrace.fdl.Nearest;
import java.util.List;
import java.util.Map;

/**
 * What may stand in the query of a route. One that is misspelt is refused: an answer that leaves it
 * aside is the answer to another question.
 */
final class QueryNames {
  private static final int SHOWN = 40;

  private QueryNames() {}

  /** Refuses names that the route does not know, and those that come more than once. */
  static void check(Map<String, List<String>> query, List<String> known) {
    query.forEach((name, values) -> {
      if (!known.contains(name)) {
        throw Refusal.badRequest(
            "there is no parameter '"
                + shown(name)
                + "' here"
                + Nearest.to(name, known).map(near -> "; did you mean '" + near + "'?").orElse(".")
                + (known.isEmpty() ? " None is known" : " Known: " + String.join(", ", known)));
      }
      if (values.size() > 1) {
        throw Refusal.badRequest(
            name
                + " is given "
                + values.size()
                + " times: give it once"
                + (name.equals("state") ? ", several states with a comma between" : ""));
      }
    });
  }

  private static String shown(String name) {
    return name.codePointCount(0, name.length()) > SHOWN
        ? name.substring(0, name.offsetByCodePoints(0, SHOWN)) + "..."
        : name;
  }
}
