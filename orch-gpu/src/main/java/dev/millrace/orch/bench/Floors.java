package dev.millrace.orch.bench;

import dev.millrace.schema.time.Ticker;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** The same work with nothing around it. */
final class Floors {
  private static final int LOG_BYTES = 4 << 20;

  private final Ticker ticker;

  Floors(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Appends a second of so many bytes, each synced, into a file that is long enough already. */
  double syncedAppends(Path folder, int bytes, int count) throws IOException {
    Path file = folder.resolve("floor-appends");
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(LOG_BYTES));
      channel.force(true);
      long began = ticker.nanos();
      for (int i = 0; i < count; i++) {
        buffer.clear();
        channel.write(buffer, (long) i * bytes % (LOG_BYTES - Math.min(bytes, LOG_BYTES - 1)));
        channel.force(false);
      }
      return count * 1e9 / (ticker.nanos() - began);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  /** Files a second of so many bytes, each synced and its folder too, by so many writers. */
  double syncedFiles(Path folder, int bytes, Callers callers, int count)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    byte[] content = new byte[bytes];
    return callers.perSecond(
        count,
        number -> {
          try (FileChannel channel =
              FileChannel.open(
                  folder.resolve("f" + number),
                  StandardOpenOption.CREATE_NEW,
                  StandardOpenOption.WRITE)) {
            ByteBuffer all = ByteBuffer.wrap(content);
            while (all.hasRemaining()) {
              channel.write(all);
            }
            channel.force(true);
          }
          try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
          }
        });
  }

  /** Processes a second that are started, waited for, and end with 0. */
  double spawns(List<String> command, Map<String, String> environment, Callers callers, int count)
      throws IOException, InterruptedException {
    return callers.perSecond(
        count,
        number -> {
          ProcessBuilder builder = new ProcessBuilder(command);
          builder.environment().putAll(environment);
          int code =
              builder
                  .redirectInput(Redirect.from(new File("/dev/null")))
                  .redirectOutput(Redirect.DISCARD)
                  .redirectError(Redirect.DISCARD)
                  .start()
                  .waitFor();
          if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + code);
          }
        });
  }
}
