package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.object;
import static dev.millrace.orch.journal.Story.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.Transition.DecideNotice;
import dev.millrace.orch.journal.Transition.KeepCheckpoint;
import dev.millrace.orch.journal.Transition.Overtaken;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** From notice to job. */
interface IntakeContract extends JournalUnderTest {
  @Test
  default void keepsNoticesInTheirOrderUntilTheyAreDecided() {
    Story story = story();
    story.done(new AcceptNotices(TENANT, List.of(Story.notice("a"), Story.notice("b"))));
    story.done(new AcceptNotices(TENANT, List.of(Story.notice("c"))));

    List<PendingNotice> pending = journal().pendingNotices(0, 10);

    assertThat(pending)
        .extracting(notice -> notice.notice().object().key())
        .containsExactly("a", "b", "c");
    assertThat(pending).extracting(PendingNotice::id).isSorted();
    assertThat(journal().pendingNotices(pending.get(1).id(), 10)).hasSize(1);
    assertThat(journal().pendingNotices(0, 2)).hasSize(2);
  }

  @Test
  default void countsWhatWaitsOfEachStoreAndTellsTheOldest() {
    Story story = story();
    assertThat(journal().waitingStores(TENANT)).isEmpty();
    List<String> stores = List.of("minio.b", "minio.a", "minio.b", "minio.b");
    for (int i = 0; i < stores.size(); i++) {
      ObjectName name = new ObjectName(new StoreId(stores.get(i)), BUCKET, "k" + i);
      Notice notice = new Notice("test", name, null, T0.plusSeconds(i));
      story.done(new AcceptNotices(TENANT, List.of(notice)));
      story.done(new AcceptNotices(new TenantId("other"), List.of(notice)));
    }

    StoreId a = new StoreId("minio.a");
    StoreId b = new StoreId("minio.b");
    assertThat(journal().waitingStores(TENANT))
        .containsExactlyInAnyOrder(
            new WaitingStore(a, 1, new ObjectName(a, BUCKET, "k1"), T0.plusSeconds(1)),
            new WaitingStore(b, 3, new ObjectName(b, BUCKET, "k0"), T0));

    PendingNotice first = journal().pendingNotices(b, 0, 1).getFirst();
    ObjectName gone = first.notice().object();
    story.done(
        new DecideNotice(
            TENANT, first.id(), gone, null, null, 0, Set.of(), List.of(), List.of(), "gone", T0));
    assertThat(journal().waitingStores(TENANT))
        .contains(new WaitingStore(b, 2, new ObjectName(b, BUCKET, "k2"), T0.plusSeconds(2)));
    assertThat(journal().waitingStores(new TenantId("nobody"))).isEmpty();
  }

  @Test
  default void keepsThoseOfEachStoreApartAndTellsWhichHaveAny() {
    Story story = story();
    assertThat(journal().pendingStores()).isEmpty();
    List<String> stores = List.of("millrace.default", "minio.b", "minio.a", "minio.b", "minio.Z");
    for (String store : stores) {
      ObjectName name = new ObjectName(new StoreId(store), BUCKET, "k");
      story.done(new AcceptNotices(TENANT, List.of(new Notice("test", name, null, T0))));
    }
    List<PendingNotice> all = journal().pendingNotices(0, 10);
    assertThat(all)
        .extracting(one -> one.notice().object().store().value())
        .containsExactlyElementsOf(stores);

    assertThat(journal().pendingStores())
        .containsExactlyInAnyOrder(
            new PendingStore(new StoreId("millrace.default"), all.get(0).id()),
            new PendingStore(new StoreId("minio.a"), all.get(2).id()),
            new PendingStore(new StoreId("minio.b"), all.get(3).id()),
            new PendingStore(new StoreId("minio.Z"), all.get(4).id()));
    StoreId b = new StoreId("minio.b");
    assertThat(journal().pendingNotices(b, 0, 10)).containsExactly(all.get(1), all.get(3));
    assertThat(journal().pendingNotices(b, 0, 1)).containsExactly(all.get(1));
    assertThat(journal().pendingNotices(b, all.get(1).id(), 9)).containsExactly(all.get(3));
    assertThat(journal().pendingNotices(new StoreId("minio.c"), 0, 9)).isEmpty();
  }

  @Test
  default void givesBackANoticeAsItCameWithHintAndSource() {
    Notice notice = new Notice("webhook/minio", object("k"), new VersionTag.ETagAt("a@b", 17), T0);
    story().done(new AcceptNotices(TENANT, List.of(notice)));

    assertThat(journal().pendingNotices(0, 1).getFirst().notice()).isEqualTo(notice);
  }

