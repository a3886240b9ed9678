package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NotedScriptsTest {
  @Test
  void whatItNotedIsEnoughToReadTheSameElsewhere() {
    byte[] fdl =
        """
        functions:
          millrace:
          - {name: f, image: a, script: ./script.sh, files: [lib/model.bin],
             input: [{path: aaa}], output: [{path: bbb}]}
        """
            .getBytes(StandardCharsets.UTF_8);
    NotedScripts noted = new NotedScripts(Fdl.SCRIPTS);
    FdlResult here = FdlReader.read("fn.yaml", fdl, noted);

    assertThat(noted.files()).containsExactly("lib/model.bin");
    assertThat(noted.scripts()).isEqualTo(Map.of("script.sh", "#!/bin/sh\necho hi\n"));
    Map<String, byte[]> sent = new HashMap<>(Fdl.SCRIPTS.files());
    sent.keySet().retainAll(Set.of("lib/model.bin", "script.sh"));
    assertThat(FdlReader.read("fn.yaml", fdl, new SentFiles(sent))).isEqualTo(here);
    assertThat(here.functions()).hasSize(1);
  }

  @Test
  void aScriptThatIsSentAsAFileTooIsNotedAsBoth() {
    NotedScripts noted = new NotedScripts(Fdl.SCRIPTS);

    noted.script("./script.sh");
    noted.file("script.sh");

    assertThat(noted.scripts()).containsOnlyKeys("script.sh");
    assertThat(noted.files()).containsExactly("script.sh");
  }

  @Test
  void whatIsMissingIsNotNoted() {
    NotedScripts noted = new NotedScripts(Fdl.SCRIPTS);

    noted.script("gone.sh");
    noted.file("../up");

    assertThat(noted.scripts()).isEmpty();
    assertThat(noted.files()).isEmpty();
  }
}
