package dev.millrace.triggers.embedded.blob;

import java.io.IOException;

/** There is no room on the disk for more bytes: what was written of them is gone again. */
public final class DiskFull extends IOException {
  private static final long serialVersionUID = 1L;

  DiskFull(String message) {
    super(message);
  }
}