  @Test
  default void tellsWhichRowsOfListingsWaitUntilTheyAreDecided() {
    Story story = story();
    Notice listed = new Notice("listing", object("k"), null, T0, "e@1#2");
    Notice newer = new Notice("listing", object("k"), null, T0, "f@2#2");
    Notice other = new Notice("listing", new ObjectName(STORE, "other", "k"), null, T0, "e@1#2");
    story.done(new AcceptNotices(TENANT, List.of(listed, newer, other, Story.notice("k"))));
    story.done(new AcceptNotices(new TenantId("other"), List.of(listed)));
    List<String> many = new ArrayList<>(IntStream.range(0, 99).mapToObj(i -> "n" + i).toList());
    many.add("k");

    assertThat(journal().pendingNotices(0, 1).getFirst().notice()).isEqualTo(listed);
    assertThat(journal().waitingRows(TENANT, STORE, BUCKET, many))
        .containsExactlyInAnyOrder(
            new WaitingRow("k", "e@1#2", T0), new WaitingRow("k", "f@2#2", T0));
    assertThat(journal().waitingRows(TENANT, STORE, BUCKET, List.of())).isEmpty();

    story.done(story.decision(journal().pendingNotices(0, 1).getFirst().id(), "k"));
    assertThat(journal().waitingRows(TENANT, STORE, BUCKET, List.of("k")))
        .containsExactly(new WaitingRow("k", "f@2#2", T0));
  }

  @Test
  default void keysAreNamesWhateverTheyHold() {
    List<String> keys =
        List.of(
            "a//b",
            "./x",
            "../x",
            "%_'\"; DROP TABLE jobs; --",
            "emoji \uD83D\uDE00 +%20",
            "nul\0inside",
            "escape\u001b0\u001b1",
            "tab\tline\nend",
            "x".repeat(1024));
    for (String key : keys) {
      JobId job = story().admitted(key);

      assertThat(journal().job(TENANT, job).orElseThrow().input().name()).isEqualTo(object(key));
      assertThat(journal().jobsOf(TENANT, object(key), 10)).hasSize(1);
    }
  }

  @Test
  default void admitsAJobAsItWasDescribed() {
    Story story = story();
    Admission admission =
        new Admission(
            story.admission(RESIZE, "k", 4).job(),
            RESIZE,
            story.admission(RESIZE, "k", 4).input(),
            4,
            2,
            -100,
            "");
    long notice = story.noticed(TENANT, "k");

    Commit.Committed committed = story.done(story.decision(notice, "k", admission));

    Job job = story.job(admission.job());
    assertThat(job)
        .isEqualTo(
            new Job(
                admission.job(),
                RESIZE,
                JobState.WAITING,
                admission.input(),
                1,
                4,
                2,
                -100,
                T0,
                T0,
                0,
                0,
                0,
                false,
                null,
                T0));
    assertThat(committed.events())
        .containsExactly(
            new PipelineEvent(T0, RESIZE, job.id(), "k", JobState.WAITING, 0, "admitted"));
    assertThat(journal().timeline(TENANT, job.id()))
        .containsExactly(new TimelineEntry(T0, JobState.WAITING, 0, "admitted"));
    assertThat(journal().pendingNotices(0, 10)).isEmpty();
  }

  @Test
  default void oneVersionIsOneJobHoweverOftenItIsNoticed() {
    Story story = story();
    JobId first = story.admitted(RESIZE, "k", 1);
    long again = story.noticed(TENANT, "k");

    Commit.Committed committed =
        story.done(story.decision(again, "k", story.admission(RESIZE, "k", 1)));

    assertThat(committed.events()).isEmpty();
    assertThat(journal().jobsOf(TENANT, object("k"), 10))
        .extracting(Job::id)
        .containsExactly(first);
    assertThat(journal().counts(TENANT)).isEqualTo(Map.of(JobState.WAITING, 1L));
  }

  @Test
  default void otherVersionsFunctionsAndTenantsAreOtherJobs() {
    Story story = story();
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    TenantId other = new TenantId("other");
    story.admitted(RESIZE, "k", 1);
    story.admitted(RESIZE, "k", 2);
    story.admitted(blur, "k", 1);
    JobId foreign = story.admitted(new FunctionRef(other, RESIZE.name()), "k", 1);

    assertThat(journal().jobsOf(TENANT, object("k"), 10)).hasSize(3);
    assertThat(journal().jobsOf(other, object("k"), 10)).hasSize(1);
    assertThat(journal().job(TENANT, foreign)).isEmpty();
    assertThat(journal().counts(other)).isEqualTo(Map.of(JobState.WAITING, 1L));
  }

  @Test
  default void aRefusedAdmissionRestsAtOnce() {
    Story story = story();
    Admission admission = story.admission(RESIZE, "k", 1, "it is a loop");

    Commit.Committed committed =
        story.done(story.decision(story.noticed(TENANT, "k"), "k", admission));

    assertThat(story.job(admission.job()).state()).isEqualTo(JobState.REFUSED);
    assertThat(story.job(admission.job()).reason()).isEqualTo("it is a loop");
    assertThat(committed.events())
        .extracting(PipelineEvent::what)
        .containsExactly("refused: it is a loop");
    assertThat(journal().plannable(T0, 10)).isEmpty();
  }

