package dev.millrace.orch.api;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists in pages: how long one is, and where the next begins. */
final class Pages {
  /** Rows of a page when the client does not say. */
  static final int USUAL = 100;

  /** The most rows that a page can have. */
  static final int MOST = 1000;

  /** What may stand in the query of a list that is filtered by nothing. */
  static final String[] QUERY = {"max", "cursor"};

  private Pages() {}

  /** How many rows are wanted. */
  static int max(Exchange exchange, int usual) {
    return (int) exchange.query("max", usual, 1, MOST);
  }

  /** Where the page begins; null for the first. */
  static @Nullable String from(Exchange exchange, String list) {
    return exchange.query("cursor").map(cursor -> Cursor.position(list, cursor)).orElse(null);
  }

  /**
   * Answers a short list, which is all in memory, with an array; the next page is in the Link
   * header.
   *
   * @param name of a row, by which rows are sorted; no two are the same
   * @param view a row as the API writes it
   */
  static <T> void answer(
      Exchange exchange, String list, List<T> rows, Function<T, String> name, Function<T, ?> view) {
    String from = from(exchange, list);
    int max = max(exchange, MOST);
    List<T> page =
        rows.stream()
            .sorted(Comparator.comparing(name))
            .filter(row -> from == null || name.apply(row).compareTo(from) > 0)
            .limit(max + 1L)
            .toList();
    if (page.size() > max) {
      page = page.subList(0, max);
      exchange.next(Cursor.of(list, name.apply(page.getLast())));
    }
    exchange.answer(200, page.stream().map(view).toList());
  }
}
