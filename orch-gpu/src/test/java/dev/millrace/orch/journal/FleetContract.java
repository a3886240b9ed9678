package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.HOST;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.device;
import static dev.millrace.orch.journal.Story.function;
import static dev.millrace.orch.journal.Story.object;
import static dev.millrace.orch.journal.Story.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.RedriveJob;
import dev.millrace.orch.journal.Transition.RemoveFunction;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Providers and functions. */
interface FleetContract extends JournalUnderTest {
  AcceleratorId SECOND = new AcceleratorId("host-1/gpu-1");

  @Test
  default void keepsProvidersAsTheyIntroducedThemselves() {
    Story story = story();
    Transition.RegisterProvider registration =
        story.registration(HOST, device(HOST, SECOND, 5), device(HOST, GPU, 1000));
    assertThat(journal().providers()).isEmpty();

    assertThat(story.done(registration).events()).isEmpty();

    assertThat(journal().providers()).containsExactly(registration.provider());
    story.register(HOST);
    assertThat(journal().providers().getFirst().accelerators()).isEmpty();
  }

  @Test
  default void keepsEveryKeyThatAProviderSignedWith() {
    Story story = story();
    ProviderRecord first = story.registration(HOST).provider();
    ProviderRecord later =
        new ProviderRecord(
            HOST, first.pool(), "another", first.accelerators(), first.seenAt().plusSeconds(1));
    story.done(new Transition.RegisterProvider(first, "l"));
    story.done(new Transition.RegisterProvider(later, "l"));
    story.done(new Transition.RegisterProvider(later, "l"));

    assertThat(journal().providers()).containsExactly(later);
    assertThat(journal().providerKeys(HOST)).containsExactly(first.publicKey(), "another");
    assertThat(journal().providerKeys(new ProviderId("host-2"))).isEmpty();
  }

  @Test
  default void aKeyThatIsWithdrawnIsNobodysUntilItsProviderIsRegisteredAnew() {
    Story story = story();
    ProviderRecord provider = story.registration(HOST, device(HOST, GPU, 1000)).provider();
    assertThat(journal().providerKey(HOST)).isEmpty();
    story.done(new Transition.WithdrawKey(HOST, "l"));
    story.done(new Transition.RegisterProvider(provider, "l"));
    assertThat(journal().providerKey(HOST)).contains(provider.publicKey());

    assertThat(story.done(new Transition.WithdrawKey(HOST, "l")).events()).isEmpty();

    assertThat(journal().providerKey(HOST)).isEmpty();
    assertThat(journal().providers().getFirst().accelerators()).hasSize(1);
    assertThat(journal().providerKeys(HOST)).containsExactly(provider.publicKey());
    story.done(new Transition.RegisterProvider(provider, "l"));
    assertThat(journal().providerKey(HOST)).contains(provider.publicKey());
  }

  @Test
  default void aDeviceThatVanishesIsAbsentButItsLeaseLives() {
    Story story = story();
    story.register(HOST, device(HOST, GPU, 1000), device(HOST, SECOND, 5));
    Story.Running running = story.running("k");

    story.register(HOST, device(HOST, SECOND, 5));

    assertThat(journal().providers().getFirst().accelerators())
        .containsExactly(device(HOST, SECOND, 5));
    assertThat(journal().liveLeases()).hasSize(1);
    story.host(1000);
    assertThat(story.refused(story.placement(story.admitted("l"), 1, slice(GPU, 1000, 1))))
        .contains("990 MiB free");
    story.done(running.ends(new Next.Produced()));
  }

  @Test
  default void aDeviceThatShrankBelowWhatIsReservedTakesNothingMore() {
    Story story = story();
    story.host(1000);
    story.placed(story.admitted("k"), 1, slice(GPU, 800, 10));
    story.host(500);

    assertThat(story.refused(story.placement(story.admitted("l"), 1, slice(GPU, 1, 1))))
        .contains("0 MiB free");
  }

  @Test
  default void nobodyTakesAnothersDevice() {
    Story story = story();
    story.host(1000);
    ProviderId other = new ProviderId("host-2");

    assertThat(story.refused(story.registration(other, device(other, GPU, 9)))).contains("host-1");
    assertThat(story.refused(story.registration(other, device(HOST, SECOND, 9))))
        .contains("host-1");
    assertThat(journal().providers()).hasSize(1);
    story.register(HOST);
    story.register(other, device(other, GPU, 9));
    assertThat(journal().providers().getLast().accelerators()).hasSize(1);
  }

