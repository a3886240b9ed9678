import dev.millrace.ledger.log.LogLedger;
import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.LeaseEnd;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.OutboxItem;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.triggers.embedded.names.StoredObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Jobs of the function {@code many} that came to an end. What is signed is signed in order on one
 * thread; jobs are written side by side, so that many share a commit.
 */
final class Past implements AutoCloseable {
  private static final TenantId TENANT = new TenantId("main");
  private static final String BUCKET = "many";
  private static final int TOGETHER = 512;

  private final Journal journal;
  private final Random random;
  private final DeployedFunction function;
  private final Scribe scribe;
  private final Shelf shelf;
  private final LogLedger ledger;
  private final Ulids ids;
  private final ExecutorService hands = Executors.newVirtualThreadPerTaskExecutor();
  private Instant time = Instant.EPOCH;

  private Past(Journal journal, Random random, Scribe scribe, Shelf shelf, LogLedger ledger) {
    this.journal = journal;
    this.random = random;
    this.function = many(journal);
    this.scribe = scribe;
    this.shelf = shelf;
    this.ledger = ledger;
    this.ids = new Ulids(() -> time, random);
  }

  static Past open(Path data, Journal journal, Random random) throws IOException {
    KeyFiles keys = new KeyFiles(data.resolve("keys"), new SecureRandom());
    SigningKey coordinator = keys.signing("coordinator");
    Scribe scribe =
        new Scribe(many(journal), coordinator, random, journal.reserveTokens(1_000_000));
    LogLedger ledger =
        LogLedger.open(
            new LogLedger.Settings(
                data.resolve("ledger"),
                "millrace/main",
                keys.signing("ledger"),
                any -> Optional.empty()));
    return new Past(journal, random, scribe, Shelf.open(data, BUCKET), ledger);
  }

  private static DeployedFunction many(Journal journal) {
    return journal.functions().stream()
        .filter(each -> each.ref().name().value().equals(BUCKET))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the function 'many' is not deployed"));
  }

  /** So many jobs, one each {@code pause}. */
  void fill(int count, Instant began, Duration pause) throws IOException, InterruptedException {
    register(Scribe.gpus(), began);
    for (int from = 0; from < count; from += TOGETHER) {
      int first = from;
      time = began.plus(pause.multipliedBy(first));
      shelf.at(time);
      int size = Math.min(TOGETHER, count - from);
      List<StoredObject> inputs =
          each(size, n -> () -> shelf.put("in/%06d.txt".formatted(first + n), "page " + n + "\n"));
      Map<String, Long> notices = noticed(inputs);
      List<Story> stories = new ArrayList<>();
      for (int n = 0; n < size; n++) {
        time = began.plus(pause.multipliedBy(first + n));
        stories.add(story(first + n, inputs.get(n), notices));
      }
      each(size, n -> () -> written(stories.get(n)));
      settle(stories);
    }
    shelf.forgetEvents();
    register(List.of(), time);
    ledger.checkpoint();
  }

  private void register(List<Accelerator> gpus, Instant at) throws IOException {
    Seed.done(
        journal,
        new Transition.RegisterProvider(
            new ProviderRecord(Scribe.PROVIDER, Scribe.POOL, scribe.publicKey(), gpus, at)));
  }

