package dev.millrace.fdl;

import java.util.Map;

/**
 * Files that were sent along with an FDL file.
 *
 * @param files by their path relative to the FDL file, without {@code .} segments
 */
public record SentFiles(Map<String, byte[]> files) implements ScriptSource {
  public SentFiles {
    files = Map.copyOf(files);
  }

  @Override
  public Lookup<String> script(String path) {
    return switch (at(path)) {
      case Lookup.Found<byte[]>(byte[] bytes) -> ScriptText.of(bytes);
      case Lookup.Missing<byte[]>() -> new Lookup.Missing<>();
      case Lookup.Refused<byte[]>(String reason) -> new Lookup.Refused<>(reason);
    };
  }

  @Override
  public Lookup<Long> file(String path) {
    return switch (at(path)) {
      case Lookup.Found<byte[]>(byte[] bytes) -> new Lookup.Found<>((long) bytes.length);
      case Lookup.Missing<byte[]>() -> new Lookup.Missing<>();
      case Lookup.Refused<byte[]>(String reason) -> new Lookup.Refused<>(reason);
    };
  }

  private Lookup<byte[]> at(String path) {
    return switch (ShippedPath.plain(path)) {
      case Lookup.Found<String>(String plain) -> {
        byte[] bytes = files.get(plain);
        yield bytes == null ? new Lookup.Missing<>() : new Lookup.Found<>(bytes);
      }
      case Lookup.Missing<String>() -> new Lookup.Missing<>();
      case Lookup.Refused<String>(String reason) -> new Lookup.Refused<>(reason);
    };
  }
}
