package dev.millrace.orch.up;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.doctor.Finding;
import dev.millrace.orch.doctor.Finding.Level;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code doctor} says of notices, from the journal over the API. */
final class NoticeCheckTest {
  private static final StoreId FAR = new StoreId("minio.far");

  @TempDir Path folder;
  private Journal journal;
  private ApiServer server;
  private Set<StoreId> away = Set.of();

  @BeforeEach
  void start() {
    journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "1.2.3"),
            new FakeDesk(),
            Tokens.admin("right", TENANT)
                .and(token -> reader(token, "looking", Role.VIEWER, TENANT))
                .and(token -> reader(token, "else", Role.TENANT, new TenantId("other")))
                .and(token -> reader(token, "gpu", Role.PROVIDER, TENANT)),
            new ApiServer.Mounted(
                Optional.empty(), List.of(new WaitingNotices(journal, () -> away).route())));
  }

  private static Optional<Tokens.Principal> reader(
      String token, String own, Role role, TenantId tenant) {
    return token.equals(own)
        ? Optional.of(new Tokens.Principal(tenant, role, null))
        : Optional.empty();
  }

  @AfterEach
  void stop() {
    server.close();
    journal.close();
  }

  private void notice(StoreId store, String key) {
    ObjectName name = new ObjectName(store, BUCKET, key);
    new Story(journal).done(new AcceptNotices(TENANT, List.of(new Notice("test", name, null, T0))));
  }

  private List<Finding> found(String token, Duration later) {
    URI endpoint = server.endpoint();
    return new NoticeCheck(() -> T0.plus(later)).of(endpoint, token);
  }

  @Test
  void thatNoneWaitsIsSaid() {
    assertThat(found("right", Duration.ZERO))
        .singleElement()
        .satisfies(one -> assertThat(one.level()).isEqualTo(Level.OK))
        .extracting(Finding::said)
        .isEqualTo("none waits for its store");
  }

  @Test
  void howManyWaitForAStoreThatIsAwayAndSinceWhenIsToldWithWhatToDo() {
    notice(FAR, "a.fa");
    notice(FAR, "b.fa");
    notice(StoreId.EMBEDDED, "c.fa");
    away = Set.of(FAR);

    List<Finding> found = found("right", Duration.ofSeconds(2));

    assertThat(found).hasSize(2);
    assertThat(found)
        .filteredOn(one -> one.level() == Level.WARN)
        .singleElement()
        .satisfies(one -> {
          assertThat(one.said())
              .contains("minio.far does not answer", "2 notices wait", T0.toString());
          assertThat(one.remedy()).contains("see that it runs", "asked again by itself");
        });
    assertThat(found)
        .filteredOn(one -> one.level() == Level.OK)
        .singleElement()
        .extracting(Finding::said)
        .asString()
        .contains("1 notice waits");
  }

  @Test
  void whatWaitsThoughItsStoreAnswersIsToldWithTheOldestObject() {
    notice(FAR, "a.fa");

    assertThat(found("right", Duration.ofMinutes(10)))
        .singleElement()
        .satisfies(one -> {
          assertThat(one.level()).isEqualTo(Level.WARN);
          assertThat(one.said()).contains("minio.far answers", "1 notice waits");
          assertThat(one.remedy())
              .contains("millrace explain s3://" + BUCKET + "/a.fa --store minio.far");
        });
  }

  @Test
  void readersOfTheTenantAreToldAndNobodyElse() {
    notice(FAR, "a.fa");

    assertThat(found("looking", Duration.ZERO)).singleElement().asString().contains("minio.far");
    assertThat(found("else", Duration.ZERO)).singleElement().asString().contains("none waits");
    assertThat(found("gpu", Duration.ZERO)).isEmpty();
    assertThat(found("wrong", Duration.ZERO)).isEmpty();
  }
}
