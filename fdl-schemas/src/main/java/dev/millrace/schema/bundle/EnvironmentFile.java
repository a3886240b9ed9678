package dev.millrace.schema.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Variables as text: UTF-8, one {@code NAME='value'} after the other, sorted by name, each closed
 * by a line feed; a quote in a value is written {@code '\''}. Where all names are a shell's, {@code
 * set -a; . ./environment} sets them.
 */
public final class EnvironmentFile {
  /** Bytes that a file has at most. */
  public static final int BYTES_MAX = 4 << 20;

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,254}");
  private static final String QUOTE = "'\\''";

  private EnvironmentFile() {}

  /**
   * The file's bytes.
   *
   * @throws IllegalArgumentException when a name or a value cannot be in an environment
   */
  public static byte[] bytes(Map<String, String> variables) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(variables)
        .forEach((name, value) -> {
          check(name, value);
          text.append(name).append("='").append(value.replace("'", QUOTE)).append("'\n");
        });
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void check(String name, String value) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' is no variable's name");
    }
    if (value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the value of " + name + " holds a NUL");
    }
  }

  /**
   * Reads {@link #bytes} back; nothing else is taken.
   *
   * @throws IllegalArgumentException when it is not of that form, or names a variable twice
   */
  public static Map<String, String> read(byte[] file) {
    if (file.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "the environment file has " + file.length + " bytes, more than " + BYTES_MAX);
    }
    String text = decoded(file);
    Map<String, String> variables = new LinkedHashMap<>();
    int at = 0;
    while (at < text.length()) {
      int equals = text.indexOf("='", at);
      if (equals < 0) {
        throw new IllegalArgumentException(
            "the environment file has no NAME='value' at character " + at);
      }
      String name = text.substring(at, equals);
      StringBuilder value = new StringBuilder();
      at = value(text, equals + 2, value);
      check(name, value.toString());
      if (variables.put(name, value.toString()) != null) {
        throw new IllegalArgumentException("the environment file names " + name + " twice");
      }
    }
    return variables;
  }

  /** Where the next line begins. */
  private static int value(String text, int start, StringBuilder value) {
    int at = start;
    while (true) {
      int quote = text.indexOf('\'', at);
      if (quote < 0) {
        throw new IllegalArgumentException("the environment file ends within a value");
      }
      value.append(text, at, quote);
      if (text.startsWith("'\n", quote)) {
        return quote + 2;
      }
      if (!text.startsWith(QUOTE, quote)) {
        throw new IllegalArgumentException(
            "the environment file has a quote that neither ends a line nor is written " + QUOTE);
      }
      value.append('\'');
      at = quote + QUOTE.length();
    }
  }

  private static String decoded(byte[] file) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the environment file is not UTF-8", e);
    }
  }
}
