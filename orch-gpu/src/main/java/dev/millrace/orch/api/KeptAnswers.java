package dev.millrace.orch.api;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Answers to requests that carried an Idempotency-Key, for whoever asks the same again: a file
 * each, in a folder of its owner alone, so that they survive a restart. An answer is kept after the
 * work is done; a coordinator that is killed in between does the work again when it is asked again.
 * Safe for many threads.
 */
public final class KeptAnswers {
  /** The longest that an answer is kept. */
  public static final Duration KEPT = Duration.ofHours(24);

  /** How much is kept, of each token and route and in all; the oldest go first. */
  static final AnswerShares.Bounds BOUNDS = new AnswerShares.Bounds(4L << 20, 64L << 20);

  private final Path folder;
  private final SecretKeySpec key;
  private final InstantSource clock;
  private final Set<Key> inWork = new HashSet<>();
  private final AnswerShares shares;

  /**
   * A key with all that it is bound to.
   *
   * @param owner token and route: what one is given does not push out what others were
   * @param name of the key, among all
   */
  record Key(String owner, String name) {}

  /**
   * An answer.
   *
   * @param request keyed digest of the body that it was given to: a body may hold a secret
   * @param body text of the answer
   */
  record Answer(String request, int status, String contentType, String body, Instant expiresAt) {}

  /** What there is for a key. */
  sealed interface Found {}

  /** The answer that was given before. */
  record Before(Answer answer) implements Found {}

  /** The same key came with another body. */
  record Different() implements Found {}

  /** Another request with this key is being worked on. */
  record InWork() implements Found {}

  /** Nothing: the caller works, and then keeps its answer or gives the key up. */
  record Yours() implements Found {}

  private KeptAnswers(Path folder, byte[] key, InstantSource clock, AnswerShares.Bounds bounds) {
    this.folder = folder;
    this.key = new SecretKeySpec(key, "HmacSHA256");
    this.clock = clock;
    this.shares = new AnswerShares(bounds);
  }

  /**
   * Those of this folder, which is made when it is not there.
   *
   * @param key of the digests of requests
   */
  public static KeptAnswers open(Path folder, byte[] key, InstantSource clock) throws IOException {
    return open(folder, key, clock, BOUNDS);
  }

  static KeptAnswers open(Path folder, byte[] key, InstantSource clock, AnswerShares.Bounds bounds)
      throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    KeptAnswers kept = new KeptAnswers(folder, key, clock, bounds);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(".json")) {
          kept.shares.add(
              owner(file),
              new AnswerShares.Kept(
                  file, Files.getLastModifiedTime(file).toInstant(), Files.size(file)));
        } else {
          Files.deleteIfExists(file);
        }
      }
    }
    return kept;
  }

  /** The first word of a file's name is its owner's digest. */
  private static String owner(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.substring(0, Math.max(0, name.indexOf('-')));
  }

  /** Looks for a key, and takes it where there is nothing. */
  Found take(Key name, byte[] request) throws IOException {
    synchronized (inWork) {
      if (!inWork.add(name)) {
        return new InWork();
      }
    }
    Optional<Answer> before = Optional.empty();
    boolean looked = false;
    try {
      before = read(file(name));
      looked = true;
    } finally {
      if (!looked || before.isPresent()) {
        giveUp(name);
      }
    }
    if (before.isEmpty()) {
      return new Yours();
    }
    return before.get().request().equals(request(request))
        ? new Before(before.get())
        : new Different();
  }

  private Optional<Answer> read(Path file) throws IOException {
    try {
      Answer answer = Json.read(Files.readAllBytes(file), Answer.class);
      return Optional.of(answer).filter(a -> clock.instant().isBefore(a.expiresAt()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Keeps the answer of a key that was taken, durably. */
  void keep(Key name, Answer answer) throws IOException {
    Path file = file(name);
    byte[] bytes = Json.bytes(answer);
    OwnerFile.write(file, bytes);
    Instant now = clock.instant();
    Files.setLastModifiedTime(file, FileTime.from(now));
    List<Path> out = new ArrayList<>();
    synchronized (inWork) {
      out.addAll(shares.add(owner(file), new AnswerShares.Kept(file, now, bytes.length)));
      out.addAll(shares.expire(now.minus(KEPT)));
    }
    for (Path old : out) {
      Files.deleteIfExists(old);
    }
  }

  /** Gives up a key that was taken; does nothing when it was not. */
  void giveUp(Key name) {
    synchronized (inWork) {
      inWork.remove(name);
    }
  }

  /** When an answer that is given now shall be forgotten. */
  Instant until(Duration kept) {
    return clock.instant().plus(kept);
  }

  /** What is remembered of a request's body. */
  String request(byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return Hex.of(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  private static String digest(byte[] bytes) {
    return Hex.of(Hex.sha256(bytes));
  }

  private Path file(Key key) {
    String owner = digest(key.owner().getBytes(StandardCharsets.UTF_8)).substring(0, 32);
    String name = digest(key.name().getBytes(StandardCharsets.UTF_8));
    return folder.resolve(owner + "-" + name + ".json");
  }
}
