package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.desk.Jobs;
import dev.millrace.schema.id.TenantId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenBookTest {
  @TempDir Path folder;
  private final AtomicReference<Instant> now = new AtomicReference<>(Jobs.NOW);
  private final SplittableRandom random = new SplittableRandom(5);
  private Path file;
  private TokenBook book;

  @BeforeEach
  void open() throws IOException {
    file = folder.resolve("tokens.json");
    book = TokenBook.open(file, now::get, random);
  }

  @Test
  void knowsItsTokensAfterItWasOpenedAgain() throws Exception {
    TokenBook.Issued issued = book.issue(Jobs.TENANT, "a", Role.VIEWER, null);

    TokenBook again = TokenBook.open(file, now::get, random);

    assertThat(again.holder(issued.secret()))
        .hasValue(new Tokens.Principal(Jobs.TENANT, Role.VIEWER));
    assertThat(again.holder(issued.secret() + " ")).isEmpty();
    assertThat(again.holder(issued.entry().sha256())).isEmpty();
    assertThat(again.holder("")).isEmpty();
  }

  @Test
  void keepsDigestsInAFileOfItsOwner() throws Exception {
    TokenBook.Issued issued = book.issue(Jobs.TENANT, "a", Role.ADMIN, null);

    assertThat(file).content().doesNotContain(issued.secret());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void forgetsARevokedTokenForGood() throws Exception {
    TokenBook.Issued issued = book.issue(Jobs.TENANT, "a", Role.ADMIN, null);

    assertThat(book.revoke(new TenantId("other"), issued.entry().id())).isFalse();
    assertThat(book.holder(issued.secret())).isPresent();
    assertThat(book.revoke(Jobs.TENANT, issued.entry().id())).isTrue();
    assertThat(book.revoke(Jobs.TENANT, issued.entry().id())).isFalse();
    assertThat(book.holder(issued.secret())).isEmpty();
    assertThat(TokenBook.open(file, now::get, random).holder(issued.secret())).isEmpty();
  }

  @Test
  void letsATokenExpire() throws Exception {
    Instant end = Jobs.NOW.plusSeconds(60);
    TokenBook.Issued issued = book.issue(Jobs.TENANT, "a", Role.ADMIN, end);

    now.set(end.minusNanos(1));
    assertThat(book.holder(issued.secret())).isPresent();
    now.set(end);
    assertThat(book.holder(issued.secret())).isEmpty();
    assertThat(book.entries(Jobs.TENANT)).hasSize(1);
    assertThatThrownBy(() -> book.issue(Jobs.TENANT, "b", Role.ADMIN, end))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has passed");
  }

  @Test
  void refusesAFileThatIsNone() throws Exception {
    Files.writeString(file, "[{\"id\":1}]");

    assertThatThrownBy(() -> TokenBook.open(file, now::get, random))
        .isInstanceOf(IOException.class);
  }
}
