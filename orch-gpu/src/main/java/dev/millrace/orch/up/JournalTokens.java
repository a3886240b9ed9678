package dev.millrace.orch.up;

import dev.millrace.orch.api.FileTokens;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.TokenBook;
import dev.millrace.orch.api.TokenShelf;
import dev.millrace.orch.journal.ApiToken;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.journal.Transition.DropToken;
import dev.millrace.orch.journal.Transition.KeepToken;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tokens in the journal that several coordinators share: made through one of them, honoured by all,
 * and revoked through any of them worth nothing anywhere, a second later at most.
 */
final class JournalTokens implements TokenShelf {
  /** For so long what the journal said is taken to be so still. */
  static final Duration FRESH = Duration.ofSeconds(1);

  private final Journal journal;
  private final Ticker ticker;
  private final ReentrantLock reading = new ReentrantLock();
  private volatile @Nullable Seen seen;
  private long changes;

  private record Seen(List<TokenBook.Entry> tokens, long lookedNanos) {}

  JournalTokens(Journal journal, Ticker ticker) {
    this.journal = journal;
    this.ticker = ticker;
  }

  /**
   * Puts those of a file there, and removes the file: they were given out before the journal was
   * shared, or by an earlier version. Broken off, it is begun anew, and what was revoked meanwhile
   * stays revoked.
   */
  void takeOver(Path file, Instant now) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    for (TokenBook.Entry entry : FileTokens.open(file).tokens()) {
      if (!put(entry, now)) {
        throw new IOException(
            "the journal has "
                + MOST
                + " tokens, so those of "
                + file
                + " have no room: revoke some");
      }
    }
    Files.delete(file);
  }

  @Override
  public List<TokenBook.Entry> tokens() {
    Seen before = fresh();
    if (before != null) {
      return before.tokens();
    }
    // One reads for all who come meanwhile.
    reading.lock();
    try {
      Seen meanwhile = fresh();
      return meanwhile == null ? read() : meanwhile.tokens();
    } finally {
      reading.unlock();
    }
  }

  private @Nullable Seen fresh() {
    Seen before = seen;
    boolean old = before == null || ticker.nanos() - before.lookedNanos() >= FRESH.toNanos();
    return old ? null : before;
  }

  private List<TokenBook.Entry> read() {
    long now = ticker.nanos();
    long until = changes();
    List<TokenBook.Entry> found = journal.tokens().stream().map(JournalTokens::entry).toList();
    keep(new Seen(found, now), until);
    return found;
  }

  private synchronized long changes() {
    return changes;
  }

  /** Unless a token was made or revoked here while the journal was read. */
  private synchronized void keep(Seen fresh, long until) {
    if (changes == until) {
      seen = fresh;
    }
  }

  private synchronized void changed() {
    changes++;
    seen = null;
  }

  private static TokenBook.Entry entry(ApiToken token) {
    return new TokenBook.Entry(
        token.id(),
        token.name(),
        Role.valueOf(token.role()),
        token.tenant(),
        token.sha256(),
        token.createdAt(),
        token.expiresAt());
  }

  @Override
  public boolean put(TokenBook.Entry token, Instant now) throws IOException {
    return done(
        new KeepToken(
            new ApiToken(
                token.tenant(),
                token.id(),
                token.name(),
                token.role().name(),
                token.sha256(),
                token.createdAt(),
                token.expiresAt()),
            MOST,
            now));
  }

  @Override
  public boolean remove(TenantId tenant, String id) throws IOException {
    return done(new DropToken(tenant, id));
  }

  private boolean done(Transition transition) throws IOException {
    try {
      return journal.commit(transition) instanceof Commit.Committed;
    } catch (JournalException e) {
      throw new IOException("the journal did not answer: " + e.getMessage(), e);
    } finally {
      changed();
    }
  }
}
