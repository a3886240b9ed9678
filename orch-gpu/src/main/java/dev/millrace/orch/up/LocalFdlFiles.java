package dev.millrace.orch.up;

import dev.millrace.fdl.FdlReader;
import dev.millrace.fdl.FdlReport;
import dev.millrace.fdl.FdlResult;
import dev.millrace.fdl.NotedScripts;
import dev.millrace.fdl.ScriptFolder;
import dev.millrace.orch.command.FdlFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** FDL files on this machine, read by the reader that a deploy uses. */
final class LocalFdlFiles implements FdlFiles {
  private static Path folder(Path fdl) {
    Path parent = fdl.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  @Override
  public Checked check(Path fdl) throws IOException {
    FdlResult result =
        FdlReader.read(
            fdl.getFileName().toString(), Files.readAllBytes(fdl), new ScriptFolder(folder(fdl)));
    boolean usable = result.errors().isEmpty() && !result.functions().isEmpty();
    return new Checked(FdlReport.text(fdl.getFileName().toString(), result), usable ? 0 : 1);
  }

  @Override
  public Companions companions(Path fdl) throws IOException {
    Path folder = folder(fdl);
    NotedScripts noted = new NotedScripts(new ScriptFolder(folder));
    FdlResult result = FdlReader.read(fdl.getFileName().toString(), Files.readAllBytes(fdl), noted);
    Set<String> shipped = new HashSet<>();
    result.functions().forEach(f -> f.code().files().forEach(name -> shipped.add(plain(name))));
    Map<String, Path> files = new HashMap<>();
    Map<String, String> scripts = new HashMap<>();
    for (String path : noted.found()) {
      if (shipped.contains(path)) {
        files.put(path, folder.resolve(path));
      } else {
        scripts.put(path, Files.readString(folder.resolve(path)));
      }
    }
    return new Companions(scripts, files);
  }

  private static String plain(String path) {
    return path.startsWith("./") ? path.substring(2) : path;
  }
}
