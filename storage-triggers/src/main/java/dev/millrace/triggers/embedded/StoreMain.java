package dev.millrace.triggers.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** Runs the store on its own: {@code StoreMain FOLDER [PORT]}. */
public final class StoreMain {
  private static final int STANDARD_PORT = 9470;

  private StoreMain() {}

  /** Serves until the process is told to end. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: StoreMain FOLDER [PORT]   (standard port " + STANDARD_PORT + ")");
      System.exit(2);
    }
    Path folder = Path.of(args[0]);
    int port = args.length == 2 ? Integer.parseInt(args[1]) : STANDARD_PORT;
    CountDownLatch end = new CountDownLatch(1);
    EmbeddedStore store = EmbeddedStore.start(StoreConfig.in(folder).withPort(port));
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
}
