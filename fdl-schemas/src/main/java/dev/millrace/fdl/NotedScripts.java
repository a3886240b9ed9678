package dev.millrace.fdl;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Notes which files a reading asked for and found: what has to be sent along with the FDL file, so
 * that {@link SentFiles} answers the same elsewhere. For one thread.
 */
public final class NotedScripts implements ScriptSource {
  private final ScriptSource inner;
  private final Set<String> found = new TreeSet<>();

  /** Asks another source. */
  public NotedScripts(ScriptSource inner) {
    this.inner = inner;
  }

  /** The paths of the files that were found, sorted, without {@code .} segments. */
  public List<String> found() {
    return List.copyOf(found);
  }

  @Override
  public Lookup<String> script(String path) {
    return noted(path, inner.script(path));
  }

  @Override
  public Lookup<Long> file(String path) {
    return noted(path, inner.file(path));
  }

  private <T> Lookup<T> noted(String path, Lookup<T> lookup) {
    boolean there = lookup instanceof Lookup.Found<T>;
    if (there && ShippedPath.plain(path) instanceof Lookup.Found<String>(String plain)) {
      found.add(plain);
    }
    return lookup;
  }
}
