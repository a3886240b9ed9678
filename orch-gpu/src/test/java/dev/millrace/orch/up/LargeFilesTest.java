package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.Download;
import dev.millrace.orch.client.Ended;
import dev.millrace.orch.client.PartsUpload;
import dev.millrace.orch.client.Retries;
import dev.millrace.orch.client.Transfer;
import dev.millrace.schema.object.UploadStep;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads in parts and downloads that go on, against a coordinator and its embedded store. */
final class LargeFilesTest {
  private static final int MIB = 1 << 20;
  private static final ObjectView OBJECT = new ObjectView(null, "large", "in/huge");
  @TempDir static Path folder;
  private static Site site;
  private static byte[] bytes;
  private static Path file;

  private final List<Duration> pauses = new ArrayList<>();
  private final Retries retries = new Retries(3, pauses::add);
  private final AtomicLong progress = new AtomicLong();
  private CoordinatorClient client;
  private Transfer transfer;

  @BeforeAll
  static void start() throws IOException {
    site = new Site(folder, "");
    bytes = new byte[12 * MIB + 17];
    new Random(7).nextBytes(bytes);
    file = Files.write(folder.resolve("huge"), bytes);
  }

  @AfterAll
  static void stop() throws IOException {
    site.close();
  }

  @BeforeEach
  void connect() throws IOException {
    client = site.client();
    transfer = new Transfer();
  }

  @AfterEach
  void disconnect() {
    transfer.close();
    client.close();
  }

  private PartsUpload upload(PartsUpload.Steps steps) {
    return new PartsUpload(
        transfer,
        steps,
        new PartsUpload.Rules(UploadStep.PART_BYTES_MIN, retries, Duration.ofMillis(100)),
        progress::addAndGet);
  }

  private PartsUpload.Steps to(ObjectView object) {
    return step -> client.uploadUrl(object, step);
  }

