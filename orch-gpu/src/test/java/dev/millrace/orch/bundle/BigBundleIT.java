package dev.millrace.orch.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.bundle.Unpacking;
import dev.millrace.schema.run.BundleRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs that 32 bits do not count; needs 5 GB of disk, and a heap that is far smaller. */
class BigBundleIT {
  private static final long BIG = (1L << 32) + 12_345;
  private static final byte[] ENVIRONMENT = "A='b'\n".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  /** So many bytes: zeros, or such as cannot be packed. */
  private static final class Made extends InputStream {
    private final byte[] block = new byte[1 << 16];
    private final boolean packs;
    private final SplittableRandom random = new SplittableRandom(3);
    private long left = BIG;

    Made(boolean packs) {
      this.packs = packs;
    }

    @Override
    public int read() throws IOException {
      throw new IOException("read in blocks");
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (left == 0) {
        return -1;
      }
      int count = (int) Math.min(left, Math.min(length, block.length));
      if (!packs) {
        random.nextBytes(block);
      }
      System.arraycopy(block, 0, target, offset, count);
      left -= count;
      return count;
    }
  }

  private void thereAndBack(boolean packs, long packedAtLeast) throws Exception {
    Path zip = folder.resolve("zip");

    BundleRef made = BundleZip.write(ENVIRONMENT, new Made(packs), zip);

    assertThat(made.contentBytes()).isEqualTo(BIG + ENVIRONMENT.length);
    assertThat(made.size()).isGreaterThan(packedAtLeast);
    assertThat(Runtime.getRuntime().maxMemory()).isLessThan(2L << 30);
    assertThat(
            Unpacking.unpack(
                zip,
                new Unpacking.Wanted(
                    made.contentBytes(), BIG, folder.resolve("env"), Path.of("/dev/null"))))
        .isInstanceOf(Unpacking.Unpacked.Done.class);
  }

  @Test
  void anInputOverFourGibibytesThatPacksWellComesBack() throws Exception {
    thereAndBack(true, 1L << 20);
  }

  @Test
  void aZipOverFourGibibytesComesBack() throws Exception {
    thereAndBack(false, 1L << 32);
  }
}
