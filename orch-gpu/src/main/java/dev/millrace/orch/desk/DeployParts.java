package dev.millrace.orch.desk;

import dev.millrace.fdl.Lookup;
import dev.millrace.fdl.ScriptSource;
import dev.millrace.fdl.ScriptText;
import dev.millrace.fdl.ShippedPath;
import java.util.Map;

/**
 * What came with a deployment: scripts as text, files by the digest that they are kept under.
 *
 * @param scripts by path without {@code .} segments
 * @param sizes bytes by such a path, of files that are kept
 */
record DeployParts(Map<String, String> scripts, Map<String, Long> sizes) implements ScriptSource {
  DeployParts {
    scripts = Map.copyOf(scripts);
    sizes = Map.copyOf(sizes);
  }

  @Override
  public Lookup<String> script(String path) {
    return switch (ShippedPath.plain(path)) {
      case Lookup.Found<String>(String plain) -> {
        String text = scripts.get(plain);
        yield text == null ? new Lookup.Missing<>() : ScriptText.of(text);
      }
      case Lookup.Missing<String>() -> new Lookup.Missing<>();
      case Lookup.Refused<String>(String reason) -> new Lookup.Refused<>(reason);
    };
  }

  @Override
  public Lookup<Long> file(String path) {
    return switch (ShippedPath.plain(path)) {
      case Lookup.Found<String>(String plain) -> {
        Long size = sizes.get(plain);
        yield size == null ? new Lookup.Missing<>() : new Lookup.Found<>(size);
      }
      case Lookup.Missing<String>() -> new Lookup.Missing<>();
      case Lookup.Refused<String>(String reason) -> new Lookup.Refused<>(reason);
    };
  }
}
