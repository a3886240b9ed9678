package dev.millrace.triggers.s3;

import dev.millrace.schema.object.ListedObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/** What a page of a listing says. */
final class S3Listings {
  private S3Listings() {}

  static List<ListedObject> rows(ListObjectsV2Response page) {
    return page.contents().stream()
        .map(row ->
            new ListedObject(
                row.key(), S3Heads.unquoted(row.eTag()), row.size(), row.lastModified()))
        .toList();
  }

  /** The token of the page that follows; null on the last one. */
  static @Nullable String next(ListObjectsV2Response page) {
    return Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
  }
}
