package dev.millrace.runtime.unit;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicLong;

/** A stretch of a file as a request's body, hashed while it is sent. */
final class FileBody implements AutoCloseable {
  private final Path file;
  private final long offset;
  private final long length;
  private final MessageDigest before;
  private final AtomicLong moved = new AtomicLong();
  private volatile Stretch latest = new Stretch(InputStream.nullInputStream(), 0, Hex.sha256());

  /**
   * @param before digest of what lies in front of the stretch; it stays as it is
   */
  FileBody(Path file, long offset, long length, MessageDigest before) {
    this.file = file;
    this.offset = offset;
    this.length = length;
    this.before = before;
  }

  BodyPublisher publisher() {
    return length == 0
        ? BodyPublishers.noBody()
        : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(this::open), length);
  }

  /** How many bytes were read, those that were read again included. */
  long moved() {
    return moved.get();
  }

  /** Whether the last sending read all of it: what the store has otherwise is not this. */
  boolean whole() {
    return length == 0 || latest.left == 0;
  }

  /** Digest up to the end of the stretch, once it was sent. */
  MessageDigest digest() {
    return length == 0 ? before : latest.digest;
  }

  private InputStream open() {
    try {
      latest.close();
      InputStream in =
          Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
      in.skipNBytes(offset);
      latest = new Stretch(in, length, copy(before));
      return latest;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MessageDigest copy(MessageDigest digest) {
    try {
      return (MessageDigest) digest.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's SHA-256 can be copied", e);
    }
  }

  private final class Stretch extends InputStream {
    private final InputStream in;
    private final MessageDigest digest;
    private volatile long left;

    Stretch(InputStream in, long length, MessageDigest digest) {
      this.in = in;
      this.left = length;
      this.digest = digest;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
      if (left == 0) {
        return -1;
      }
      int got = in.read(bytes, from, (int) Math.min(count, left));
      if (got > 0) {
        digest.update(bytes, from, got);
        left -= got;
        moved.addAndGet(got);
      }
      return got;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  @Override
  public void close() throws IOException {
    latest.close();
  }
}
