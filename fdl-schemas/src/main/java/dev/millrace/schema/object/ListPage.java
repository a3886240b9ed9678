package dev.millrace.schema.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a listing, in the order of the keys' UTF-8 bytes.
 *
 * @param next token of the page that follows, null on the last one
 */
public record ListPage(List<ListedObject> objects, @Nullable String next) {
  public ListPage {
    objects = List.copyOf(objects);
  }
}
