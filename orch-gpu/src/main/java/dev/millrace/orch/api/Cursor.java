package dev.millrace.orch.api;

import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where a list goes on. Opaque to clients, and bound to the list and to what it is filtered by: one
 * that was damaged, or is given to another list, is refused instead of answered with the wrong
 * page.
 */
final class Cursor {
  private static final int CHECK = 6;
  private static final int LONGEST = 4096;

  private Cursor() {}

  /**
   * The cursor behind a row.
   *
   * @param list the list's name with its filters
   * @param position the row, as its list finds it again
   */
  static String of(String list, String position) {
    byte[] place = position.getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(check(list, position), CHECK + place.length);
    System.arraycopy(place, 0, all, CHECK, place.length);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
  }

  /** The row that a cursor stands behind. */
  static String position(String list, String cursor) {
    byte[] all = bytes(cursor);
    if (all.length > CHECK) {
      String position = new String(all, CHECK, all.length - CHECK, StandardCharsets.UTF_8);
      if (MessageDigest.isEqual(Arrays.copyOf(all, CHECK), check(list, position))) {
        return position;
      }
    }
    throw Refusal.of(
        400,
        "Bad cursor",
        "this cursor is none of this list with these filters",
        "take it unchanged from 'next' or the Link header of the page before, with the same"
            + " filters; or leave it out to begin again");
  }

  private static byte[] bytes(String cursor) {
    try {
      return cursor.length() > LONGEST ? new byte[0] : Base64.getUrlDecoder().decode(cursor);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static byte[] check(String list, String position) {
    byte[] text = ("1\n" + list + "\n" + position).getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(Hex.sha256(text), CHECK);
  }
}
