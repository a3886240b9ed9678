package dev.millrace.fdl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The rules for what a shell is given. */
public final class ScriptText {
  private ScriptText() {}

  static Lookup<String> of(byte[] bytes) {
    if (bytes.length > ScriptSource.MAX_SCRIPT_BYTES) {
      return tooLong(bytes.length);
    }
    try {
      return of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return new Lookup.Refused<>("is not UTF-8 text");
    }
  }

  /** The text with lines ended by {@code \n}; refused when it is no script. */
  public static Lookup<String> of(String text) {
    String lines = text.replace("\r\n", "\n");
    if (lines.startsWith("\uFEFF")) {
      lines = lines.substring(1);
    }
    if (lines.indexOf('\0') >= 0) {
      return new Lookup.Refused<>("holds a NUL character: it is not a script");
    }
    if (lines.isBlank()) {
      return new Lookup.Refused<>("is empty");
    }
    int size = lines.getBytes(StandardCharsets.UTF_8).length;
    return size > ScriptSource.MAX_SCRIPT_BYTES ? tooLong(size) : new Lookup.Found<>(lines);
  }

  static Lookup<String> tooLong(long bytes) {
    return new Lookup.Refused<>(
        "has " + bytes + " bytes; a script may have " + ScriptSource.MAX_SCRIPT_BYTES);
  }
}
