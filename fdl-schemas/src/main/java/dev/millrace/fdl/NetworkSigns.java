package dev.millrace.fdl;

import dev.millrace.schema.function.Code;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Signs that a function of another language wants the network, which its container had there and
 * has not here: programs that its script calls, addresses in its script and its variables. A sign
 * is no proof, so it is worth a warning; a function without one is none.
 */
final class NetworkSigns {
  private static final Pattern CALL =
      Pattern.compile(
          "(?:^|[\\s;|&(`])(curl|wget|aria2c|scp|sftp|ssh|rsync|ftp|rclone|gsutil|kubectl|aws s3|oscar-cli"
              + "|pip3? install|conda install|apt(?:-get)? install|apk add|npm install|git clone)"
              + "(?=[\\s;|&)`]|$)");
  private static final Pattern ADDRESS =
      Pattern.compile(
          "\\b(?:https?|ftp|tcp|grpc|wss?|redis|mongodb|postgres(?:ql)?|amqps?)://"
              + "(?!localhost\\b|127\\.|0\\.0\\.0\\.0|\\[::1)[A-Za-z0-9$\\[{][^\\s'\"<>()]{0,80}");
  private static final String WHAT = ", and a container has no network here; ";

  private NetworkSigns() {}

  /** Warns of the first sign of an entry. */
  static void warn(
      Section s, Code code, Map<String, String> variables, List<String> places, Reading reading) {
    String script = code.script() == null ? "" : reading.scripts().text(code.script());
    Optional<String> sign = inScript(script).or(() -> inVariables(variables));
    sign.ifPresent(found -> {
      String key = places.stream().filter(s::has).findFirst().orElse("name");
      s.warn(key, Finding.of(found + WHAT + remedy(reading.purpose())));
    });
  }

  private static String remedy(Purpose purpose) {
    return switch (purpose) {
      case DEPLOY ->
          "'millrace convert' writes the function in Millrace's own language, where 'network:"
              + " open' gives it";
      case CONVERSION -> "where it needs one, say 'network: open' in the converted file";
    };
  }

  private static Optional<String> inScript(String script) {
    int number = 0;
    for (String line : (Iterable<String>) script.lines()::iterator) {
      number++;
      if (line.stripLeading().startsWith("#")) {
        continue;
      }
      Matcher call = CALL.matcher(line);
      if (call.find()) {
        return Optional.of("line " + number + " of the script calls '" + call.group(1) + "'");
      }
      Matcher address = ADDRESS.matcher(line);
      if (address.find()) {
        String shown = Finding.printable(address.group());
        return Optional.of("line " + number + " of the script names '" + shown + "'");
      }
    }
    return Optional.empty();
  }

  /** The value may hold a password: the variable is named, not what it is. */
  private static Optional<String> inVariables(Map<String, String> variables) {
    return new TreeMap<>(variables)
        .entrySet().stream()
            .filter(each -> ADDRESS.matcher(each.getValue()).lookingAt())
            .findFirst()
            .map(each -> "variable '" + each.getKey() + "' is an address");
  }
}
