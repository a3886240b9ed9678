package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptFolderTest extends ScriptSourceContract {
  @TempDir Path parent;

  @Override
  ScriptSource holding(Map<String, byte[]> files) throws Exception {
    Path folder = Files.createDirectories(parent.resolve("folder"));
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return new ScriptFolder(folder);
  }

  @Test
  void aLinkThatLeavesTheFolderIsRefusedAndOneWithinIsFollowed() throws Exception {
    ScriptSource source = holding(Map.of("run.sh", new byte[] {'a'}));
    Files.writeString(parent.resolve("secret"), "hush");
    Files.createSymbolicLink(parent.resolve("folder/out"), Path.of("../secret"));
    Files.createSymbolicLink(parent.resolve("folder/in"), Path.of("run.sh"));

    assertThat(source.script("out"))
        .isEqualTo(new Lookup.Refused<>("leaves the folder of the FDL file"));
    assertThat(source.script("in")).isEqualTo(new Lookup.Found<>("a"));
  }

  @Test
  void aFolderAndAnImpossibleNameAreRefused() throws Exception {
    ScriptSource source = holding(Map.of("deep/run.sh", new byte[] {'a'}));

    assertThat(source.script("deep")).isEqualTo(new Lookup.Refused<>("is not a regular file"));
    assertThat(source.script("a\0b")).isEqualTo(new Lookup.Refused<>("is not the path of a file"));
  }
}
