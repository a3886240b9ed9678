package dev.millrace.orch.bench;

import dev.millrace.schema.time.Ticker;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Requests over so many connections to one port of this host, each waiting for its answer: as thin
 * a client as there can be, since it shares the machine with what is measured.
 */
record HttpLoad(Ticker ticker, int port, int connections) {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final int BUFFER = 1 << 16;

  /** A request's bytes. Many may share one body. */
  @SuppressWarnings("ArrayRecordComponent")
  record Request(byte[] head, byte[] body) {
    /** A method on a URL, which may be signed. */
    static Request of(String method, URI url, byte[] body) {
      return with(method, url.getRawPath() + "?" + url.getRawQuery(), url.getAuthority(), "", body);
    }

    /**
     * A method on a path.
     *
     * @param more header lines, each with its end
     */
    static Request with(String method, String target, String host, String more, byte[] body) {
      String length = method.equals("GET") ? "" : "Content-Length: " + body.length + "\r\n";
      String head =
          method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n" + more + length + "\r\n";
      return new Request(head.getBytes(StandardCharsets.US_ASCII), body);
    }
  }

  /** Makes the request of a number. */
  @FunctionalInterface
  interface Script {
    Request request(int number);
  }

  /** What it took: the answers' times in nanoseconds, sorted. */
  @SuppressWarnings("ArrayRecordComponent")
  record Taken(long nanos, long[] answers) {
    double perSecond() {
      return answers.length * 1e9 / nanos;
    }

    double millis(double share) {
      return Rounds.millis(answers, share);
    }
  }

  /** Sends so many; fails when one is not answered with 2xx. */
  Taken send(int count, Script script) throws IOException, InterruptedException {
    long[] answers = new long[count];
    AtomicInteger next = new AtomicInteger();
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < connections; i++) {
        sockets.add(open());
      }
      long began = ticker.nanos();
      new Callers(ticker, connections)
          .perSecond(
              connections,
              connection -> {
                Socket socket = sockets.get(connection);
                InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER);
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                  answers[i] = ask(script.request(i), socket.getOutputStream(), in);
                }
              });
      return taken(ticker.nanos() - began, answers);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Taken taken(long nanos, long[] answers) {
    Arrays.sort(answers);
    return new Taken(nanos, answers);
  }

  private Socket open() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private long ask(Request request, OutputStream out, InputStream in) throws IOException {
    long began = ticker.nanos();
    if (request.body().length <= BUFFER) {
      byte[] all = Arrays.copyOf(request.head(), request.head().length + request.body().length);
      System.arraycopy(request.body(), 0, all, request.head().length, request.body().length);
      out.write(all);
    } else {
      out.write(request.head());
      out.write(request.body());
    }
    int status = answer(in);
    if (status / 100 != 2) {
      throw new IOException("a request was answered with HTTP " + status);
    }
    return ticker.nanos() - began;
  }

  private static int answer(InputStream in) throws IOException {
    int status = Integer.parseInt(line(in).split(" ")[1]);
    long length = 0;
    boolean chunked = false;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring("content-length:".length()).strip());
      }
      chunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
    }
    in.skipNBytes(length);
    while (chunked) {
      int chunk = Integer.parseInt(line(in), 16);
      in.skipNBytes(chunk + 2L);
      chunked = chunk > 0;
    }
    return status;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException("the server hung up");
      }
      if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return line.toString();
  }
}
