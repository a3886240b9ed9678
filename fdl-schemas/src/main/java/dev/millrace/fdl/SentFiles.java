package dev.millrace.fdl;

import java.util.Map;

/** Files that were sent along with an FDL file, by their path relative to it. */
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
    if (path.startsWith("/")) {
      return new Lookup.Refused<>("must be relative to the FDL file");
    }
    String plain = path.startsWith("./") ? path.substring(2) : path;
    for (String segment : plain.split("/", -1)) {
      if (segment.equals("..")) {
        return new Lookup.Refused<>("leaves the folder of the FDL file");
      }
    }
    byte[] bytes = files.get(plain);
    return bytes == null ? new Lookup.Missing<>() : new Lookup.Found<>(bytes);
  }
}
