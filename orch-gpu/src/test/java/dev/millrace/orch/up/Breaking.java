package dev.millrace.orch.up;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/** Stands before a store and lets each connection break after so many bytes of the answer. */
final class Breaking implements AutoCloseable {
  /** The heads of all requests. */
  final List<String> heads = new CopyOnWriteArrayList<>();

  private final URI store;
  private final long after;
  private final ServerSocket door;

  Breaking(URI store, long after) throws IOException {
    this.store = store;
    this.after = after;
    this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  /** The same URL, by this way. */
  URI through(URI url) {
    return URI.create(
        url.toString().replace(store.getAuthority(), "127.0.0.1:" + door.getLocalPort()));
  }

  private void serve() {
    try {
      while (true) {
        try (Socket from = door.accept()) {
          pass(from);
        }
      }
    } catch (SocketException e) {
      // Closed.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pass(Socket from) throws IOException {
    StringBuilder head = new StringBuilder();
    InputStream in = from.getInputStream();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int octet = in.read();
      if (octet < 0) {
        return;
      }
      head.append((char) octet);
    }
    heads.add(head.toString());
    try (Socket to = new Socket(store.getHost(), store.getPort())) {
      String sent =
          head.toString().replace("127.0.0.1:" + door.getLocalPort(), store.getAuthority());
      to.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
      to.getOutputStream().write(in.readNBytes(length(sent)));
      InputStream answer = to.getInputStream();
      OutputStream out = from.getOutputStream();
      byte[] buffer = new byte[1 << 16];
      for (long left = after; left > 0; ) {
        int got = answer.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (got < 0) {
          return;
        }
        out.write(buffer, 0, got);
        left -= got;
      }
    }
  }

  private static int length(String head) {
    return head.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
        .mapToInt(line -> Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()))
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
