package dev.millrace.orch.api;

import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Tokens in a file of its owner alone, for the one coordinator that has it. */
public final class FileTokens implements TokenShelf {
  private final Path file;
  private volatile List<TokenBook.Entry> entries;

  private FileTokens(Path file, List<TokenBook.Entry> entries) {
    this.file = file;
    this.entries = List.copyOf(entries);
  }

  /** Those of this file; none when it is not there. */
  public static FileTokens open(Path file) throws IOException {
    return new FileTokens(
        file,
        Files.exists(file)
            ? Json.readList(Files.readAllBytes(file), TokenBook.Entry.class)
            : List.of());
  }

  @Override
  public List<TokenBook.Entry> tokens() {
    return entries;
  }

  @Override
  public synchronized boolean put(TokenBook.Entry token, Instant now) throws IOException {
    List<TokenBook.Entry> next = new ArrayList<>(entries);
    if (next.size() >= MOST) {
      next.removeIf(entry -> !entry.isWorthSomething(now));
    }
    if (next.size() >= MOST) {
      return false;
    }
    next.add(token);
    keep(next);
    return true;
  }

  @Override
  public synchronized boolean remove(TenantId tenant, String id) throws IOException {
    List<TokenBook.Entry> next = new ArrayList<>(entries);
    boolean found = next.removeIf(entry -> entry.id().equals(id) && entry.tenant().equals(tenant));
    if (found) {
      keep(next);
    }
    return found;
  }

  private void keep(List<TokenBook.Entry> next) throws IOException {
    OwnerFile.write(file, (Json.pretty(next) + "\n").getBytes(StandardCharsets.UTF_8));
    entries = List.copyOf(next);
  }
}
