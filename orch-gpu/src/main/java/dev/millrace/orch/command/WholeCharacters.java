package dev.millrace.orch.command;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 that comes in pieces, as text: a character that is cut between two pieces is part of the
 * second, and what is no character stands as the replacement character. For one thread at a time.
 */
final class WholeCharacters {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] cut = new byte[0];

  /** The text of a piece, with what was cut off before. */
  String of(byte[] piece) {
    return decoded(piece, false);
  }

  /** What is left when no more comes. */
  String rest() {
    return decoded(new byte[0], true);
  }

  private String decoded(byte[] piece, boolean last) {
    ByteBuffer in = ByteBuffer.allocate(cut.length + piece.length).put(cut).put(piece).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    decoder.decode(in, out, last);
    cut = new byte[in.remaining()];
    in.get(cut);
    return out.flip().toString();
  }
}
