package dev.millrace.orch.up;

import dev.millrace.fdl.Conversion;
import dev.millrace.fdl.FdlConverter;
import dev.millrace.fdl.FdlReader;
import dev.millrace.fdl.FdlReport;
import dev.millrace.fdl.FdlResult;
import dev.millrace.fdl.FdlSchema;
import dev.millrace.fdl.NotedScripts;
import dev.millrace.fdl.Problem;
import dev.millrace.fdl.ScriptFolder;
import dev.millrace.fdl.yaml.YamlReader;
import dev.millrace.orch.command.FdlFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** FDL files on this machine, read by the reader that a deploy uses. */
final class LocalFdlFiles implements FdlFiles {
  private static Path folder(Path fdl) {
    Path parent = fdl.toAbsolutePath().getParent();
    return parent == null ? Path.of("/") : parent;
  }

  @Override
  public Checked check(Path fdl, String shown) throws IOException {
    FdlResult result = FdlReader.read(shown, bounded(fdl), new ScriptFolder(folder(fdl)));
    boolean usable = result.errors().isEmpty() && !result.functions().isEmpty();
    return new Checked(
        FdlReport.text(shown, result),
        usable ? 0 : 1,
        result.functions().stream().map(f -> f.name().value()).toList(),
        result.problems().stream().map(p -> remark(p, result.function(p))).toList());
  }

  private static Remark remark(Problem problem, String function) {
    return new Remark(
        problem.severity().name().toLowerCase(Locale.ROOT),
        problem.place().line(),
        problem.place().column(),
        problem.path(),
        problem.finding().toString(),
        function);
  }

  @Override
  public Companions companions(Path fdl) throws IOException {
    Path folder = folder(fdl);
    NotedScripts noted = new NotedScripts(new ScriptFolder(folder));
    FdlResult result = FdlReader.read(fdl.getFileName().toString(), bounded(fdl), noted);
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
    return new Companions(scripts, files, !result.given().isEmpty());
  }

  @Override
  public String schema() {
    return FdlSchema.text();
  }

  @Override
  public Converted convert(List<Named> files, Path into) throws IOException {
    List<Conversion.Source> sources = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Named named : files) {
      Path file = named.file();
      String scripts = between(into, folder(file));
      if (scripts.startsWith("..") || scripts.startsWith("/")) {
        notes.add(
            named.shown()
                + ": warning: the converted file is in another folder, and a path may not lead out"
                + " of it: put the scripts beside it as they are beside this file");
        scripts = "";
      }
      sources.add(new Conversion.Source(named.shown(), bounded(file), scripts));
    }
    Conversion conversion = FdlConverter.convert(sources);
    notes.addAll(FdlReport.lines(conversion.problems()));
    return new Converted(conversion.yaml(), conversion.functions(), notes);
  }

  /** What leads from one folder to the other, with a slash at the end; empty for the same. */
  private static String between(Path from, Path to) {
    Path way = from.toAbsolutePath().normalize().relativize(to.normalize());
    return way.toString().isEmpty() ? "" : way + "/";
  }

  /** The bytes, at most one more than the reader takes: it says itself that it is too much. */
  private static byte[] bounded(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(YamlReader.MAX_BYTES + 1);
    }
  }

  private static String plain(String path) {
    return path.startsWith("./") ? path.substring(2) : path;
  }
}
