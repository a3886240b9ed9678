package dev.millrace.triggers.embedded.crash;

import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.embedded.crash.Change.Verb;
import dev.millrace.triggers.embedded.names.StoreEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * A store opened again on what a killed one left: everything is read and held against what the
 * clients were promised; what was underway is settled by what can be seen of it.
 */
final class Aftermath {
  private static final int EVENTS_MAX = 1_000_000;

  private final List<String> problems = new ArrayList<>();
  private final EmbeddedStore store;
  private final S3Client s3;
  private int committed;
  private int without;

  private Aftermath(EmbeddedStore store, S3Client s3) {
    this.store = store;
    this.s3 = s3;
  }

  /**
   * What was found.
   *
   * @param committed changes without an answer that are visible
   * @param without changes without an answer that left nothing
   */
  record Found(List<String> problems, int committed, int without) {}

  /** Looks at everything, and lets the clients know what became of what they had underway. */
  static Found look(Path folder, List<Client> clients) throws IOException {
    try (EmbeddedStore store = EmbeddedStore.start(StoreConfig.in(folder));
        S3Client s3 = StoreProcess.client(store.endpoint(), folder)) {
      Aftermath aftermath = new Aftermath(store, s3);
      for (Client client : clients) {
        client.takeLost().ifPresent(change -> aftermath.settle(client, change));
      }
      Map<String, Version> promised = new HashMap<>();
      clients.forEach(client -> promised.putAll(client.promised()));
      aftermath.compareObjects(promised);
      clients.forEach(aftermath::completeAgain);
      aftermath.compareEvents(clients.stream().flatMap(c -> c.events().stream()).toList());
      return new Found(aftermath.problems, aftermath.committed, aftermath.without);
    }
  }

  private void settle(Client client, Change change) {
    Optional<Version> before = Optional.ofNullable(client.promised().get(change.key()));
    Optional<Version> now = read(change.key());
    switch (change.verb()) {
      case PUT, COPY -> {
        if (now.equals(before)) {
          without++;
        } else {
          visible(client, change, now);
        }
      }
      case DELETE -> {
        if (now.isEmpty() && before.isPresent()) {
          committed++;
          client.keepRemoval(change.key());
        } else {
          without++;
        }
      }
      case PART -> change.upload().ifPresent(upload -> part(client, change, upload));
      case COMPLETE -> {
        if (now.equals(before)) {
          without++;
        } else {
          visible(client, change, now);
        }
        retried(client, change, !now.equals(before));
      }
    }
  }

  private void visible(Client client, Change change, Optional<Version> now) {
    if (now.isPresent() && now.get().sha256().equals(change.sha256())) {
      committed++;
      client.keep(change, now.get().generation());
    } else {
      problems.add("torn or lost: " + change + " left " + now);
    }
  }

  /** A completion without an answer is sent again: it is answered, and done once. */
  private void retried(Client client, Change change, boolean visible) {
    long generation = Client.generation(Client.complete(s3, change));
    if (!visible) {
      client.keep(change, generation);
    } else if (read(change.key()).filter(v -> v.generation() == generation).isEmpty()) {
      problems.add("a retried completion was done twice: " + change);
    }
  }

  /** A part without an answer is there whole, and makes an object, or it is not there. */
  private void part(Client client, Change change, Change.Upload upload) {
    int number = upload.etags().size() + 1;
    List<Part> parts;
    try {
      parts =
          s3.listParts(r -> r.bucket(Client.BUCKET).key(change.key()).uploadId(upload.id()))
              .parts();
    } catch (NoSuchUploadException e) {
      problems.add("an upload that was begun is gone: " + change);
      return;
    }
    if (parts.size() < number - 1 || parts.size() > number) {
      problems.add("acknowledged parts are gone: " + change + " has " + parts);
    } else if (parts.size() == number && number == 1) {
      committed++;
      if (!parts.getFirst().eTag().equals("\"" + change.sha256() + "\"")) {
        problems.add("a torn part: " + change + " is " + parts);
      }
      completePart(client, change, upload.with(parts.getFirst().eTag()));
    } else {
      without++;
      s3.abortMultipartUpload(r -> r.bucket(Client.BUCKET).key(change.key()).uploadId(upload.id()));
    }
  }

  private void completePart(Client client, Change change, Change.Upload upload) {
    Change completion = Change.of(Verb.COMPLETE, change.key()).on(upload);
    Client.complete(s3, completion);
    ResponseBytes<GetObjectResponse> got = get(change.key());
    if (!Body.md5(got.asByteArrayUnsafe()).equals(change.sha256())) {
      problems.add("a torn part in an object: " + change);
    }
    Version version = version(got);
    client.keep(completion.leaving(version.sha256(), version.size()), version.generation());
  }

  private void completeAgain(Client client) {
    for (Change change : client.completed()) {
      try {
        long generation = Client.generation(Client.complete(s3, change));
        boolean known =
            client.events().stream()
                .anyMatch(e ->
                    e.generation() == generation
                        && e.name().equals(Verb.COMPLETE.event())
                        && e.key().equals(change.key()));
        if (!known) {
          problems.add("a retried completion has another generation: " + change);
        }
      } catch (NoSuchUploadException e) {
        problems.add("a retried completion is refused: " + change);
      }
    }
  }

  private void compareObjects(Map<String, Version> promised) {
    Map<String, Version> found = new HashMap<>();
    for (S3Object object : s3.listObjectsV2Paginator(r -> r.bucket(Client.BUCKET)).contents()) {
      found.put(object.key(), version(get(object.key())));
    }
    for (Map.Entry<String, Version> each : promised.entrySet()) {
      Optional<Version> now = Optional.ofNullable(found.remove(each.getKey()));
      if (!now.equals(Optional.of(each.getValue()))) {
        problems.add("promised " + each + ", found " + now);
      }
    }
    found.forEach((key, version) -> problems.add("nobody put " + key + " " + version));
  }

  private void compareEvents(List<Expected> promised) throws IOException {
    Map<Expected, Integer> balance = new HashMap<>();
    promised.forEach(event -> balance.merge(event, 1, Integer::sum));
    for (StoreEvent event : store.outbox().eventsAfter(0, EVENTS_MAX)) {
      Expected found =
          new Expected(event.name().text(), event.key(), event.generation(), event.size());
      balance.merge(found, -1, Integer::sum);
    }
    balance.forEach((event, count) -> {
      if (count != 0) {
        problems.add((count > 0 ? "missing " : "one too many ") + event);
      }
    });
  }

  private Optional<Version> read(String key) {
    try {
      return Optional.of(version(get(key)));
    } catch (NoSuchKeyException e) {
      return Optional.empty();
    }
  }

  private ResponseBytes<GetObjectResponse> get(String key) {
    return s3.getObjectAsBytes(r -> r.bucket(Client.BUCKET).key(key));
  }

  private static Version version(ResponseBytes<GetObjectResponse> got) {
    byte[] bytes = got.asByteArrayUnsafe();
    return new Version(
        Body.sha256(bytes), bytes.length, Client.generation(got.response().sdkHttpResponse()));
  }
}
