package dev.millrace.fdl;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Notes which scripts and files a reading asked for and found: what has to be sent along with the
 * FDL file, so that it reads the same elsewhere. What is asked for as both is noted as both. For
 * one thread.
 */
public final class NotedScripts implements ScriptSource {
  private final ScriptSource inner;
  private final Map<String, String> scripts = new TreeMap<>();
  private final Set<String> files = new TreeSet<>();

  /** Asks another source. */
  public NotedScripts(ScriptSource inner) {
    this.inner = inner;
  }

  /** The texts of the scripts that were found, by path without {@code .} segments. */
  public Map<String, String> scripts() {
    return Map.copyOf(scripts);
  }

  /** The paths of the files that were found, without {@code .} segments. */
  public Set<String> files() {
    return Set.copyOf(files);
  }

  @Override
  public Lookup<String> script(String path) {
    Lookup<String> lookup = inner.script(path);
    if (lookup instanceof Lookup.Found<String>(String text)
        && ShippedPath.plain(path) instanceof Lookup.Found<String>(String plain)) {
      scripts.put(plain, text);
    }
    return lookup;
  }

  @Override
  public Lookup<Long> file(String path) {
    Lookup<Long> lookup = inner.file(path);
    if (lookup instanceof Lookup.Found<Long>
        && ShippedPath.plain(path) instanceof Lookup.Found<String>(String plain)) {
      files.add(plain);
    }
    return lookup;
  }
}
