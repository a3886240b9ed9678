import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import javax.imageio.ImageIO;

/**
 * Holds a picture against the stored one: the same size, and colours that a person would call the same.
 * Another release of ImageMagick or of its JPEG library rounds some pixels differently.
 *
 * <p>{@code java Compare.java STORED FOUND [STORED FOUND]...}; exit code 1 when a pair differs.
 */
final class Compare {
  private static final int BLOCK = 8;
  private static final double MEAN_MAX = 2.0;
  private static final double BLOCK_MAX = 12.0;

  private Compare() {}

  public static void main(String[] files) throws IOException {
    boolean same = files.length > 0 && files.length % 2 == 0;
    for (int i = 0; i + 1 < files.length; i += 2) {
      String difference = difference(read(files[i]), read(files[i + 1]));
      if (!difference.isEmpty()) {
        System.err.println("differs: " + new File(files[i + 1]).getName() + ": " + difference);
        same = false;
      }
    }
    System.exit(same ? 0 : 1);
  }

  private static BufferedImage read(String file) throws IOException {
    BufferedImage picture = ImageIO.read(new File(file));
    if (picture == null) {
      throw new IOException(file + " is no picture");
    }
    return picture;
  }

  /** What differs, in words; nothing where they are alike. Differences are of 255 per channel. */
  private static String difference(BufferedImage stored, BufferedImage found) {
    int width = stored.getWidth();
    int height = stored.getHeight();
    if (found.getWidth() != width || found.getHeight() != height) {
      return "%d x %d pixels, not %d x %d"
          .formatted(found.getWidth(), found.getHeight(), width, height);
    }
    double sum = 0;
    double worst = 0;
    for (int y = 0; y < height; y += BLOCK) {
      for (int x = 0; x < width; x += BLOCK) {
        int across = Math.min(BLOCK, width - x);
        int down = Math.min(BLOCK, height - y);
        double block = 0;
        for (int i = 0; i < across * down; i++) {
          block += distance(stored, found, x + i % across, y + i / across);
        }
        sum += block;
        worst = Math.max(worst, block / (across * down));
      }
    }
    double mean = sum / ((double) width * height);
    return mean <= MEAN_MAX && worst <= BLOCK_MAX
        ? ""
        : "colours are off by %.1f on average, by %.1f in one place".formatted(mean, worst);
  }

  private static double distance(BufferedImage stored, BufferedImage found, int x, int y) {
    int a = stored.getRGB(x, y);
    int b = found.getRGB(x, y);
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      sum += Math.abs((a >> shift & 255) - (b >> shift & 255));
    }
    return sum / 3.0;
  }
}
