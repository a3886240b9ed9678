package dev.millrace.runtime.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Names of entries: which leave their folder, and which cannot lie beside each other. */
final class EntryNames {
  private static final int UTF8_FLAG = 1 << 11;
  private static final int BYTES_MAX = 1024;
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);

  private EntryNames() {}

  /** The name in these bytes, if it is one that stays within its folder on every system. */
  static String read(ByteBuffer bytes, int flags) throws BundleRefused {
    if (!bytes.hasRemaining() || bytes.remaining() > BYTES_MAX) {
      throw new BundleRefused(
          "an entry's name has " + bytes.remaining() + " bytes, not 1 to " + BYTES_MAX);
    }
    String name;
    try {
      name = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new BundleRefused("an entry's name is not UTF-8");
    }
    boolean ascii = name.chars().allMatch(c -> c < 0x80);
    if (!ascii && (flags & UTF8_FLAG) == 0) {
      throw new BundleRefused(said(name) + " is not marked as UTF-8");
    }
    check(name);
    return name;
  }

  private static void check(String name) throws BundleRefused {
    if (name.indexOf('\0') >= 0) {
      throw new BundleRefused(said(name) + " holds a NUL");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw new BundleRefused(said(name) + " holds a control character");
    }
    if (name.indexOf('\\') >= 0) {
      throw new BundleRefused(said(name) + " holds a backslash");
    }
    if (name.startsWith("/") || DRIVE.matcher(name).matches()) {
      throw new BundleRefused(said(name) + " is an absolute path");
    }
    if (name.endsWith("/")) {
      throw new BundleRefused(said(name) + " is a folder");
    }
    for (String segment : name.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new BundleRefused(said(name) + " leaves its folder");
      }
    }
  }

  /**
   * Proves that all can lie in one folder, on a file system that minds case or one that does not.
   */
  static void proveApart(List<Entry> entries) throws BundleRefused {
    Map<String, String> files = new HashMap<>();
    for (Entry entry : entries) {
      String other = files.put(folded(entry.name()), entry.name());
      if (other != null) {
        throw new BundleRefused(
            other.equals(entry.name())
                ? said(entry.name()) + " is there twice"
                : said(entry.name()) + " and " + said(other) + " differ by case or accents alone");
      }
    }
    for (Entry entry : entries) {
      String name = folded(entry.name());
      for (int at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
        if (files.containsKey(name.substring(0, at))) {
          throw new BundleRefused(
              said(entry.name()) + " lies in a folder that is a file of the bundle");
        }
      }
    }
  }

  private static String folded(String name) {
    String composed = Normalizer.normalize(name, Normalizer.Form.NFKC);
    return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** In a message: what cannot be printed is not. */
  static String said(String name) {
    StringBuilder text = new StringBuilder("entry '");
    name.chars().limit(80).forEach(c -> text.append(Character.isISOControl(c) ? '?' : (char) c));
    return text.append('\'').toString();
  }
}
