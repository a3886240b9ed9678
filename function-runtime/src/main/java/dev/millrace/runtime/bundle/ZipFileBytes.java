package dev.millrace.runtime.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** A zip's bytes, read where one points at; zips count in little endian. */
record ZipFileBytes(FileChannel channel, long size) {
  /** That many bytes from there on. */
  ByteBuffer at(long offset, int length, String what) throws IOException, BundleRefused {
    if (offset < 0 || offset > size - length) {
      throw new BundleRefused(
          "its " + what + " lies at byte " + offset + ", outside its " + size + " bytes");
    }
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return buffer.flip();
  }

  static int u16(ByteBuffer buffer, int at) {
    return Short.toUnsignedInt(buffer.getShort(at));
  }

  static long u32(ByteBuffer buffer, int at) {
    return Integer.toUnsignedLong(buffer.getInt(at));
  }
}