  @Test
  default void aNoticeIsDecidedOnce() {
    Story story = story();
    long notice = story.noticed(TENANT, "k");
    story.done(story.decision(notice, "k"));

    String reason = story.refused(story.decision(notice, "k", story.admission(RESIZE, "k", 1)));

    assertThat(reason).contains("decided already");
    assertThat(journal().jobsOf(TENANT, object("k"), 10)).isEmpty();
    assertThat(journal().knownAliases(RESIZE, STORE, BUCKET, List.of("k"))).isEmpty();
  }

  @Test
  default void anotherTenantsNoticeIsNotDecided() {
    Story story = story();
    long notice = story.noticed(new TenantId("other"), "k");

    story.refused(story.decision(notice, "k"));

    assertThat(journal().pendingNotices(0, 10)).hasSize(1);
  }

  @Test
  default void remembersTheNewestAliasOfEachKeyAndFunction() {
    Story story = story();
    story.admitted(RESIZE, "k", 1);
    story.admitted(RESIZE, "k", 2);
    story.admitted(RESIZE, "l", 1);
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));

    assertThat(journal().knownAliases(RESIZE, STORE, BUCKET, List.of("k", "l", "m")))
        .isEqualTo(Map.of("k", "g:2#7", "l", "g:1#7"));
    assertThat(journal().knownAliases(blur, STORE, BUCKET, List.of("k"))).isEmpty();
    assertThat(journal().knownAliases(RESIZE, STORE, "other", List.of("k"))).isEmpty();
    assertThat(journal().knownAliases(RESIZE, STORE, BUCKET, List.of())).isEmpty();
  }

  @Test
  default void findsAliasesOfAWholePage() {
    Story story = story();
    List<String> keys = IntStream.range(0, 150).mapToObj(i -> "k" + i).toList();
    keys.forEach(key -> story.admitted(RESIZE, key, 1));
    List<String> asked = new ArrayList<>(keys);
    asked.add("unknown");

    assertThat(journal().knownAliases(RESIZE, STORE, BUCKET, asked)).hasSize(150);
  }

  @Test
  default void anOvertakenVersionIsKnownAndNoJob() {
    Story story = story();
    long notice = story.noticed(TENANT, "k");
    story.done(overtaking(notice, story.admission(RESIZE, "k", 2), version(1)));

    assertThat(journal().knows(RESIZE, object("k"), version(1))).isTrue();
    assertThat(journal().knows(RESIZE, object("k"), version(2))).isTrue();
    assertThat(journal().knows(RESIZE, object("k"), version(3))).isFalse();
    assertThat(journal().jobsOf(TENANT, object("k"), 10)).hasSize(1);
  }

  private static DecideNotice overtaking(long notice, Admission seen, VersionTag overtaken) {
    ObjectName name = seen.input().name();
    return new DecideNotice(
        TENANT,
        notice,
        name,
        "alias",
        seen.input().version(),
        0,
        Set.of(RESIZE),
        List.of(seen),
        List.of(new Overtaken(RESIZE, name, overtaken)),
        "decided",
        T0);
  }

  @Test
  default void anOvertakenVersionThatIsSeenAfterAllIsAJob() {
    Story story = story();
    story.done(overtaking(story.noticed(TENANT, "k"), story.admission(RESIZE, "k", 2), version(1)));

    JobId late = story.admitted(RESIZE, "k", 1);

    assertThat(story.state(late)).isEqualTo(JobState.WAITING);
    assertThat(journal().knows(RESIZE, object("k"), version(1))).isTrue();
  }

  @Test
  default void aJobIsNotOvertakenAfterwards() {
    Story story = story();
    JobId job = story.admitted(RESIZE, "k", 1);
    story.done(overtaking(story.noticed(TENANT, "k"), story.admission(RESIZE, "k", 2), version(1)));
    story.admitted(RESIZE, "k", 1);

    assertThat(journal().jobsOf(TENANT, object("k"), 10))
        .hasSize(2)
        .extracting(Job::id)
        .contains(job);
  }

  @Test
  default void saysWhatBecameOfAFilesNotices() {
    Story story = story();
    long first = story.noticed(TENANT, "k");
    story.noticed(TENANT, "k");
    story.done(story.decision(first, "k"));

    List<Sighting> sightings = journal().sightings(TENANT, object("k"), 10);

    assertThat(sightings)
        .containsExactly(
            new Sighting(Story.notice("k"), null, null),
            new Sighting(Story.notice("k"), "decided", T0));
    assertThat(journal().sightings(new TenantId("other"), object("k"), 10)).isEmpty();
  }

  @Test
  default void keepsWhereASourceWas() {
    Story story = story();
    assertThat(journal().checkpoint("listing/in")).isEmpty();
    story.done(new KeepCheckpoint("listing/in", "k1"));
    story.done(new KeepCheckpoint("listing/in", "k2"));

    assertThat(journal().checkpoint("listing/in")).contains("k2");
  }
}
