package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.checksum.CrcCombination;
import dev.millrace.triggers.embedded.checksum.RunningChecksum;
import dev.millrace.triggers.embedded.names.Content;
import dev.millrace.triggers.embedded.names.Uploads;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Entity tag and checksum of an object made of parts, from those of its parts. */
final class MultipartDigests {
  private MultipartDigests() {}

  /** The MD5 of the parts' MD5s, and how many parts there are. */
  static String etag(List<Content.Part> parts) {
    RunningChecksum md5 = RunningChecksum.md5();
    for (Content.Part part : parts) {
      byte[] digest = HexFormat.of().parseHex(part.etag());
      md5.update(digest, 0, digest.length);
    }
    return HexFormat.of().formatHex(md5.value()) + "-" + parts.size();
  }

  /** The checksum that was planned; empty when a part has none. */
  static Optional<Checksum> checksum(
      Optional<Uploads.ChecksumPlan> plan, List<Content.Part> parts) {
    if (plan.isEmpty() || parts.stream().anyMatch(part -> part.checksum().isEmpty())) {
      return Optional.empty();
    }
    String value =
        switch (plan.get().kind()) {
          case FULL_OBJECT -> whole(plan.get(), parts);
          case COMPOSITE -> composite(plan.get(), parts);
        };
    return Optional.of(new Checksum(plan.get().algorithm(), plan.get().kind(), value));
  }

  private static String whole(Uploads.ChecksumPlan plan, List<Content.Part> parts) {
    CrcCombination combination = CrcCombination.of(plan.algorithm());
    byte[] sum = value(parts.getFirst());
    for (Content.Part part : parts.subList(1, parts.size())) {
      sum = combination.combine(sum, value(part), part.size());
    }
    return Base64.getEncoder().encodeToString(sum);
  }

  private static String composite(Uploads.ChecksumPlan plan, List<Content.Part> parts) {
    RunningChecksum checksum = RunningChecksum.of(plan.algorithm());
    for (Content.Part part : parts) {
      byte[] digest = value(part);
      checksum.update(digest, 0, digest.length);
    }
    return Base64.getEncoder().encodeToString(checksum.value()) + "-" + parts.size();
  }

  private static byte[] value(Content.Part part) {
    return Base64.getDecoder().decode(part.checksum().orElseThrow());
  }
}
