package dev.millrace.triggers.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Runs the store on its own: {@code StoreMain FOLDER [PORT [CERTIFICATE KEY]]}. The bytes that stay
 * free of the disk are in MILLRACE_STORE_MIN_FREE.
 */
public final class StoreMain {
  private static final int STANDARD_PORT = 9470;

  private StoreMain() {}

  /** Serves until the process is told to end. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 1 || args.length == 3 || args.length > 4) {
      System.err.println(
          "usage: StoreMain FOLDER [PORT [CERTIFICATE KEY]]   (standard port "
              + STANDARD_PORT
              + "; by TLS with two PEM files)");
      System.exit(2);
    }
    Path folder = Path.of(args[0]);
    int port = args.length >= 2 ? Integer.parseInt(args[1]) : STANDARD_PORT;
    CountDownLatch end = new CountDownLatch(1);
    EmbeddedStore store =
        EmbeddedStore.start(
            StoreConfig.in(folder).withPort(port).withTls(tls(args)).withSpace(space()));
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  try {
                    store.close();
                  } catch (IOException e) {
                    System.err.println("The store did not end cleanly: " + e.getMessage());
                  }
                  end.countDown();
                }));
    System.out.println("store ready at " + store.endpoint());
    System.out.println("access keys in " + folder.resolve("access-keys").toAbsolutePath());
    end.await();
  }

  private static StoreConfig.Space space() {
    StoreConfig.Space standard = StoreConfig.Space.standard();
    return Optional.ofNullable(System.getenv("MILLRACE_STORE_MIN_FREE"))
        .map(Long::parseLong)
        .map(free ->
            new StoreConfig.Space(
                free,
                standard.storeMaxBytes(),
                standard.bucketMaxBytes(),
                standard.smallMaxBytes()))
        .orElse(standard);
  }

  private static Optional<StoreConfig.Tls> tls(String[] args) {
    return args.length < 4
        ? Optional.empty()
        : Optional.of(
            new StoreConfig.Tls(
                Path.of(args[2]), Path.of(args[3]), 0, StoreConfig.Tls.RELOAD_INTERVAL));
  }
}
