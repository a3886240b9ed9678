package dev.millrace.orch.desk;

import dev.millrace.fdl.Lookup;
import dev.millrace.fdl.ScriptSource;
import java.util.Map;

/**
 * What came with a deployment: scripts as text, files by the digest that they are kept under.
 *
 * @param sizes bytes by path, of files that are kept
 */
record DeployParts(Map<String, String> scripts, Map<String, Long> sizes) implements ScriptSource {
  DeployParts {
    scripts = Map.copyOf(scripts);
    sizes = Map.copyOf(sizes);
  }

  @Override
  public Lookup<String> script(String path) {
    String text = scripts.get(plain(path));
    if (text == null) {
      return new Lookup.Missing<>();
    }
    if (text.length() > MAX_SCRIPT_BYTES) {
      return new Lookup.Refused<>("is longer than " + MAX_SCRIPT_BYTES + " bytes");
    }
    return new Lookup.Found<>(text.replace("\r\n", "\n"));
  }

  @Override
  public Lookup<Long> file(String path) {
    Long size = sizes.get(plain(path));
    return size == null ? new Lookup.Missing<>() : new Lookup.Found<>(size);
  }

  /** Paths are sent without a leading {@code ./}. */
  static String plain(String path) {
    return path.startsWith("./") ? path.substring(2) : path;
  }
}
