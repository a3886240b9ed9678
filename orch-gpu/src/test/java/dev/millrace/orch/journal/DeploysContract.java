package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.object;
import static dev.millrace.orch.journal.Story.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Transition.DecideNotice;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.RemoveFunction;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What was deployed is counted, and a decision holds by the count that it was made at. */
interface DeploysContract extends JournalUnderTest {
  /** A deploy with a backfill forgets the aliases; what was judged before it brings none back. */
  @Test
  default void whatAnOlderRevisionDidNotWantIsNoDecisionForTheNewest() {
    Story story = story();
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    StartMark late = new StartMark(STORE, BUCKET, T0, Set.of());
    StartMark early = new StartMark(STORE, BUCKET, Instant.EPOCH, Set.of());
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of(late)));
    story.done(new DeployFunction(Story.function(blur, 1), List.of(late)));
    long notice = story.noticed(TENANT, "k");
    DecideNotice old = judged(notice, story.deploys(TENANT), RESIZE, blur);
    story.done(new DeployFunction(Story.function(RESIZE, 2), List.of(early)));

    assertThat(story.refused(old)).contains("deploy 2").contains("now it is 3");
    assertThat(journal().pendingNotices(0, 10)).hasSize(1);
    for (FunctionRef function : List.of(RESIZE, blur)) {
      assertThat(journal().knownAliases(function, STORE, BUCKET, List.of("k"))).isEmpty();
    }

    story.done(judged(notice, story.deploys(TENANT), RESIZE, blur));
    assertThat(journal().knownAliases(RESIZE, STORE, BUCKET, List.of("k"))).hasSize(1);
  }

  /** Whoever decides may not have heard of what another coordinator deployed. */
  @Test
  default void whatNobodyCoveredIsNoDecisionOnceAFunctionCameThatMay() {
    Story story = story();
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    long notice = story.noticed(TENANT, "k");
    DecideNotice old = judged(notice, story.deploys(TENANT));
    FunctionRef blur = new FunctionRef(TENANT, new FunctionName("blur"));
    story.done(new DeployFunction(Story.function(blur, 1), List.of()));

    assertThat(story.refused(old)).contains("judged by what was deployed before");
    assertThat(journal().pendingNotices(0, 10)).hasSize(1);
  }

  @Test
  default void whatARemovedFunctionWantedIsNoDecision() {
    Story story = story();
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    long notice = story.noticed(TENANT, "k");
    DecideNotice old = judged(notice, story.deploys(TENANT), RESIZE);
    story.done(new RemoveFunction(RESIZE, T0));

    assertThat(story.refused(old)).contains("judged by what was deployed before");
  }

  /** One tenant that deploys all the time keeps no other's notices from being decided. */
  @Test
  default void otherTenantsDeploysHoldUpNoDecision() {
    Story story = story();
    TenantId other = new TenantId("other");
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    long notice = story.noticed(TENANT, "k");
    DecideNotice decision = judged(notice, story.deploys(TENANT), RESIZE);
    story.done(
        new DeployFunction(Story.function(new FunctionRef(other, RESIZE.name()), 1), List.of()));

    story.done(decision);
  }

  @Test
  default void countsWhatIsDeployedAndRemovedAndNothingElse() {
    Story story = story();
    TenantId other = new TenantId("other");
    FunctionRef theirs = new FunctionRef(other, RESIZE.name());
    assertThat(journal().deploys()).isZero();
    assertThat(journal().tenantDeploys()).isEmpty();

    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    story.done(new DeployFunction(Story.function(RESIZE, 2), List.of()));
    story.done(new RemoveFunction(RESIZE, T0));
    story.refused(new RemoveFunction(RESIZE, T0));
    story.refused(new DeployFunction(Story.function(RESIZE, 2), List.of()));
    story.admitted("k");
    assertThat(journal().deploys()).isEqualTo(3);

    story.done(new DeployFunction(Story.function(theirs, 1), List.of()));
    assertThat(journal().deploys()).isEqualTo(4);
    assertThat(journal().tenantDeploys()).isEqualTo(Map.of(TENANT, 3L, other, 1L));
  }

  private static DecideNotice judged(long notice, long deploys, FunctionRef... by) {
    return new DecideNotice(
        TENANT,
        notice,
        object("k"),
        "alias",
        version(1),
        deploys,
        Set.of(by),
        List.of(),
        List.of(),
        "older than the deploy",
        T0);
  }
}
