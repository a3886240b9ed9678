package dev.millrace.orch.desk;

import dev.millrace.fdl.FdlReader;
import dev.millrace.fdl.FdlResult;
import dev.millrace.fdl.Loops;
import dev.millrace.fdl.Problem;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.intake.Deployed;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.orch.journal.Transition.Deploy;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionFile;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns an FDL file into deployed functions, all or none. */
final class Deployer {
  /** Each one that another overtakes, the other has gone through. */
  private static final int TRIES = 100;

  private static final String ENDLESS = "error: a loop of buckets would run for ever: ";

  private final Journal journal;
  private final Catalog catalog;
  private final Stores stores;
  private final Places places;
  private final DeployedSecrets secrets;
  private final List<String> processAllow;
  private final Prospect prospect;
  private final InstantSource clock;

  /** What deploying works with. */
  record Parts(
      Journal journal,
      Catalog catalog,
      Stores stores,
      Places places,
      DeployedSecrets secrets,
      List<String> processAllow,
      Prospect prospect) {}

  Deployer(Parts parts, InstantSource clock) {
    this.journal = parts.journal();
    this.catalog = parts.catalog();
    this.stores = parts.stores();
    this.places = parts.places();
    this.secrets = parts.secrets();
    this.processAllow = List.copyOf(parts.processAllow());
    this.prospect = parts.prospect();
    this.clock = clock;
  }

  /** What was sent, by whom and how. */
  record Request(TenantId tenant, FrontDesk.Sent sent, Carrier carrier) {}

  /**
   * What is deployed by one request.
   *
   * @param kept files that came with it before, by path
   * @param newest revisions of its functions when it began
   * @param buckets what stores have answered
   */
  private record Work(
      Request request,
      FdlResult result,
      Map<String, FunctionFile> kept,
      Map<FunctionName, Integer> newest,
      DeployBuckets buckets) {}

  /**
   * Several may be at it at once, and none waits for another's stores: the journal takes what was
   * held against all that is there. Who was overtaken by a change of other functions is held
   * against them again; by one of its own, whoever deploys is to know of it first.
   */
  FrontDesk.Deployment deploy(Request request) throws IOException {
    FrontDesk.Sent sent = request.sent();
    Map<String, FunctionFile> kept = new HashMap<>();
    Map<String, Long> sizes = new HashMap<>();
    lookFor(sent, kept, sizes);
    FdlResult result =
        FdlReader.read(sent.fileName(), sent.fdl(), new DeployParts(sent.scripts(), sizes));
    Map<FunctionName, Integer> newest = new HashMap<>();
    for (FunctionSpec spec : result.functions()) {
      FunctionRef ref = new FunctionRef(request.tenant(), spec.name());
      newest.put(spec.name(), journal.newestRevision(ref));
    }
    Work work = new Work(request, result, kept, newest, new DeployBuckets(stores));
    for (int tries = 1; ; tries++) {
      catalog.refresh();
      Deployed there = catalog.now();
      FrontDesk.Deployment outcome = deploy(work, there);
      catalog.refresh();
      if (!(outcome instanceof FrontDesk.Deployment.Overtaken)
          || tries == TRIES
          || catalog.now().deploys() == there.deploys()) {
        return outcome;
      }
    }
  }

  private FrontDesk.Deployment deploy(Work work, Deployed there) throws IOException {
    Request request = work.request();
    FdlResult result = work.result();
    List<String> problems = problems(work, there);
    if (!problems.isEmpty()) {
      return new FrontDesk.Deployment.Rejected(problems);
    }
    DeployedSecrets.Taken taken = secrets.take(request.tenant(), result);
    if (!taken.problems().isEmpty()) {
      return new FrontDesk.Deployment.Rejected(taken.problems());
    }
    List<DeployedFunction> deployed = new ArrayList<>();
    List<DeployFunction> steps = new ArrayList<>();
    try {
      for (FunctionSpec spec : result.functions()) {
        deployed.add(prepare(work, there, spec, steps));
      }
    } catch (StoreException e) {
      if (e.kind() == StoreException.Kind.GIVE_UP) {
        return new FrontDesk.Deployment.Rejected(List.of("error: " + e.getMessage()));
      }
      throw e;
    }
    if (commit(new Deploy(there.deploys(), steps, taken.steps()))
        instanceof Commit.Conflict(String reason)) {
      return new FrontDesk.Deployment.Overtaken(reason);
    }
    List<String> warnings =
        new ArrayList<>(result.warnings().stream().map(Problem::toString).toList());
    warnings.addAll(taken.warnings());
    result.functions().stream()
        .filter(this::isNotAllowed)
        .forEach(spec -> warnings.add(notAllowed(spec)));
    deployed.forEach(f -> prospect.warning(f, clock.instant()).ifPresent(warnings::add));
    return new FrontDesk.Deployment.Done(deployed, warnings);
  }

  private List<String> problems(Work work, Deployed there) {
    FdlResult result = work.result();
    Request request = work.request();
    List<String> problems =
        new ArrayList<>(result.errors().stream().map(Problem::toString).toList());
    if (problems.isEmpty() && result.functions().isEmpty()) {
      problems.add(request.sent().fileName() + ": error: it has no function");
    }
    secrets.unsafe(result, request.carrier()).ifPresent(problems::add);
    problems.addAll(check(request.tenant(), result.functions(), there));
    return problems;
  }

