package dev.millrace.orch.desk;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.TimelineEntry;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Jobs as tests need them. */
public final class Jobs {
  public static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  public static final TenantId TENANT = new TenantId("main");
  public static final SignedBytes ORDER =
      new SignedBytes("millrace.order.v1", new byte[] {1}, "k".repeat(32), new byte[] {2});

  private Jobs() {}

  /** The nth id in order of time. */
  public static JobId id(int n) {
    return new JobId(String.format("01k9xw4t7d%016d", n));
  }

  public static Job job(int n, JobState state, String key, String reason) {
    return new Job(
        id(n),
        new FunctionRef(TENANT, new FunctionName("align")),
        state,
        new InputRef(
            new ObjectName(StoreId.EMBEDDED, "queries", key),
            new VersionTag.Generation(n),
            "d41d8cd98f00b204e9800998ecf8427e",
            1234,
            NOW),
        n,
        n,
        0,
        0,
        NOW.minusSeconds(60),
        NOW,
        1,
        0,
        0,
        false,
        reason,
        NOW);
  }

  public static FrontDesk.JobView view(int n, JobState state, String key) {
    return new FrontDesk.JobView(
        job(n, state, key, null),
        List.of(),
        List.of(new TimelineEntry(NOW, JobState.WAITING, 0, "admitted")),
        List.of(),
        Map.of(),
        state == JobState.WAITING ? "no device has 4,000 MiB free; the next is free soon" : null,
        null,
        null);
  }

  /** A job whose every part is filled, with the longest of texts. */
  public static FrontDesk.JobView full(int n, String key) {
    JobId id = id(n);
    Attempt attempt =
        new Attempt(
            TENANT,
            new AttemptId(id, 1),
            1,
            AttemptState.ENDED,
            new ProviderId("a-provider-with-a-rather-long-name.example.org"),
            new PoolId("default"),
            7,
            ORDER,
            new RunId("01k9xw4t7d0000000000000001"),
            NOW.minusSeconds(50),
            NOW.minusSeconds(49),
            NOW.minusSeconds(48),
            NOW,
            "failed",
            137,
            "the function ended with exit code 137, which the shell gives for signal 9; its log"
                + " says more",
            null);
    return new FrontDesk.JobView(
        job(n, JobState.DEAD, key, "tried 3 times, as often as its rule says; " + "x".repeat(99)),
        List.of(attempt),
        List.of(
            new TimelineEntry(NOW, JobState.WAITING, 0, "admitted"),
            new TimelineEntry(NOW, JobState.PLACED, 1, "placed on " + "host-1/gpu-".repeat(12))),
        List.of(
            new PublishedObject(
                id,
                new ObjectName(StoreId.EMBEDDED, "results", "o/" + key),
                "ab".repeat(32),
                123456789,
                NOW)),
        Map.of(new ObjectName(StoreId.EMBEDDED, "results", "o/" + key), id(n + 1)),
        null,
        new FrontDesk.TimeSplit(123_456, 1_000, 65_000_000, 4_000_000_000L, 12),
        null);
  }

  public static PipelineEvent event(int n, JobState state, String key) {
    return new PipelineEvent(
        NOW,
        new FunctionRef(TENANT, new FunctionName("align")),
        id(n),
        key,
        state,
        1,
        "is " + state.label() + " now");
  }
}
