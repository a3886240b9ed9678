package dev.millrace.orch.desk;

import dev.millrace.orch.dispatch.Dispatcher;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Sighting;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells whoever wonders what happened to a file. */
final class Explainer {
  private static final int ROWS = 20;

  private final Journal journal;
  private final Catalog catalog;
  private final Stores stores;
  private final Dispatcher dispatcher;

  Explainer(Journal journal, Catalog catalog, Stores stores, Dispatcher dispatcher) {
    this.journal = journal;
    this.catalog = catalog;
    this.stores = stores;
    this.dispatcher = dispatcher;
  }

  FrontDesk.Explanation explain(TenantId tenant, ObjectName object) throws StoreException {
    List<String> told = new ArrayList<>();
    Optional<ObjectHead> head = there(object, told);
    List<Job> jobs = journal.jobsOf(tenant, object, ROWS);
    List<PublishedObject> published = journal.published(object, ROWS);
    coverage(object, head, told, jobs.isEmpty() && published.isEmpty());
    sightings(tenant, object, told);
    for (Job job : jobs.reversed()) {
      job(tenant, job, told);
    }
    for (PublishedObject output : published.reversed()) {
      told.add("It was written as an output of job " + output.job() + " at " + output.at() + ".");
    }
    if (published.size() > 1) {
      told.add(
          published.size()
              + " jobs wrote this key; the last one's bytes are there: "
              + published.getFirst().job()
              + ".");
    }
    return new FrontDesk.Explanation(object, told, jobs.stream().map(Job::id).toList());
  }

  private Optional<ObjectHead> there(ObjectName object, List<String> told) throws StoreException {
    Optional<ObjectStore> store = stores.find(object.store());
    if (store.isEmpty()) {
      told.add("Store " + object.store() + " is not configured here.");
      return Optional.empty();
    }
    Optional<ObjectHead> head = store.get().head(object.bucket(), object.key());
    told.add(
        head.map(h ->
                "It is there: "
                    + h.size()
                    + " bytes, written at "
                    + h.lastModified()
                    + ", version "
                    + h.version().text()
                    + ".")
            .orElse("Nothing is there now."));
    return head;
  }

  private void coverage(
      ObjectName object, Optional<ObjectHead> head, List<String> told, boolean alone) {
    List<DeployedFunction> covering = catalog.covering(object);
    for (DeployedFunction function : covering) {
      told.add("Function " + function.ref().name() + " takes it.");
      Optional<StartMark> mark = catalog.mark(function.ref(), object.store(), object.bucket());
      if (alone
          && mark.isPresent()
          && head.isPresent()
          && head.get().lastModified().isBefore(mark.get().second())) {
        told.add(
            "It is older than that function's deploy at "
                + mark.get().second()
                + ": deploy with --backfill to take what was there before.");
      }
    }
    if (covering.isEmpty() && alone) {
      told.add("No function takes it" + why(object) + ".");
    }
  }

  private String why(ObjectName object) {
    if (object.key().endsWith("/")) {
      return ": a key that ends in / marks a folder and is never input";
    }
    if (object.key().startsWith(InputRule.RESERVED)) {
      return ": keys under " + InputRule.RESERVED + " are never input";
    }
    List<String> reasons = new ArrayList<>();
    for (DeployedFunction function : catalog.functions()) {
      for (InputRule rule : function.spec().inputs()) {
        if (rule.store().equals(object.store()) && rule.bucket().equals(object.bucket())) {
          reasons.add(
              function.ref().name()
                  + " reads "
                  + rule.bucket()
                  + "/"
                  + rule.keyPrefix()
                  + (rule.prefixes().isEmpty() ? "" : " with prefix " + rule.prefixes())
                  + (rule.suffixes().isEmpty() ? "" : " with suffix " + rule.suffixes()));
        }
      }
    }
    return reasons.isEmpty()
        ? ": none reads bucket " + object.bucket() + " of store " + object.store()
        : ": " + String.join("; ", reasons);
  }

  private void sightings(TenantId tenant, ObjectName object, List<String> told) {
    for (Sighting sighting : journal.sightings(tenant, object, ROWS).reversed()) {
      String outcome = sighting.outcome();
      told.add(
          "Seen by "
              + sighting.notice().source()
              + " at "
              + sighting.notice().receivedAt()
              + ": "
              + (outcome == null ? "not looked at yet" : outcome)
              + ".");
    }
  }

  private void job(TenantId tenant, Job job, List<String> told) {
    String reason = job.reason();
    told.add(
        "Job "
            + job.id()
            + " of function "
            + job.function().name()
            + " for version "
            + job.input().version().text()
            + " is "
            + job.state().label()
            + (reason == null ? "" : ": " + reason)
            + ".");
    if (job.state() == JobState.WAITING) {
      dispatcher.waitingFor(job.id()).ifPresent(text -> told.add("It waits: " + text + "."));
    }
    for (Attempt attempt : journal.attempts(tenant, job.id())) {
      String outcome = attempt.outcome();
      String why = attempt.reason();
      told.add(
          "Attempt "
              + attempt.id().number()
              + " on provider "
              + attempt.provider()
              + ": "
              + (outcome == null
                  ? attempt.state().name().toLowerCase(java.util.Locale.ROOT)
                  : outcome)
              + (why == null ? "" : ", " + why)
              + ".");
    }
    for (PublishedObject output : journal.publishedBy(tenant, job.id())) {
      told.add(
          "Published "
              + output.name().uri()
              + " ("
              + output.size()
              + " bytes) at "
              + output.at()
              + ".");
    }
    if (job.state().kind() == JobState.Kind.RESTING) {
      told.add("It rests: `millrace redrive` runs it again, `millrace discard` ends it.");
    }
  }
}
