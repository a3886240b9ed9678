package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.PercentEncoding;
import dev.millrace.triggers.embedded.signature.Query;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Tag sets in the form of a URL query, as the x-amz-tagging header has them. */
final class Tags {
  private static final int TAGS_MAX = 10;
  private static final int KEY_MAX = 128;
  private static final int VALUE_MAX = 256;

  private Tags() {}

  /** The tags of a write's header, proved. */
  static String ofHeader(S3Call call) {
    return call.header("x-amz-tagging").map(text -> text(parse(text))).orElse("");
  }

  static List<Query.Parameter> parse(String text) {
    return Query.parse(text).parameters();
  }

  /** The kept form of a tag set that S3 would take. */
  static String text(List<Query.Parameter> tags) {
    Set<String> keys = new HashSet<>();
    for (Query.Parameter tag : tags) {
      if (tag.name().isEmpty()
          || tag.name().length() > KEY_MAX
          || tag.value().length() > VALUE_MAX
          || !keys.add(tag.name())) {
        throw new Refusal(
            ErrorCode.INVALID_TAG,
            "Tag keys have 1 to 128 characters, values up to 256, and no key comes twice.");
      }
    }
    if (tags.size() > TAGS_MAX) {
      throw new Refusal(ErrorCode.INVALID_TAG, "An object has at most " + TAGS_MAX + " tags.");
    }
    return tags.stream()
        .map(tag -> PercentEncoding.encode(tag.name()) + "=" + PercentEncoding.encode(tag.value()))
        .collect(Collectors.joining("&"));
  }
}
