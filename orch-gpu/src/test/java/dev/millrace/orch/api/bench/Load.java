package dev.millrace.orch.api.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** Posts the same messages over so many connections, each waiting for its answer. */
record Load(int port, String path, String token, int connections) {

  /** What it took: the answers' times in nanoseconds, sorted. */
  @SuppressWarnings("ArrayRecordComponent")
  record Taken(int messages, long nanos, long[] answers) {
    double perSecond() {
      return messages * 1e9 / nanos;
    }

    double millis(double share) {
      return answers[(int) Math.min(answers.length - 1L, (long) (answers.length * share))] / 1e6;
    }
  }

  Taken post(int messages) throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    long[] answers = new long[messages];
    Thread[] senders = new Thread[connections];
    long began = System.nanoTime();
    for (int i = 0; i < connections; i++) {
      senders[i] = Thread.ofVirtual().start(() -> send(next, answers));
    }
    for (Thread sender : senders) {
      sender.join();
    }
    long nanos = System.nanoTime() - began;
    if (next.get() < messages + connections) {
      throw new IllegalStateException("a sender gave up");
    }
    Arrays.sort(answers);
    return new Taken(messages, nanos, answers);
  }

  private void send(AtomicInteger next, long[] answers) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = next.getAndIncrement(); i < answers.length; i = next.getAndIncrement()) {
        byte[] request = request(i);
        long began = System.nanoTime();
        socket.getOutputStream().write(request);
        int status = answer(in);
        answers[i] = System.nanoTime() - began;
        if (status != 200) {
          throw new IOException("answered " + status);
        }
      }
    } catch (IOException e) {
      System.err.println("a sender failed: " + e);
    }
  }

  /** As MinIO sends it, 1 KiB. */
  private byte[] request(int number) {
    String body =
        """
        {"EventName":"s3:ObjectCreated:Put","Key":"in/a b/%1$07d.txt","Records":[\
        {"eventVersion":"2.0","eventSource":"minio:s3","awsRegion":"",\
        "eventTime":"2026-11-22T12:00:00.000Z","eventName":"s3:ObjectCreated:Put",\
        "userIdentity":{"principalId":"minioadmin"},"requestParameters":{"principalId":\
        "minioadmin","region":"","sourceIPAddress":"127.0.0.1"},"responseElements":\
        {"x-amz-id-2":"dd9025bab4ad464b049177c95eb6ebf374d3b3fd1af9251148b658df7ac2e3e8",\
        "x-amz-request-id":"17A4F6A9C2F0B5F0","x-minio-deployment-id":\
        "4f2f2f0e-7d9f-4f2c-9d7a-6d1f3b1f2a11","x-minio-origin-endpoint":"http://127.0.0.1:9000"},\
        "s3":{"s3SchemaVersion":"1.0","configurationId":"Config","bucket":{"name":"bucket",\
        "ownerIdentity":{"principalId":"minioadmin"},"arn":"arn:aws:s3:::bucket"},"object":\
        {"key":"in%%2Fa+b%%2F%1$07d.txt","size":3,"eTag":"acbd18db4cc2f85cedef654fccc4a4d8",\
        "contentType":"text/plain","userMetadata":{"content-type":"text/plain"},\
        "sequencer":"17A4F6A9C3F0B5F0"}},"source":{"host":"127.0.0.1","port":"","userAgent":\
        "MinIO (linux; amd64) minio-go/v7.0.90 mc/RELEASE.2025-03-12T00-00-00Z"}}]}\
        """
            .formatted(number);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("POST "
                + path
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                + token
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + bytes.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] request = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, request, head.length, bytes.length);
    return request;
  }

  private static int answer(InputStream in) throws IOException {
    int status = Integer.parseInt(line(in).split(" ")[1]);
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring("content-length:".length()).strip());
      }
    }
    in.skipNBytes(length);
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