  @Test
  default void keepsEveryRevisionOfAFunction() {
    Story story = story();
    assertThat(journal().newestRevision(RESIZE)).isZero();
    story.done(new DeployFunction(function(RESIZE, 1), List.of()));
    story.done(new DeployFunction(function(RESIZE, 2), List.of()));

    assertThat(journal().newestRevision(RESIZE)).isEqualTo(2);
    assertThat(journal().functions()).containsExactly(function(RESIZE, 2));
    assertThat(journal().function(RESIZE, 1)).contains(function(RESIZE, 1));
    assertThat(journal().function(RESIZE, 3)).isEmpty();
  }

  @Test
  default void aRevisionFollowsTheLast() {
    Story story = story();

    assertThat(story.refused(new DeployFunction(function(RESIZE, 2), List.of())))
        .contains("does not follow");
    story.done(new DeployFunction(function(RESIZE, 1), List.of()));
    story.refused(new DeployFunction(function(RESIZE, 1), List.of()));
    story.refused(new DeployFunction(function(RESIZE, 3), List.of()));
  }

  @Test
  default void theFirstStartMarkOfABucketStays() {
    Story story = story();
    StartMark first = new StartMark(STORE, BUCKET, T0, Set.of("a", "ü\0"));
    StartMark second = new StartMark(STORE, "other", T0.plusSeconds(9), Set.of());
    story.done(new DeployFunction(function(RESIZE, 1), List.of(first)));
    story.done(
        new DeployFunction(
            function(RESIZE, 2),
            List.of(new StartMark(STORE, BUCKET, T0.plusSeconds(5), Set.of()), second)));

    assertThat(journal().startMarks(RESIZE)).containsExactly(first, second);
    assertThat(journal().startMarks(new FunctionRef(TENANT, new FunctionName("blur")))).isEmpty();
  }

  @Test
  default void anEarlierStartMarkTakesItsPlaceAndForgetsWhatTheListingKnew() {
    Story story = story();
    story.done(
        new DeployFunction(
            function(RESIZE, 1), List.of(new StartMark(STORE, BUCKET, T0, Set.of("a")))));
    story.admitted("k");
    assertThat(journal().knownAliases(RESIZE, STORE, BUCKET, List.of("k"))).isNotEmpty();

    StartMark earlier = new StartMark(STORE, BUCKET, Instant.EPOCH, Set.of());
    story.done(new DeployFunction(function(RESIZE, 2), List.of(earlier)));

    assertThat(journal().startMarks(RESIZE)).containsExactly(earlier);
    assertThat(journal().knownAliases(RESIZE, STORE, BUCKET, List.of("k"))).isEmpty();
  }

  @Test
  default void removalCancelsWhatWaitsAndLetsTheRestEnd() {
    Story story = story();
    story.host(1000);
    story.done(new DeployFunction(function(RESIZE, 1), List.of()));
    Story.Running running = story.running("r");
    JobId dead = story.dead("d");
    JobId waiting = story.admitted("w");
    JobId foreign = story.admitted(new FunctionRef(TENANT, new FunctionName("blur")), "w", 1);

    Commit.Committed committed = story.done(new RemoveFunction(RESIZE, T0));

    assertThat(committed.events()).extracting(PipelineEvent::job).containsExactly(waiting);
    assertThat(story.state(waiting)).isEqualTo(JobState.CANCELLED);
    assertThat(story.state(foreign)).isEqualTo(JobState.WAITING);
    assertThat(journal().functions()).isEmpty();
    assertThat(journal().newestRevision(RESIZE)).isEqualTo(1);
    assertThat(journal().function(RESIZE, 1)).isPresent();
    story.done(running.ends(new Next.Produced()));
    assertThat(story.refused(new RedriveJob(TENANT, dead, T0))).contains("removed");
    assertThat(story.refused(new RemoveFunction(RESIZE, T0))).contains("not deployed");
  }

  @Test
  default void aRemovedFunctionTakesNoJobsUntilItIsDeployedAgain() {
    Story story = story();
    story.done(
        new DeployFunction(
            function(RESIZE, 1), List.of(new StartMark(STORE, BUCKET, T0, Set.of()))));
    story.done(new RemoveFunction(RESIZE, T0));
    story.admitted("k");

    assertThat(journal().jobsOf(TENANT, object("k"), 10)).isEmpty();
    assertThat(journal().startMarks(RESIZE)).isEmpty();
    story.done(new DeployFunction(function(RESIZE, 2), List.of()));
    story.admitted("k");
    assertThat(journal().jobsOf(TENANT, object("k"), 10)).hasSize(1);
  }

  @Test
  default void onlyADeployedFunctionIsRemoved() {
    assertThat(story().refused(new RemoveFunction(RESIZE, T0))).contains("not deployed");
  }
}
