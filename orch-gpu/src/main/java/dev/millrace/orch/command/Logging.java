package dev.millrace.orch.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Sets up what is logged, on standard error, one line a record. */
public final class Logging {
  // The JDK keeps loggers weakly: a level is forgotten with its logger.
  private static final Logger OWN = Logger.getLogger("dev.millrace");
  private static final Logger ROOT = Logger.getLogger("");

  private Logging() {}

  /**
   * Reads {@code logging.properties} of the class path, unless the JDK was told of another, and
   * raises or lowers the level to {@code MILLRACE_LOG}: error, warn, info, debug or trace.
   *
   * @throws IllegalArgumentException when the level is none
   */
  public static void configure(Map<String, String> environment) throws IOException {
    if (System.getProperty("java.util.logging.config.file") == null) {
      try (InputStream in = Logging.class.getResourceAsStream("/logging.properties")) {
        LogManager.getLogManager().readConfiguration(in);
      }
    }
    String wanted = environment.getOrDefault("MILLRACE_LOG", "").toLowerCase(Locale.ROOT);
    switch (wanted) {
      case "" -> {}
      case "error" -> List.of(OWN, ROOT).forEach(logger -> logger.setLevel(Level.SEVERE));
      case "warn" -> OWN.setLevel(Level.WARNING);
      case "info" -> OWN.setLevel(Level.INFO);
      case "debug" -> OWN.setLevel(Level.FINE);
      case "trace" -> {
        OWN.setLevel(Level.FINEST);
        ROOT.setLevel(Level.FINE);
      }
      default ->
          throw new IllegalArgumentException(
              "MILLRACE_LOG must be error, warn, info, debug or trace, found: '" + wanted + "'");
    }
  }
}
