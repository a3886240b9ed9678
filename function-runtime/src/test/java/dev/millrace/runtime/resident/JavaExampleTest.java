package dev.millrace.runtime.resident;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaExampleTest {
  @TempDir Path home;

  @Test
  void theWorkerInJavaDoesItsJobs() throws Exception {
    Examples.doesItsJobs(home, "java", "Worker.java");
  }
}
