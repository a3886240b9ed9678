package dev.millrace.runtime.container;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;

/**
 * Two pipes between this process and a container, in a folder that both see. This end is opened
 * before the container starts: what becomes of the names later does not matter. When this process
 * is gone, whoever reads in the container reads an end of file.
 */
final class NamedPipes implements AutoCloseable {
  private final RandomAccessFile inputHeld;
  private final RandomAccessFile outputHeld;
  private final OutputStream input;
  private final InputStream output;

  private NamedPipes(Path in, Path out) throws IOException {
    // An end that is opened for both directions waits for nobody.
    inputHeld = new RandomAccessFile(in.toFile(), "rw");
    input = new FileOutputStream(in.toFile());
    outputHeld = new RandomAccessFile(out.toFile(), "rw");
    output = new FileInputStream(out.toFile());
  }

  static NamedPipes make(SlotFolder folder) throws IOException, InterruptedException {
    Path in = folder.pipe("in");
    Path out = folder.pipe("out");
    Process mkfifo =
        new ProcessBuilder("mkfifo", in.toString(), out.toString())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.DISCARD)
            .start();
    if (mkfifo.waitFor() != 0) {
      throw new IOException("mkfifo ended with " + mkfifo.exitValue() + " for " + in);
    }
    SlotFolder.open(in, "rw-rw-rw-");
    SlotFolder.open(out, "rw-rw-rw-");
    return new NamedPipes(in, out);
  }

  /** What the container reads. */
  OutputStream input() {
    return input;
  }

  /** What the container writes. */
  InputStream output() {
    return output;
  }

  /** From now on a write fails when nobody in the container reads any more. */
  void reading() throws IOException {
    inputHeld.close();
  }

  /** Nobody in the container will write any more: whoever reads here comes to the end. */
  void ended() {
    try {
      inputHeld.close();
      outputHeld.close();
    } catch (IOException e) {
      // There is nothing in them that could be lost.
      return;
    }
  }

  /** The reading end is closed by whoever reads, at its end of file. */
  @Override
  public void close() {
    ended();
    try {
      input.close();
    } catch (IOException e) {
      return;
    }
  }
}
