package dev.millrace.triggers.embedded.signature;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The data inside an {@code aws-chunked} body: {@code size-in-hex[;chunk-signature=...] CRLF data
 * CRLF}, a chunk of size 0, and trailing header lines. Data are given out as they come; where
 * chunks are signed, a chunk's signature is checked when the chunk is over, and a wrong one ends
 * the stream with a refusal, so a reader must not use anything before it saw the end.
 */
public final class ChunkedBody extends InputStream {
  private static final int LINE_MAX_BYTES = 8192;
  private static final int TRAILERS_MAX = 32;
  private static final int CHUNK_SIZE_DIGITS_MAX = 12;

  private final InputStream in;
  private final Optional<ChunkSigner> signer;
  private final boolean trailing;
  private final Map<String, String> trailers = new LinkedHashMap<>();
  private final MessageDigest chunkHash;
  private long left;
  private String signature = "";
  private boolean inChunk;
  private boolean ended;
  private boolean bodyIsOver;

  /** The data of a body that was announced like this. */
  public ChunkedBody(InputStream in, PayloadHash.Chunked form) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.signer = form.signer();
    this.trailing = form.trailing();
    this.chunkHash = sha256();
  }

  /** The trailing header fields, names in lower case; complete when the stream has ended. */
  public Map<String, String> trailers() {
    return Map.copyOf(trailers);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!ended && left == 0) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(bytes, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw cutOff();
    }
    left -= count;
    if (signer.isPresent()) {
      chunkHash.update(bytes, offset, count);
    }
    return count;
  }

  private void nextChunk() throws IOException {
    if (inChunk) {
      finishChunk();
    }
    String head = line();
    int semicolon = head.indexOf(';');
    left = size(semicolon < 0 ? head : head.substring(0, semicolon));
    signature = signatureOf(semicolon < 0 ? "" : head.substring(semicolon + 1));
    inChunk = true;
    if (left == 0) {
      checkSignature();
      readTrailers();
      ended = true;
    }
  }

  private void finishChunk() throws IOException {
    if (!line().isEmpty()) {
      throw malformed("a chunk is longer than its size");
    }
    checkSignature();
  }

  private void checkSignature() {
    if (signer.isPresent()) {
      signer.get().checkChunk(HexFormat.of().formatHex(chunkHash.digest()), signature);
    }
  }

  private void readTrailers() throws IOException {
    StringBuilder canonical = new StringBuilder();
    String trailerSignature = "";
    // Before the signature stands an empty line in S3's own description, and none with most
    // clients.
    boolean signatureMayFollow = trailing && signer.isPresent();
    for (String line = trailerLine(); ; line = trailerLine()) {
      if (line.isEmpty()) {
        if (signatureMayFollow && !trailers.isEmpty() && trailerSignature.isEmpty()) {
          signatureMayFollow = false;
          continue;
        }
        break;
      }
      int colon = line.indexOf(':');
      if (colon < 1 || trailers.size() >= TRAILERS_MAX) {
        throw malformed("a trailing header is not name:value, or there are too many");
      }
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      if (name.equals("x-amz-trailer-signature")) {
        trailerSignature = value;
      } else {
        trailers.put(name, value);
        canonical.append(name).append(':').append(value).append('\n');
      }
    }
    if (trailing && signer.isPresent()) {
      byte[] lines = canonical.toString().getBytes(StandardCharsets.ISO_8859_1);
      signer.get().checkTrailer(Signing.sha256Hex(lines), trailerSignature);
    }
  }

  /**
   * One line without its CRLF; the end of the body counts as an empty line after the last chunk.
   */
  private String line() throws IOException {
    String line = unfinishedLine();
    if (line.isEmpty() && bodyIsOver) {
      return line;
    }
    if (!line.endsWith("\r")) {
      throw malformed("a line does not end with CRLF");
    }
    return line.substring(0, line.length() - 1);
  }

  /** A trailing header line may end with LF alone, as in S3's own description of the form. */
  private String trailerLine() throws IOException {
    String line = unfinishedLine();
    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
  }

  private String unfinishedLine() throws IOException {
    StringBuilder out = new StringBuilder(96);
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        if (inChunk && left == 0 && out.isEmpty() && !trailing) {
          bodyIsOver = true;
          return "";
        }
        throw cutOff();
      }
      if (out.length() == LINE_MAX_BYTES) {
        throw malformed("a line is longer than " + LINE_MAX_BYTES + " bytes");
      }
      out.append((char) b);
    }
    return out.toString();
  }

  private static long size(String digits) {
    String text = digits.strip();
    if (text.isEmpty() || text.length() > CHUNK_SIZE_DIGITS_MAX) {
      throw malformed("not a chunk size");
    }
    try {
      return HexFormat.fromHexDigitsToLong(text);
    } catch (NumberFormatException e) {
      throw malformed("not a chunk size");
    }
  }

  private static String signatureOf(String extension) {
    String name = "chunk-signature=";
    return extension.startsWith(name) ? extension.substring(name.length()).strip() : "";
  }

  private static Refusal malformed(String reason) {
    return new Refusal(ErrorCode.INVALID_REQUEST, "Not an aws-chunked body: " + reason + ".");
  }

  private static Refusal cutOff() {
    return new Refusal(ErrorCode.INCOMPLETE_BODY, "The body ends in the middle of a chunk.");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This JDK has no SHA-256", e);
    }
  }
}
