package dev.millrace.runtime.bundle;

import dev.millrace.schema.bundle.BundleEntries;
import dev.millrace.schema.bundle.EnvironmentFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Unpacks a bundle to two files whose places are this host's own: no name in the zip becomes a
 * path. All headers are proved before a byte is unpacked.
 */
public final class Unpacking {
  /** Beyond this no DEFLATE stream expands (zlib's technical details: 1032 to 1). */
  private static final long DEFLATE_RATIO_MAX = 1032;

  private static final List<String> NAMES = List.of(BundleEntries.ENVIRONMENT, BundleEntries.INPUT);

  private Unpacking() {}

  /** What became of it. */
  public sealed interface Unpacked {
    /**
     * Both files are there.
     *
     * @param inputSha256 lower-case hex
     */
    record Done(String inputSha256) implements Unpacked {}

    /** It is not taken; what was written of it is to be thrown away. */
    record Refused(String reason) implements Unpacked {}
  }

  /**
   * What the order says of it, and where it goes.
   *
   * @param contentBytes of all entries together
   * @param inputBytes of the input
   */
  public record Wanted(long contentBytes, long inputBytes, Path environment, Path input) {}

  /** Unpacks a zip whose size and digest were compared with the order's before. */
  public static Unpacked unpack(Path zip, Wanted wanted) throws IOException {
    try (FileChannel channel = FileChannel.open(zip)) {
      ZipFileBytes bytes = new ZipFileBytes(channel, channel.size());
      CentralDirectory directory = CentralDirectory.read(bytes);
      List<LocalHeader> headers = proved(bytes, directory, wanted);
      copy(bytes, directory.entries().getFirst(), headers.getFirst(), wanted.environment());
      EnvironmentFile.read(Files.readAllBytes(wanted.environment()));
      return new Unpacked.Done(
          copy(bytes, directory.entries().getLast(), headers.getLast(), wanted.input()));
    } catch (BundleRefused e) {
      return new Unpacked.Refused("the bundle is refused: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      return new Unpacked.Refused("the bundle's environment is refused: " + e.getMessage());
    }
  }

  private static List<LocalHeader> proved(
      ZipFileBytes zip, CentralDirectory directory, Wanted wanted)
      throws IOException, BundleRefused {
    List<Entry> entries = directory.entries();
    proveSizes(entries, wanted.contentBytes());
    List<LocalHeader> headers = new ArrayList<>();
    long at = 0;
    for (Entry entry : entries) {
      if (entry.offset() != at) {
        throw new BundleRefused(
            "'" + entry.name() + "' does not begin where the one before it ends");
      }
      LocalHeader header = LocalHeader.of(zip, entry);
      headers.add(header);
      at = header.end();
    }
    if (at != directory.offset()) {
      throw new BundleRefused("it has bytes between its last entry and its list of entries");
    }
    List<String> names = entries.stream().map(Entry::name).toList();
    if (!names.equals(NAMES)) {
      throw new BundleRefused("it holds " + names + ", not " + NAMES);
    }
    if (entries.getFirst().size() > EnvironmentFile.BYTES_MAX) {
      throw new BundleRefused(
          "its environment has more than " + EnvironmentFile.BYTES_MAX + " bytes");
    }
    if (entries.getLast().size() != wanted.inputBytes()) {
      throw new BundleRefused(
          "its input has %d bytes, the order's %d"
              .formatted(entries.getLast().size(), wanted.inputBytes()));
    }
    return headers;
  }

  private static void proveSizes(List<Entry> entries, long contentBytes) throws BundleRefused {
    long left = contentBytes;
    for (Entry entry : entries) {
      if (entry.size() / DEFLATE_RATIO_MAX > entry.packed()) {
        throw new BundleRefused(
            "'%s' claims to unpack from %d bytes to %d: no DEFLATE does"
                .formatted(entry.name(), entry.packed(), entry.size()));
      }
      if (entry.size() > left) {
        throw new BundleRefused(
            "it unpacks to more than the " + contentBytes + " bytes that the order states");
      }
      left -= entry.size();
    }
    if (left > 0) {
      throw new BundleRefused(
          "it unpacks to %d bytes, the order states %d"
              .formatted(contentBytes - left, contentBytes));
    }
  }

  private static String copy(ZipFileBytes zip, Entry entry, LocalHeader header, Path target)
      throws IOException, BundleRefused {
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target), 1 << 16)) {
      return EntryContent.copy(zip, entry, header.data(), out);
    }
  }
}