  private byte[] stored(ObjectView object) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    transfer.download(client.downloadUrl(object), out, n -> {});
    return out.toByteArray();
  }

  private Download download(Download.Source source) {
    return new Download(
        transfer,
        source,
        retries,
        new Download.Meter() {
          @Override
          public void total(long total) {
            assertThat(total).isEqualTo(bytes.length);
          }

          @Override
          public void add(long more) {
            progress.addAndGet(more);
          }
        });
  }

  /** A URL where each connection is closed at once. */
  private static URI closed(ServerSocket door) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              door.accept().close();
            }
          } catch (IOException e) {
            assertThat(door.isClosed()).isTrue();
          }
        });
    return URI.create("http://127.0.0.1:" + door.getLocalPort() + "/x");
  }

  private static ServerSocket door() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @Test
  void uploadsAFileInPartsAndTellsHowFarItIs() throws IOException {
    List<UploadStep> steps = new ArrayList<>();

    upload(
            step -> {
              steps.add(step);
              return client.uploadUrl(OBJECT, step);
            })
        .upload(file);

    assertThat(stored(OBJECT)).isEqualTo(bytes);
    assertThat(progress).hasValue(bytes.length);
    assertThat(steps).hasSize(5).last().isInstanceOf(UploadStep.Complete.class);
    assertThat(pauses).isEmpty();
  }

  @Test
  void aPartThatFailsIsTriedAgainByItself() throws IOException {
    ObjectView object = new ObjectView(null, "large", "in/again");
    List<UploadStep> parts = new ArrayList<>();
    try (ServerSocket door = door()) {
      URI broken = closed(door);

      upload(
              step -> {
                parts.add(step);
                boolean second = step instanceof UploadStep.Part(String id, int n) && n == 2;
                return second && pauses.size() < 2 ? broken : client.uploadUrl(object, step);
              })
          .upload(file);
    }

    assertThat(stored(object)).isEqualTo(bytes);
    assertThat(progress).hasValue(bytes.length);
    assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    assertThat(parts).hasSize(7);
  }

  @Test
  void anUploadThatCannotBeDoneIsDropped() throws IOException {
    ObjectView object = new ObjectView(null, "large", "in/never");
    List<UploadStep> steps = new ArrayList<>();
    try (ServerSocket door = door()) {
      URI broken = closed(door);

      assertThatThrownBy(() ->
              upload(
                      step -> {
                        steps.add(step);
                        boolean second =
                            step instanceof UploadStep.Part(String id, int n) && n == 2;
                        return second ? broken : client.uploadUrl(object, step);
                      })
                  .upload(file))
          .isInstanceOf(IOException.class);
    }

    assertThat(pauses).hasSize(2);
    assertThat(progress).hasValue(UploadStep.PART_BYTES_MIN);
    assertThat(steps.getLast()).isInstanceOf(UploadStep.Abort.class);
    assertDropped(object, ((UploadStep.Abort) steps.getLast()).upload());
  }

  private void assertDropped(ObjectView object, String upload) throws IOException {
    assertThatThrownBy(() -> stored(object)).isInstanceOf(FileNotFoundException.class);
    PartsUpload again =
        upload(step ->
            client.uploadUrl(
                object, step instanceof UploadStep.Part ? new UploadStep.Part(upload, 1) : step));
    assertThatThrownBy(() -> again.upload(file))
        .isInstanceOf(FileNotFoundException.class)
        .hasMessageContaining("NoSuchUpload");
  }

  /** Uploads, and stops that from another thread when it comes to a step. */
  private Ended stoppedAt(ObjectView object, Predicate<UploadStep> when) throws IOException {
    Ended[] ended = {new Ended.Nothing()};
    PartsUpload[] upload = {null};
    upload[0] =
        upload(step -> {
          if (when.test(step)) {
            joined(
                Thread.ofPlatform()
                    .start(() -> ended[0] = upload[0].stop(() -> client.downloadUrl(object))));
          }
          return client.uploadUrl(object, step);
        });
    assertThatThrownBy(() -> upload[0].upload(file)).isInstanceOf(IOException.class);
    return ended[0];
  }

  @Test
  void whoStopsAnUploadDropsItsPartsFromAnotherThread() throws IOException {
    ObjectView object = new ObjectView(null, "large", "in/stopped");

    Ended ended =
        stoppedAt(object, step -> step instanceof UploadStep.Part(String id, int n) && n == 3);

    assertThat(ended).isEqualTo(new Ended.Dropped());
    // A store that answers before it has read the body may break the connection: then it is tried
    // again, and told again.
    assertThat(pauses).hasSizeLessThan(3);
    assertThatThrownBy(() -> stored(object)).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void whoStopsAnUploadBeforeItsCompletionIsTakenDropsItsParts() throws IOException {
    ObjectView object = new ObjectView(null, "large", "in/uncompleted");

    Ended ended = stoppedAt(object, step -> step instanceof UploadStep.Complete);

    assertThat(ended).isEqualTo(new Ended.Dropped());
    assertThatThrownBy(() -> stored(object)).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void anObjectOfThesePartsIsKnownByItsTag() throws Exception {
    ObjectView object = new ObjectView(null, "large", "in/answerless");
    try (Breaking breaking = new Breaking(client.uploadUrl(object), 1)) {
      PartsUpload[] upload = {null};
      List<Ended> ended = new ArrayList<>();
      upload[0] =
          upload(step -> {
            if (step instanceof UploadStep.Complete && !breaking.heads.isEmpty()) {
              joined(
                  Thread.ofPlatform()
                      .start(() -> ended.add(upload[0].stop(() -> client.downloadUrl(object)))));
            }
            URI url = client.uploadUrl(object, step);
            return step instanceof UploadStep.Complete ? breaking.through(url) : url;
          });

      assertThatThrownBy(() -> upload[0].upload(file)).isInstanceOf(IOException.class);

      assertThat(ended).contains(new Ended.Up());
    }
    assertThat(stored(object)).isEqualTo(bytes);
  }

  private static void joined(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileThatChangesMeanwhileIsNoObject() throws IOException {
    ObjectView object = new ObjectView(null, "large", "in/changing");
    Path changing = Files.write(folder.resolve("changing"), bytes);

    assertThatThrownBy(() ->
            upload(
                    step -> {
                      if (step instanceof UploadStep.Part(String id, int n) && n == 3) {
                        Files.write(changing, new byte[bytes.length + 1]);
                      }
                      return client.uploadUrl(object, step);
                    })
                .upload(changing))
        .hasMessageContaining("changed while it was uploaded");
    assertThatThrownBy(() -> stored(object)).isInstanceOf(FileNotFoundException.class);
  }

  @Test
  void noPartOfAnUploadIsWrittenWhereOrdersLieOrKeysAreReserved() {
    assertThatThrownBy(
            () -> upload(to(new ObjectView(null, "millrace-orders", "orders/x"))).upload(file))
        .hasMessageContaining("takes no uploads");
    assertThatThrownBy(() -> upload(to(new ObjectView(null, "large", ".millrace/x"))).upload(file))
        .hasMessageContaining("reserved");
  }

  @Test
  void aDownloadGoesOnWhereTheConnectionBroke() throws IOException {
    ObjectView object = new ObjectView(null, "large", "out/whole");
    upload(to(object)).upload(file);
    progress.set(0);
    URI url = client.downloadUrl(object);
    try (Breaking breaking = new Breaking(url, 5 * MIB)) {
      Path got = folder.resolve("got");

      long size = download(() -> breaking.through(client.downloadUrl(object))).to(got);

      assertThat(size).isEqualTo(bytes.length);
      assertThat(got).hasBinaryContent(bytes);
      assertThat(progress).hasValue(bytes.length);
      assertThat(breaking.heads).hasSize(3);
      assertThat(breaking.heads.getFirst()).doesNotContain("Range");
      assertThat(breaking.heads.getLast()).contains("If-Match: \"").contains("Range: bytes=");
      assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1));
    }
  }

  @Test
  void aDownloadOfWhatIsWrittenAnewMeanwhileLeavesNoFile() throws IOException {
    ObjectView object = new ObjectView(null, "large", "out/anew");
    upload(to(object)).upload(file);
    Path got = folder.resolve("anew");
    Path other = Files.write(folder.resolve("other"), new byte[] {1});
    try (Breaking breaking = new Breaking(client.downloadUrl(object), 5 * MIB)) {
      assertThatThrownBy(() ->
              download(
                      () -> {
                        if (!breaking.heads.isEmpty()) {
                          transfer.upload(other, client.uploadUrl(object), n -> {});
                        }
                        return breaking.through(client.downloadUrl(object));
                      })
                  .to(got))
          .hasMessageContaining("written anew");
    }
    assertThat(got).doesNotExist();
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void aDownloadThatNeverGetsFurtherEnds() throws IOException {
    ObjectView object = new ObjectView(null, "large", "out/ends");
    upload(to(object)).upload(file);
    pauses.clear();
    URI url = client.downloadUrl(object);
    try (Breaking breaking = new Breaking(url, 5 * MIB);
        ServerSocket door = door()) {
      URI broken = closed(door);

      assertThatThrownBy(() ->
              download(() -> breaking.heads.isEmpty() ? breaking.through(url) : broken)
                  .to(OutputStream.nullOutputStream()))
          .isInstanceOf(IOException.class);
    }
    assertThat(pauses).hasSize(2);
  }

  @Test
  void whatCannotBeWrittenIsNotAskedForAgain() throws IOException {
    ObjectView object = new ObjectView(null, "large", "out/full");
    upload(to(object)).upload(file);
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int octet) throws IOException {
            throw new IOException("no space left");
          }
        };

    assertThatThrownBy(() -> download(() -> client.downloadUrl(object)).to(full))
        .hasMessage("no space left");
    assertThat(pauses).isEmpty();
  }
}
