package dev.millrace.runtime.container;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.WaitResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A Docker Engine on this host. Each method is one call of its API, blocks, and may be interrupted;
 * what the call did is then not known. Safe for many threads.
 */
public final class Engine implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final URI host;
  private final EngineFacts facts;
  private final Connection calls;
  private final Connection streams;

  Engine(URI host, EngineFacts facts) {
    this.host = host;
    this.facts = facts;
    this.calls = Connection.to(host, facts.api(), PATIENCE);
    this.streams = Connection.to(host, facts.api(), null);
  }

  /** Looks whether an engine that can be used answers there. */
  public static Opened open(URI host) throws InterruptedException {
    return EngineProbe.open(host);
  }

  /** Where it listens. */
  public URI host() {
    return host;
  }

  /** What it says of itself. */
  public EngineFacts facts() {
    return facts;
  }

  /**
   * Makes a container.
   *
   * @return its id
   * @throws EngineException NOT_FOUND without the image, CONFLICT when the name is taken
   */
  public String create(ContainerSpec spec) throws EngineException, InterruptedException {
    return calls.call(client -> Creation.of(client, spec).exec().getId());
  }

  /** Starts what was made; nothing happens when it runs. */
  public void start(String container) throws EngineException, InterruptedException {
    calls.act(client -> {
      try {
        client.startContainerCmd(container).exec();
      } catch (NotModifiedException e) {
        // A first try of this call started it.
      }
    });
  }

  /**
   * Waits until a container does not run any more.
   *
   * @return its exit code
   */
  public int await(String container) throws EngineException, InterruptedException {
    return streams.call(client -> {
      Awaited awaited = new Awaited();
      try (awaited) {
        client.waitContainerCmd(container).exec(awaited).awaitCompletion();
      }
      return awaited.code();
    });
  }

  /** What is known of a container; empty when there is none. */
  public Optional<ContainerState> inspect(String container)
      throws EngineException, InterruptedException {
    try {
      return Optional.of(calls.call(client -> state(client.inspectContainerCmd(container).exec())));
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** All containers, running or not, that have these labels. */
  public List<ContainerSummary> list(Map<String, String> labels)
      throws EngineException, InterruptedException {
    return calls.call(client -> {
      List<ContainerSummary> found = new ArrayList<>();
      for (Container each :
          client.listContainersCmd().withShowAll(true).withLabelFilter(labels).exec()) {
        found.add(
            new ContainerSummary(
                each.getId(), "running".equals(each.getState()), each.getLabels()));
      }
      return found;
    });
  }

  /** Asks a container to end, and kills it after that time. Nothing happens when it has ended. */
  public void stop(String container, Duration grace) throws EngineException, InterruptedException {
    ended(client -> {
      try {
        int seconds = (int) Math.max(0, grace.toSeconds());
        client.stopContainerCmd(container).withTimeout(seconds).exec();
      } catch (NotModifiedException e) {
        // It has ended by itself.
      }
    });
  }

  /** Kills all processes of a container. Nothing happens when it has ended. */
  public void kill(String container) throws EngineException, InterruptedException {
    ended(client -> client.killContainerCmd(container).exec());
  }

  /** Takes a container away, running or not, with the volumes that it alone has. */
  public void remove(String container) throws EngineException, InterruptedException {
    ended(client ->
        client.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec());
  }

  /** A call to which a container that is gone, ended or going is no failure. */
  private void ended(Connection.Act act) throws EngineException, InterruptedException {
    try {
      calls.act(act);
    } catch (EngineException e) {
      if (e.kind() != EngineException.Kind.NOT_FOUND && e.kind() != EngineException.Kind.CONFLICT) {
        throw e;
      }
    }
  }

  /**
   * Writes what is kept of a container's output, both streams in their order.
   *
   * @throws IOException when the target failed
   */
  public void logs(String container, OutputStream target) throws IOException, InterruptedException {
    logs(container, false, target);
  }

  /**
   * The same, and goes on as more is printed, until the container ends or the thread is
   * interrupted.
   *
   * @throws IOException when the target failed
   */
  public void follow(String container, OutputStream target)
      throws IOException, InterruptedException {
    logs(container, true, target);
  }

  private void logs(String container, boolean follow, OutputStream target)
      throws IOException, InterruptedException {
    Copied copied = new Copied(target);
    try {
      streams.once(client ->
          client
              .logContainerCmd(container)
              .withStdOut(true)
              .withStdErr(true)
              .withFollowStream(follow)
              .exec(copied)
              .awaitCompletion());
    } finally {
      copied.close();
      copied.check();
    }
  }

  /**
   * Runs a further command in a container and waits for it.
   *
   * @param target gets both of its streams in their order
   * @return its exit code
   */
  public int exec(String container, ExecSpec spec, OutputStream target)
      throws EngineException, InterruptedException {
    return streams.once(client -> {
      String id =
          client
              .execCreateCmd(container)
              .withCmd(spec.line().toArray(new String[0]))
              .withEnv(
                  spec.environment().entrySet().stream()
                      .map(e -> e.getKey() + "=" + e.getValue())
                      .toList())
              .withUser(spec.user())
              .withAttachStdout(true)
              .withAttachStderr(true)
              .exec()
              .getId();
      Copied copied = new Copied(target);
      try (copied) {
        client.execStartCmd(id).exec(copied).awaitCompletion();
      }
      copied.check();
      Long code = client.inspectExecCmd(id).exec().getExitCodeLong();
      if (code == null) {
        throw new IOException("the command's exit code is not known");
      }
      return code.intValue();
    });
  }

  /** What the engine's images are asked and told; shared by everyone who pulls. */
  Connection images() {
    return streams;
  }

  private static ContainerState state(InspectContainerResponse found) {
    InspectContainerResponse.ContainerState state = found.getState();
    Instant started = instant(state.getStartedAt());
    Long code = state.getExitCodeLong();
    return new ContainerState(
        found.getId(),
        phase(state, started),
        code == null ? 0 : code.intValue(),
        Boolean.TRUE.equals(state.getOOMKilled()),
        state.getError() == null ? "" : state.getError(),
        started,
        instant(state.getFinishedAt()));
  }

  private static ContainerState.Phase phase(
      InspectContainerResponse.ContainerState state, Instant started) {
    if ("removing".equals(state.getStatus()) || Boolean.TRUE.equals(state.getDead())) {
      return ContainerState.Phase.GOING;
    }
    if (Boolean.TRUE.equals(state.getRunning())) {
      return ContainerState.Phase.RUNNING;
    }
    return started.equals(Instant.EPOCH)
        ? ContainerState.Phase.CREATED
        : ContainerState.Phase.EXITED;
  }

  /** The engine writes the year 1 for what has not happened. */
  private static Instant instant(@Nullable String text) {
    try {
      Instant time = text == null ? Instant.EPOCH : Instant.parse(text);
      return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  /** Takes the one answer of a wait. */
  private static final class Awaited extends ResultCallback.Adapter<WaitResponse> {
    private final AtomicReference<@Nullable Integer> code = new AtomicReference<>();

    @Override
    public void onNext(WaitResponse answer) {
      code.set(answer.getStatusCode());
    }

    int code() throws IOException {
      Integer found = code.get();
      if (found == null) {
        throw new IOException("the engine broke off while a container was awaited");
      }
      return found;
    }
  }

  /** Writes frames as they come; a target that fails ends it. */
  private static final class Copied extends ResultCallback.Adapter<Frame> {
    private final OutputStream target;
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    Copied(OutputStream target) {
      this.target = target;
    }

    @Override
    public void onNext(Frame frame) {
      if (failure.get() != null) {
        return;
      }
      try {
        target.write(frame.getPayload());
      } catch (IOException e) {
        failure.set(e);
        release();
      }
    }

    /** By no error of the callback's: that would be logged, and the target's is told anyway. */
    private void release() {
      try {
        close();
      } catch (IOException e) {
        // The target's failure says more.
        return;
      }
    }

    void check() throws IOException {
      IOException found = failure.get();
      if (found != null) {
        throw found;
      }
    }
  }

  @Override
  public void close() throws IOException {
    try (calls) {
      streams.close();
    }
  }
}
