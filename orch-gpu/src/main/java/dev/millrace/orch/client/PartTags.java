package dev.millrace.orch.client;

import dev.millrace.schema.sign.Hex;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The entity tags of an upload's parts. Stores tag the whole with the MD5 of the parts' MD5s and
 * their number (Amazon S3 User Guide, "Checking object integrity"); where the tags of parts are no
 * MD5s, the number alone tells.
 */
record PartTags(List<String> tags) {
  private static final Pattern MD5 = Pattern.compile("\"?([0-9a-fA-F]{32})\"?");

  PartTags {
    tags = List.copyOf(tags);
  }

  /** Whether an object with this tag can be made of these parts. */
  boolean fits(String whole) {
    String tag = whole.replace("\"", "");
    return tags.stream().allMatch(each -> MD5.matcher(each).matches())
        ? tag.equalsIgnoreCase(joined())
        : tag.endsWith("-" + tags.size());
  }

  private String joined() {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      tags.forEach(each -> digest.update(HexFormat.of().parseHex(each.replace("\"", ""))));
      return Hex.of(digest.digest()) + "-" + tags.size();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
