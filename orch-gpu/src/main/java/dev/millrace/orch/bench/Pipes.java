package dev.millrace.orch.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The worker of the benchmark's function, spoken to over bare pipes. */
final class Pipes {
  private static final byte[] FRAME = frame();

  private Pipes() {}

  private static byte[] frame() {
    String body = "{\"job\":\"01jd0000000000000000000000\",\"x\":\"" + "x".repeat(400) + "\"}\n";
    return (body.length() + "\n" + body).getBytes(StandardCharsets.UTF_8);
  }

  /** Frames a second that are answered by as many workers as jobs run at once. */
  static double perSecond(Bench bench, int count) throws IOException, InterruptedException {
    List<Process> workers = new ArrayList<>();
    try {
      for (int i = 0; i < Functions.AT_ONCE; i++) {
        workers.add(bench.own(new ProcessBuilder("/bin/sh", "-c", Functions.WORKER).start()));
      }
      for (Process worker : workers) {
        read(worker.getInputStream());
      }
      int each = count / workers.size();
      return each
          * new Callers(bench.ticker(), workers.size())
              .perSecond(workers.size(), n -> talk(workers.get(n), each));
    } finally {
      workers.forEach(Process::destroyForcibly);
    }
  }

  private static void talk(Process worker, int frames) throws IOException {
    InputStream in = new BufferedInputStream(worker.getInputStream());
    OutputStream out = worker.getOutputStream();
    for (int i = 0; i < frames; i++) {
      out.write(FRAME);
      out.flush();
      read(in);
    }
  }

  private static void read(InputStream in) throws IOException {
    int length = 0;
    for (int digit = in.read(); digit != '\n'; digit = in.read()) {
      if (digit < '0' || digit > '9') {
        throw new IOException("a worker broke the protocol");
      }
      length = length * 10 + digit - '0';
    }
    in.readNBytes(length);
  }
}
