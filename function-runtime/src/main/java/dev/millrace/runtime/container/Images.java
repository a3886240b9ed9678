package dev.millrace.runtime.container;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectImageResponse;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.model.ContainerConfig;
import com.github.dockerjava.api.model.PullResponseItem;
import com.github.dockerjava.api.model.ResponseItem;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * An engine's images. One that is there is used; one that is not is pulled, once, however many wait
 * for it. Safe for many threads.
 */
public final class Images {
  private static final Duration BETWEEN_WORDS = Duration.ofSeconds(3);

  private final PullObserver observer;
  private final Ticker ticker;
  private final Map<String, Presence.Present> known = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Presence>> looking = new ConcurrentHashMap<>();

  /** The outcome of looking for an image. */
  public sealed interface Presence {
    /**
     * It is there.
     *
     * @param volumes paths for which it asks a volume
     */
    record Present(List<String> volumes) implements Presence {
      public Present {
        volumes = List.copyOf(volumes);
      }
    }

    /** It is not, and could not be pulled. */
    record Absent(String reason, boolean retryable) implements Presence {}
  }

  /** Images of whatever engine is handed in. */
  public Images(PullObserver observer, Ticker ticker) {
    this.observer = observer;
    this.ticker = ticker;
  }

  /** Makes sure that an image is there; who waits may be interrupted, the pull goes on. */
  public Presence ensure(Engine engine, String image) throws InterruptedException {
    Presence.Present present = known.get(image);
    if (present != null) {
      return present;
    }
    CompletableFuture<Presence> fresh = new CompletableFuture<>();
    CompletableFuture<Presence> first = looking.putIfAbsent(image, fresh);
    if (first == null) {
      Thread.ofVirtual().name("image " + image).start(() -> look(engine, image, fresh));
    }
    try {
      return (first == null ? fresh : first).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("image " + image + " could not be looked for", e);
    }
  }

  /** The engine says that it has it no more. */
  public void forget(String image) {
    known.remove(image);
  }

  private void look(Engine engine, String image, CompletableFuture<Presence> answer) {
    Presence found =
        new Presence.Absent("image " + image + " could not be looked for: see the log", true);
    try {
      found = findOrPull(engine, image);
      if (found instanceof Presence.Present present) {
        known.put(image, present);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      looking.remove(image);
      answer.complete(found);
    }
  }

  private Presence findOrPull(Engine engine, String image) throws InterruptedException {
    try {
      Optional<Presence.Present> there = find(engine, image);
      if (there.isPresent()) {
        return there.get();
      }
    } catch (EngineException e) {
      return new Presence.Absent(
          "the engine was asked for image " + image + ": " + e.getMessage(),
          e.kind() != EngineException.Kind.REFUSED);
    }
    Presence pulled = pull(engine, image);
    observer.ended(image, pulled instanceof Presence.Present);
    return pulled;
  }

  private static Optional<Presence.Present> find(Engine engine, String image)
      throws EngineException, InterruptedException {
    try {
      InspectImageResponse found =
          engine.images().call(client -> client.inspectImageCmd(image).exec());
      ContainerConfig config = found.getConfig();
      Map<String, ?> volumes = config == null ? null : config.getVolumes();
      return Optional.of(
          new Presence.Present(volumes == null ? List.of() : List.copyOf(volumes.keySet())));
    } catch (EngineException e) {
      if (e.kind() == EngineException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private Presence pull(Engine engine, String image) throws InterruptedException {
    ImageName name = ImageName.parse(image);
    try {
      engine
          .images()
          .once(client -> {
            Pull pull = new Pull(image);
            PullImageCmd command = client.pullImageCmd(name.repository());
            if (!name.tag().isEmpty()) {
              command.withTag(name.tag());
            }
            try (pull) {
              command.exec(pull).awaitCompletion();
            }
            pull.check();
            return true;
          });
      return find(engine, image)
          .<Presence>map(there -> there)
          .orElseGet(() -> absent(image, "it is not there after the pull", true));
    } catch (EngineException e) {
      return absent(
          image, String.valueOf(e.getMessage()), e.kind() != EngineException.Kind.NOT_FOUND);
    }
  }

  private static Presence absent(String image, String said, boolean retryable) {
    boolean never =
        said.matches("(?s).*(denied|not found|unknown|invalid reference|unauthorized).*");
    return new Presence.Absent(
        "image "
            + image
            + " is not on this host and could not be pulled: "
            + said
            + (never
                ? "; check its name, log in to its registry (docker login), or bring it here by"
                    + " docker pull, load or import"
                : "; is its registry reachable from this host? It can be brought by docker load or"
                    + " import too"),
        retryable && !never);
  }

  /** Listens to a pull. */
  private final class Pull extends ResultCallback.Adapter<PullResponseItem> {
    private final String image;
    private final Map<String, long[]> layers = new HashMap<>();
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();
    private long toldAt = ticker.nanos();
    private int done;

    Pull(String image) {
      this.image = image;
    }

    @Override
    public void onNext(PullResponseItem item) {
      if (item.getError() != null) {
        failure.set(item.getError());
      }
      String status = String.valueOf(item.getStatus());
      String layer = item.getId();
      if (layer == null) {
        return;
      }
      ResponseItem.ProgressDetail detail = item.getProgressDetail();
      if (status.equals("Pull complete") || status.equals("Already exists")) {
        layers.computeIfAbsent(layer, id -> new long[2]);
        done++;
      } else if (status.equals("Downloading") && detail != null) {
        layers.put(layer, new long[] {or0(detail.getCurrent()), or0(detail.getTotal())});
      } else if (status.equals("Pulling fs layer")) {
        layers.computeIfAbsent(layer, id -> new long[2]);
      }
      tell();
    }

    private void tell() {
      long now = ticker.nanos();
      if (now - toldAt >= BETWEEN_WORDS.toNanos()) {
        toldAt = now;
        long bytes = layers.values().stream().mapToLong(each -> each[0]).sum();
        long total = layers.values().stream().mapToLong(each -> each[1]).sum();
        observer.progress(image, new PullObserver.Progress(done, layers.size(), bytes, total));
      }
    }

    private static long or0(@Nullable Long number) {
      return number == null ? 0 : number;
    }

    void check() throws IOException {
      String said = failure.get();
      if (said != null) {
        throw new EngineException(EngineException.Kind.FAILED, said, null);
      }
    }
  }
}
