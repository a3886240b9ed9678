package dev.millrace.orch.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.SealedSecret;
import dev.millrace.orch.journal.StoredSecret;
import dev.millrace.orch.journal.Transition.DropSecret;
import dev.millrace.orch.journal.Transition.KeepSecret;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.orch.keys.SecretKeyFile;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultTest {
  private static final TenantId MAIN = new TenantId("main");
  private static final TenantId OTHER = new TenantId("other");
  private static final SecretName A = new SecretName("a");
  private static final SecretName B = new SecretName("b");

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-10-01T00:00:00Z");
  private Journal journal;
  private SecretKeyFile file;
  private Vault vault;

  @BeforeEach
  void open() throws Exception {
    new KeyFiles(folder.resolve("keys"), new SecureRandom());
    journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    file = new SecretKeyFile(folder.resolve("keys"));
    vault = new Vault(journal, new Recorder(journal), file, () -> now, new SecureRandom());
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private String value(TenantId tenant, SecretName name) {
    return ((Vault.Opening.Values) vault.open(tenant, Map.of("X", name.value())))
        .byVariable()
        .get("X");
  }

  private String withheld() {
    return ((Vault.Opening.Withheld) vault.open(MAIN, Map.of("X", "a"))).reason();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "two\nlines\n",
        "  spaces ",
        "ünïcödé \uD83D\uDE00",
        "'\"$`\\",
        "\r\n\t\u0001"
      })
  void whatIsSetIsWhatIsOpened(String text) throws Exception {
    assertThat(vault.set(MAIN, A, text)).isEqualTo(new Vault.Change.Kept());

    assertThat(value(MAIN, A)).isEqualTo(text);
    assertThat(vault.list(MAIN))
        .singleElement()
        .satisfies(
            s -> assertThat(s.bytes()).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length));
  }

  @Test
  void theKeyFileIsMadeAtFirstUseForItsOwnerAlone() throws Exception {
    assertThat(file.path()).doesNotExist();
    assertThat(vault.trouble()).isEmpty();

    vault.set(MAIN, A, "v");

    assertThat(Files.getPosixFilePermissions(file.path()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void theSameValueIsNeverSealedTheSame() throws Exception {
    vault.set(MAIN, A, "the value");
    String first = journal.secret(MAIN, A).orElseThrow().sealed();
    now = now.plus(Duration.ofHours(1));
    vault.set(MAIN, A, "the value");
    SealedSecret second = journal.secret(MAIN, A).orElseThrow();

    assertThat(second.sealed()).isNotEqualTo(first);
    assertThat(second.about().createdAt()).isEqualTo(now.minus(Duration.ofHours(1)));
    assertThat(second.about().setAt()).isEqualTo(now);
  }

  @Test
  void whatIsSealedForOneNameOrTenantDoesNotOpenAsAnothers() throws Exception {
    vault.set(MAIN, A, "of main");
    SealedSecret mine = journal.secret(MAIN, A).orElseThrow();
    for (StoredSecret moved :
        List.of(
            new StoredSecret(OTHER, A, mine.about().keyId(), 7, now, now),
            new StoredSecret(MAIN, B, mine.about().keyId(), 7, now, now))) {
      journal.commit(new KeepSecret(new SealedSecret(moved, mine.sealed()), ""));

      assertThat(vault.open(moved.tenant(), Map.of("X", moved.name().value())))
          .isInstanceOfSatisfying(
              Vault.Opening.Withheld.class, w -> assertThat(w.reason()).contains("does not open"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
  void whatWasDamagedDoesNotOpen(String sealed) throws Exception {
    vault.set(MAIN, A, "v");
    SealedSecret kept = journal.secret(MAIN, A).orElseThrow();
    journal.commit(new KeepSecret(new SealedSecret(kept.about(), sealed), kept.sealed()));

    assertThat(withheld()).contains("does not open").contains("millrace secret set a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\0b", "\uD800 alone"})
  void whatNoVariableCanHoldIsRefusedWithoutBeingShown(String text) throws Exception {
    assertThat(vault.set(MAIN, A, text))
        .isInstanceOfSatisfying(
            Vault.Change.Not.class, no -> assertThat(no.reason()).doesNotContain("alone", "a\0b"));
    assertThat(vault.list(MAIN)).isEmpty();
  }

  @Test
  void sizesAreBounded() throws Exception {
    assertThat(vault.set(MAIN, A, "x".repeat(64 << 10))).isEqualTo(new Vault.Change.Kept());
    assertThat(vault.set(MAIN, A, "x".repeat((64 << 10) + 1))).isInstanceOf(Vault.Change.Not.class);
    assertThat(vault.set(MAIN, A, "ü".repeat(33_000))).isInstanceOf(Vault.Change.Not.class);
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 17; i++) {
      vault.set(MAIN, new SecretName("s" + i), "x".repeat(64 << 10));
      many.put("V" + i, "s" + i);
    }
    assertThat(vault.open(MAIN, many))
        .hasToString(
            "Withheld[reason=its secrets have 1088 KiB together, and an environment holds 1024]");
  }

  @Test
  void whatIsNotSetIsNamedWithTheCommandThatSetsIt() throws Exception {
    assertThat(withheld()).isEqualTo("secret a is not set: millrace secret set a");
    vault.set(OTHER, A, "of another tenant");
    assertThat(withheld()).contains("is not set");
    assertThat(vault.withheld(MAIN, List.of("c", "b", "b")))
        .hasValueSatisfying(reason -> assertThat(reason).startsWith("secrets b, c are not set"));
    assertThat(vault.withheld(MAIN, List.of())).isEmpty();
  }

  @Test
  void withoutItsKeyFileNothingOpensAndNothingIsSealedUntilItIsBack() throws Exception {
    vault.set(MAIN, A, "v");
    byte[] kept = Files.readAllBytes(file.path());
    Files.delete(file.path());

    assertThat(vault.trouble()).hasValueSatisfying(t -> assertThat(t).contains("is not there"));
    assertThat(withheld()).contains("is not there").contains("put the right one back");
    assertThatThrownBy(() -> vault.set(MAIN, B, "v")).hasMessageContaining("is not there");
    assertThatThrownBy(() -> vault.rekey()).hasMessageContaining("nothing was changed");
    assertThat(file.path()).doesNotExist();

    Files.write(file.path(), kept);
    assertThat(vault.trouble()).isEmpty();
    assertThat(value(MAIN, A)).isEqualTo("v");
  }

  @Test
  void anotherKeyFileOpensNothingAndSealsNothing() throws Exception {
    vault.set(MAIN, A, "v");
    file.write(List.of(SecretKeyFile.fresh(new SecureRandom())));

    assertThat(withheld()).contains("another one than the secrets were sealed under");
    assertThatThrownBy(() -> vault.set(MAIN, A, "w")).hasMessageContaining("another one");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20, 42})
  void aKeyFileThatWasCutShortIsSaidToBeDamagedAndIsNotShown(int left) throws Exception {
    vault.set(MAIN, A, "v");
    String text = Files.readString(file.path());
    Files.writeString(file.path(), text.substring(0, left));

    assertThat(withheld()).contains("is damaged").doesNotContain(text.substring(0, 20));
    assertThatThrownBy(() -> vault.set(MAIN, A, "w")).hasMessageContaining("is damaged");
  }

  @Test
  void afterAllIsRemovedAFreshKeyIsMade() throws Exception {
    vault.set(MAIN, A, "v");
    Files.delete(file.path());
    assertThat(vault.remove(MAIN, A)).isTrue();
    assertThat(vault.remove(MAIN, A)).isFalse();

    vault.set(MAIN, A, "w");

    assertThat(value(MAIN, A)).isEqualTo("w");
  }

  @Test
  void aNewKeySealsEverythingAndTheOldOneIsWorthNothing() throws Exception {
    vault.set(MAIN, A, "one");
    vault.set(OTHER, B, "two");
    String before = Files.readString(file.path());
    List<SealedSecret> sealed =
        List.of(journal.secret(MAIN, A).orElseThrow(), journal.secret(OTHER, B).orElseThrow());

    assertThat(vault.rekey()).isEqualTo(2);

    assertThat(Files.readString(file.path())).hasSize(45).doesNotContain(before.strip());
    assertThat(value(MAIN, A)).isEqualTo("one");
    assertThat(value(OTHER, B)).isEqualTo("two");
    assertThat(journal.secret(MAIN, A).orElseThrow().sealed())
        .isNotEqualTo(sealed.getFirst().sealed());
    Files.writeString(file.path(), before);
    assertThat(withheld()).contains("another one");
  }

  /** As a kill between two secrets leaves it: both keys in the file, some under either. */
  @Test
  void aChangeOfKeysThatBrokeOffGoesOn() throws Exception {
    vault.set(MAIN, A, "one");
    List<SecretKeyFile.Key> keys =
        List.of(SecretKeyFile.fresh(new SecureRandom()), file.read().getFirst());
    file.write(keys);
    vault.set(MAIN, B, "two");

    assertThat(vault.trouble()).isEmpty();
    assertThat(value(MAIN, A)).isEqualTo("one");
    assertThat(value(MAIN, B)).isEqualTo("two");
    assertThat(vault.rekey()).as("one is under the new key already").isEqualTo(1);
    assertThat(file.read()).containsExactly(keys.getFirst());
    assertThat(value(MAIN, A)).isEqualTo("one");
    assertThat(value(MAIN, B)).isEqualTo("two");
  }

  @Test
  void whatDoesNotOpenStopsAChangeOfKeysWithoutLosingOne() throws Exception {
    vault.set(MAIN, A, "one");
    vault.set(MAIN, B, "two");
    SealedSecret kept = journal.secret(MAIN, B).orElseThrow();
    journal.commit(new KeepSecret(new SealedSecret(kept.about(), "AAAA"), kept.sealed()));

    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(() -> vault.rekey()).hasMessageContaining("secret b does not open");
    }
    assertThat(file.read()).hasSize(2);
    assertThat(value(MAIN, A)).isEqualTo("one");
    journal.commit(new DropSecret(MAIN, B));
    vault.rekey();
    assertThat(file.read()).hasSize(1);
    assertThat(value(MAIN, A)).isEqualTo("one");
  }

  /** So that no job is placed that its claim would refuse, again and again. */
  @Test
  void whatDidNotOpenIsWithheldFromThenOnUntilItIsSetAgain() throws Exception {
    vault.set(MAIN, A, "one");
    SealedSecret kept = journal.secret(MAIN, A).orElseThrow();
    journal.commit(new KeepSecret(new SealedSecret(kept.about(), "AAAA"), kept.sealed()));
    assertThat(vault.withheld(MAIN, List.of("a"))).isEmpty();

    assertThat(withheld()).contains("does not open");

    assertThat(vault.withheld(MAIN, List.of("a"))).contains(withheld());
    vault.set(MAIN, A, "two");
    assertThat(vault.withheld(MAIN, List.of("a"))).isEmpty();
    assertThat(value(MAIN, A)).isEqualTo("two");
  }

  @Test
  void neitherValuesNorKeysAreInWhatIsPrinted() throws IOException {
    vault.set(MAIN, A, "hunter22");

    assertThat(vault.open(MAIN, Map.of("X", "a")).toString()).doesNotContain("hunter22");
    assertThat(file.read().toString()).contains("Key[").hasSizeLessThan(30);
    assertThat(journal.secret(MAIN, A).orElseThrow().toString())
        .doesNotContain(journal.secret(MAIN, A).orElseThrow().sealed());
  }

  @Test
  void aFilesTextIsItsValueButForTheLineEndOfASingleLine() throws Exception {
    for (Map.Entry<String, String> each :
        Map.of("a\n", "a", "a\r\n", "a", "a", "a", "a\nb\n", "a\nb\n", "\n", "", "a\n\n", "a\n\n")
            .entrySet()) {
      assertThat(SecretText.of(each.getKey().getBytes(StandardCharsets.UTF_8)))
          .isEqualTo(each.getValue());
    }
    assertThatThrownBy(() -> SecretText.of(new byte[] {(byte) 0xff}))
        .isInstanceOf(MalformedInputException.class);
  }
}
