package dev.millrace.schema.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of what lies directly in a folder: keys end at the next slash behind its prefix.
 *
 * @param folders whole prefixes, each ending in a slash
 * @param objects those without a further slash
 * @param next token of the page that follows, null on the last one
 */
public record FolderPage(List<String> folders, List<ListedObject> objects, @Nullable String next) {
  public FolderPage {
    folders = List.copyOf(folders);
    objects = List.copyOf(objects);
  }
}