  /** The files that came with it before, and their sizes, by path. */
  private void lookFor(FrontDesk.Sent sent, Map<String, FunctionFile> kept, Map<String, Long> sizes)
      throws IOException {
    for (Map.Entry<String, String> file : sent.files().entrySet()) {
      ObjectName name = places.file(file.getValue());
      Optional<ObjectHead> head = stores.get(name.store()).head(name.bucket(), name.key());
      if (head.isPresent()) {
        String path = file.getKey();
        String last = path.substring(path.lastIndexOf('/') + 1);
        kept.put(path, new FunctionFile(last, file.getValue(), head.get().size()));
        sizes.put(path, head.get().size());
      }
    }
  }

  private boolean isNotAllowed(FunctionSpec spec) {
    return spec.rules().runner() == RunnerKind.PROCESS
        && !processAllow.contains("*")
        && !processAllow.contains(spec.name().value());
  }

  /**
   * Its jobs would rest as dead; whoever deploys should hear it before the first file is dropped.
   */
  private static String notAllowed(FunctionSpec spec) {
    return spec.name()
        + " is for the runner process, which has no isolation and is not allowed for it here: add"
        + " it to provider.runners.process.allow in millrace.yaml, and start again";
  }

  /** What only the coordinator can know: its stores, and the functions that are there already. */
  private List<String> check(TenantId tenant, List<FunctionSpec> specs, Deployed there) {
    List<String> problems = new ArrayList<>();
    for (FunctionSpec spec : specs) {
      for (InputRule input : spec.inputs()) {
        if (stores.find(input.store()).isEmpty()) {
          problems.add(unknownStore(spec, "input", input.store().value()));
        }
        if (places.intermediate(input.store(), input.bucket())) {
          problems.add(ownBucket(spec, "reads", input.bucket()));
        }
      }
      for (OutputRule output : spec.outputs()) {
        if (stores.find(output.store()).isEmpty()) {
          problems.add(unknownStore(spec, "output", output.store().value()));
        }
        if (places.intermediate(output.store(), output.bucket())) {
          problems.add(ownBucket(spec, "writes", output.bucket()));
        }
      }
    }
    problems.addAll(loops(tenant, specs, there));
    return problems;
  }

  private static List<String> loops(TenantId tenant, List<FunctionSpec> specs, Deployed there) {
    Set<FunctionRef> renewed = new HashSet<>();
    specs.forEach(s -> renewed.add(new FunctionRef(tenant, s.name())));
    List<FunctionSpec> others =
        there.functions().stream()
            .filter(f -> !renewed.contains(f.ref()))
            .map(DeployedFunction::spec)
            .toList();
    Loops loops = Loops.through(specs, others);
    List<String> problems = new ArrayList<>();
    loops.named().forEach(loop -> problems.add(ENDLESS + loop.chain()));
    if (!loops.more().isEmpty()) {
      problems.add(
          ENDLESS
              + loops.more().size()
              + " functions more, beside those that are named, the first being "
              + loops.more().getFirst());
    }
    return problems;
  }

  private static String ownBucket(FunctionSpec spec, String what, String bucket) {
    return "error: "
        + spec.name()
        + ": it "
        + what
        + " bucket "
        + bucket
        + ", which holds Millrace's own orders; name another one";
  }

  private static String unknownStore(FunctionSpec spec, String what, String store) {
    return "error: "
        + spec.name()
        + ": "
        + what
        + " names store "
        + store
        + ", which this coordinator does not have; add it under stores: in millrace.yaml";
  }

  /**
   * Does all that may fail for a function.
   *
   * @param steps takes what is to be committed, where it is not there already
   */
  private DeployedFunction prepare(
      Work work, Deployed there, FunctionSpec spec, List<DeployFunction> steps) throws IOException {
    FunctionRef ref = new FunctionRef(work.request().tenant(), spec.name());
    for (int i = 0; i < spec.outputs().size(); i++) {
      OutputRule output = spec.outputs().get(i);
      work.buckets().ensure(output.store(), output.bucket(), spec.name() + ": output[" + i + "]");
    }
    List<StartMark> marks = marks(work, ref, spec);
    List<FunctionFile> files = new ArrayList<>();
    for (String path : spec.code().files()) {
      FunctionFile file = work.kept().get(path);
      if (file != null) {
        files.add(file);
      }
    }
    Optional<DeployedFunction> before = there.find(ref);
    if (marks.isEmpty() && before.filter(f -> same(f, spec, files)).isPresent()) {
      return before.get();
    }
    DeployedFunction function =
        new DeployedFunction(
            ref, work.newest().getOrDefault(spec.name(), 0) + 1, spec, files, clock.instant());
    steps.add(new DeployFunction(function, marks));
    return function;
  }

  private Commit commit(Deploy deploy) {
    boolean nothing = deploy.functions().isEmpty() && deploy.secrets().isEmpty();
    return nothing ? new Commit.Committed(List.of()) : secrets.commit(deploy);
  }

  /** What was deployed before, and again now, is no new revision. */
  private static boolean same(DeployedFunction there, FunctionSpec spec, List<FunctionFile> files) {
    return there.spec().equals(spec) && there.files().equals(files);
  }

  private List<StartMark> marks(Work work, FunctionRef ref, FunctionSpec spec) throws IOException {
    boolean backfill = work.request().sent().backfill();
    Set<String> marked = new HashSet<>();
    if (!backfill) {
      journal.startMarks(ref).forEach(m -> marked.add(m.store() + "/" + m.bucket()));
    }
    List<StartMark> marks = new ArrayList<>();
    for (int i = 0; i < spec.inputs().size(); i++) {
      InputRule input = spec.inputs().get(i);
      if (marked.add(input.store() + "/" + input.bucket())) {
        work.buckets().ensure(input.store(), input.bucket(), spec.name() + ": input[" + i + "]");
        marks.add(
            backfill
                ? new StartMark(input.store(), input.bucket(), Instant.EPOCH, Set.of())
                : work.buckets().mark(input, spec));
      }
    }
    return marks;
  }
}