  private <T> List<T> each(int count, IntFunction<Callable<T>> work) throws InterruptedException {
    List<Future<T>> begun = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      begun.add(hands.submit(work.apply(n)));
    }
    List<T> done = new ArrayList<>();
    for (Future<T> one : begun) {
      try {
        done.add(one.get());
      } catch (ExecutionException e) {
        throw new IllegalStateException("a job was not written", e.getCause());
      }
    }
    return done;
  }

  private Map<String, Long> noticed(List<StoredObject> inputs) throws IOException {
    List<Notice> notices = new ArrayList<>();
    for (StoredObject input : inputs) {
      notices.add(new Notice("outbox", name(input.key()), version(input), time));
    }
    Seed.done(journal, new Transition.AcceptNotices(TENANT, notices));
    Map<String, Long> numbers = new HashMap<>();
    for (PendingNotice pending : journal.pendingNotices(0, TOGETHER)) {
      numbers.put(pending.notice().object().key(), pending.id());
    }
    return numbers;
  }

  private static ObjectName name(String key) {
    return new ObjectName(StoreId.EMBEDDED, BUCKET, key);
  }

  private static VersionTag version(StoredObject object) {
    return new VersionTag.Generation(object.generation());
  }

  private Story story(int number, StoredObject stored, Map<String, Long> notices) {
    JobId job = ids.job();
    Instant at = time;
    Fate fate = Fate.of(random);
    InputRef input =
        new InputRef(
            name(stored.key()),
            version(stored),
            stored.content().etag(),
            stored.content().size(),
            stored.modified());
    String text = "PAGE " + number + " " + random.nextInt(1_000_000) + "\n";
    String path = "%06d.txt".formatted(number);
    OutputFile file =
        new OutputFile(
            path,
            text.length(),
            Hex.of(Hex.sha256(text.getBytes(StandardCharsets.UTF_8))));
    List<Story.Try> tries = new ArrayList<>();
    for (Optional<RunOutcome> outcome : outcomes(fate)) {
      boolean failed = outcome.filter(RunOutcome.Failed.class::isInstance).isPresent();
      boolean good = outcome.filter(RunOutcome.Succeeded.class::isInstance).isPresent();
      tries.add(
          scribe.attempt(
              new AttemptId(job, tries.size() + 1),
              ids.run(),
              input,
              at.plusSeconds(2L * tries.size()),
              outcome,
              good ? List.of(file) : List.of(),
              failed ? "page " + number + " has no text\n" : ""));
    }
    long notice = notices.get(stored.key());
    return new Story(job, fate, notice, input, at, tries, name("out/" + path), text);
  }

  private static List<Optional<RunOutcome>> outcomes(Fate fate) {
    Optional<RunOutcome> good = Optional.of(new RunOutcome.Succeeded());
    Optional<RunOutcome> bad = Optional.of(new RunOutcome.Failed(3));
    return switch (fate) {
      case SUCCEEDED -> List.of(good);
      case SUCCEEDED_AT_SECOND_TRY -> List.of(bad, good);
      case SUCCEEDED_AFTER_LOSS -> List.of(Optional.empty(), good);
      case DEAD, DISCARDED -> List.of(bad, bad);
      case CANCELLED, REFUSED -> List.of();
      case SUPERSEDED -> List.of(Optional.of(new RunOutcome.InputSuperseded()));
      case INPUT_GONE -> List.of(Optional.of(new RunOutcome.InputGone()));
    };
  }

  /** From its admission to its end. */
  private Story written(Story story) throws IOException {
    admit(story);
    for (Story.Try one : story.tries()) {
      run(story, one);
    }
    switch (story.fate()) {
      case CANCELLED ->
          Seed.done(
              journal,
              new Transition.CancelJob(TENANT, story.job(), "cancelled on request", story.at()));
      case REFUSED ->
          Seed.done(
              journal,
              new Transition.EndJob(
                  TENANT,
                  story.job(),
                  JobState.WAITING,
                  JobState.REFUSED,
                  "wants 900 GiB of one GPU, the largest has 79",
                  story.at()));
      case DISCARDED ->
          Seed.done(
              journal,
              new Transition.DiscardJob(
                  TENANT, story.job(), "discarded on request", story.at().plusSeconds(9)));
      case SUCCEEDED, SUCCEEDED_AT_SECOND_TRY, SUCCEEDED_AFTER_LOSS -> publish(story);
      case DEAD, SUPERSEDED, INPUT_GONE -> {}
    }
    return story;
  }

  private void admit(Story story) throws IOException {
    InputRef input = story.input();
    ListedObject listed =
        new ListedObject(input.name().key(), input.eTag(), input.size(), input.lastModified());
    Admission admission =
        new Admission(
            story.job(),
            function.ref(),
            input,
            ((VersionTag.Generation) input.version()).number(),
            0,
            0,
            "");
    Seed.done(
        journal,
        new Transition.DecideNotice(
            TENANT,
            story.notice(),
            input.name(),
            listed.alias(),
            input.version(),
            journal.tenantDeploys().getOrDefault(TENANT, 0L),
            Set.of(function.ref()),
            List.of(admission),
            List.of(),
            "admitted for " + function.ref().name(),
            story.at()));
  }

  private void run(Story story, Story.Try one) throws IOException {
    AttemptId attempt = one.attempt();
    long token = one.order().token();
    Instant at = one.entry().stagedAt();
    Instant limit = at.plusSeconds(3_600);
    Seed.done(
        journal,
        new Transition.PlaceAttempt(
            TENANT,
            attempt,
            function.revision(),
            Scribe.PROVIDER,
            Scribe.POOL,
            one.order().slices().stream().map(grant -> grant.slice()).toList(),
            token,
            one.signedOrder(),
            Duration.ofSeconds(30),
            limit,
            at));
    Seed.done(journal, new Transition.StageAttempt(TENANT, attempt, token, at));
    Seed.done(
        journal,
        new Transition.ClaimAttempt(TENANT, attempt, token, one.run(), limit, at.plusMillis(20)));
    if (!one.log().isEmpty()) {
      String prefix = Manifest.prefix(new RunRef(attempt, one.run(), token));
      shelf.put(prefix + Manifest.LOG, one.log());
    }
    Seed.done(journal, end(story, one));
  }

  private static Transition end(Story story, Story.Try one) {
    LedgerEntry entry = one.entry();
    boolean last = one.equals(story.tries().getLast());
    String outcome = one.outcome().map(RunOutcome::label).orElse("lost");
    Integer code =
        one.outcome().orElse(null) instanceof RunOutcome.Failed(int failed)
            ? Integer.valueOf(failed)
            : null;
    String reason = code == null ? outcome : "the function ended with exit code " + code;
    Next next =
        switch (story.fate()) {
          case SUPERSEDED -> new Next.Ended(JobState.SUPERSEDED, reason);
          case INPUT_GONE -> new Next.Ended(JobState.INPUT_GONE, reason);
          case DEAD, DISCARDED ->
              last
                  ? new Next.Ended(JobState.DEAD, reason + "; tried 2 of 2")
                  : new Next.Retry(entry.endedAt(), true, reason);
          default ->
              last
                  ? new Next.Produced()
                  : new Next.Retry(entry.endedAt(), code != null, reason);
        };
    return new Transition.EndAttempt(
        TENANT,
        one.attempt(),
        one.order().token(),
        one.run(),
        outcome,
        code,
        reason,
        one.manifest().orElse(null),
        new LeaseEnd.Free(),
        next,
        entry,
        entry.endedAt());
  }

  private void publish(Story story) throws IOException {
    Instant at = story.tries().getLast().entry().endedAt();
    Seed.done(journal, new Transition.BeginPublication(TENANT, story.job(), at));
    byte[] bytes = story.text().getBytes(StandardCharsets.UTF_8);
    shelf.put(story.output().key(), story.text());
    PublishedObject published =
        new PublishedObject(
            story.job(), story.output(), Hex.of(Hex.sha256(bytes)), bytes.length, at);
    Seed.done(
        journal,
        new Transition.FinishPublication(TENANT, story.job(), List.of(published), at));
  }

  /** The entries in the order of the jobs, which is that of the receipts. */
  private void settle(List<Story> stories) throws IOException {
    ledger.append(
        stories.stream()
            .flatMap(story -> story.tries().stream())
            .map(Story.Try::entry)
            .toList());
    List<OutboxItem> items = journal.outbox(10 * TOGETHER);
    Seed.done(
        journal, new Transition.SettleOutbox(items.stream().map(OutboxItem::id).toList()));
  }

  @Override
  public void close() throws IOException {
    hands.close();
    shelf.close();
    ledger.close();
  }
}
