package dev.millrace.orch.api.view;

import dev.millrace.schema.object.FolderPage;
import dev.millrace.schema.object.ListedObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a bucket's objects, in the order of the keys' UTF-8 bytes.
 *
 * @param folders whole prefixes, each ending in a slash; empty unless folders were asked for
 * @param next cursor of the next page; null when this is the last
 */
public record ObjectPage(List<Row> objects, List<String> folders, @Nullable String next) {
  public ObjectPage {
    objects = List.copyOf(objects);
    folders = List.copyOf(folders);
  }

  /**
   * As the API writes it.
   *
   * @param next where the next page begins; null when this is the last
   */
  public static ObjectPage of(FolderPage page, @Nullable String next) {
    return new ObjectPage(page.objects().stream().map(Row::of).toList(), page.folders(), next);
  }

  /**
   * An object in a listing.
   *
   * @param size in bytes
   * @param eTag without quotes
   */
  public record Row(String key, long size, Instant lastModified, String eTag) {
    static Row of(ListedObject row) {
      return new Row(row.key(), row.size(), row.lastModified(), row.eTag());
    }
  }
}
