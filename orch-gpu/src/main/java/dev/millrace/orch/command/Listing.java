package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ObjectPage;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.ObjectQuery;
import dev.millrace.schema.function.InputRule;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The objects under a prefix, folders' too, without Millrace's own and without keys that only mark
 * a folder. One page is held at a time. For one thread at a time.
 */
final class Listing implements SideBySide.Source<ObjectPage.Row> {
  private static final int PAGE = 1000;

  private final CoordinatorClient client;
  private final S3Target where;
  private Iterator<ObjectPage.Row> page = List.<ObjectPage.Row>of().iterator();
  private Optional<String> token = Optional.of("");

  Listing(CoordinatorClient client, S3Target where) {
    this.client = client;
    this.where = where;
  }

  @Override
  public Optional<ObjectPage.Row> next() throws IOException {
    while (true) {
      while (page.hasNext()) {
        ObjectPage.Row row = page.next();
        if (covers(row.key())) {
          return Optional.of(row);
        }
      }
      if (token.isEmpty()) {
        return Optional.empty();
      }
      ObjectPage found =
          client.objects(
              new ObjectQuery(
                  where.store(), where.bucket(), where.key(), false, token.orElseThrow(), PAGE));
      token = Optional.ofNullable(found.next());
      page = found.objects().iterator();
    }
  }

  private boolean covers(String key) {
    return !key.endsWith("/")
        && (where.key().startsWith(InputRule.RESERVED) || !key.startsWith(InputRule.RESERVED));
  }
}
