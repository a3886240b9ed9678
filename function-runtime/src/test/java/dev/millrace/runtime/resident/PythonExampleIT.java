package dev.millrace.runtime.resident;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs python3 on the system's path. */
class PythonExampleIT {
  @TempDir Path home;

  @Test
  void theWorkerInPythonDoesItsJobs() throws Exception {
    Examples.doesItsJobs(home, "python3", "worker.py");
  }
}
