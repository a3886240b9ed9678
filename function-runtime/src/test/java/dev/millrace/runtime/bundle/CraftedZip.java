package dev.millrace.runtime.bundle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** A zip written byte by byte, so that each of its fields can lie. */
final class CraftedZip {
  /** An entry: what its two headers say, and the bytes that are there. */
  static final class Part {
    byte[] name;
    byte[] localName;
    byte[] packed;
    int flags;
    int localFlags = -1;
    int method;
    int localMethod = -1;
    long crc;
    long localCrc = -1;
    long size;
    long localSize = -1;
    long packedSize;
    byte[] extra = new byte[0];
    byte[] localExtra = new byte[0];
    byte[] comment = new byte[0];
    int madeBy = 20;
    int attributes;
    int disk;
    long offset = -1;
    byte[] before = new byte[0];

    private Part(String name, byte[] content, boolean deflated) {
      this.name = name.getBytes(StandardCharsets.UTF_8);
      this.localName = this.name;
      this.packed = deflated ? deflate(content) : content;
      this.method = deflated ? Entry.DEFLATED : Entry.STORED;
      CRC32 sum = new CRC32();
      sum.update(content);
      this.crc = sum.getValue();
      this.size = content.length;
      this.packedSize = packed.length;
    }

    void named(byte[] both) {
      name = both;
      localName = both;
    }
  }

  private final List<Part> parts = new ArrayList<>();
  private byte[] beforeList = new byte[0];
  private byte[] behind = new byte[0];
  private byte[] beforeAll = new byte[0];
  private int count = -1;
  private int disk;

  static byte[] deflate(byte[] content) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] chunk = new byte[8192];
    while (!deflater.finished()) {
      out.write(chunk, 0, deflater.deflate(chunk));
    }
    deflater.end();
    return out.toByteArray();
  }

  CraftedZip stored(String name, String content, Consumer<Part> lies) {
    return add(new Part(name, content.getBytes(StandardCharsets.UTF_8), false), lies);
  }

  CraftedZip deflated(String name, byte[] content, Consumer<Part> lies) {
    return add(new Part(name, content, true), lies);
  }

  private CraftedZip add(Part part, Consumer<Part> lies) {
    lies.accept(part);
    parts.add(part);
    return this;
  }

  CraftedZip beforeList(String text) {
    beforeList = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  CraftedZip behind(String text) {
    behind = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  CraftedZip beforeAll(String text) {
    beforeAll = text.getBytes(StandardCharsets.UTF_8);
    return this;
  }

  CraftedZip count(int lie) {
    count = lie;
    return this;
  }

  CraftedZip disk(int number) {
    disk = number;
    return this;
  }

  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(beforeAll);
    List<Long> offsets = new ArrayList<>();
    for (Part part : parts) {
      out.writeBytes(part.before);
      offsets.add((long) out.size());
      out.writeBytes(local(part));
      out.writeBytes(part.packed);
    }
    out.writeBytes(beforeList);
    int list = out.size();
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      out.writeBytes(central(part, part.offset < 0 ? offsets.get(i) : part.offset));
    }
    int said = count < 0 ? parts.size() : count;
    out.writeBytes(
        le(22)
            .putInt(0x06054b50)
            .putShort((short) disk)
            .putShort((short) disk)
            .putShort((short) said)
            .putShort((short) said)
            .putInt(out.size() - list)
            .putInt(list)
            .putShort((short) 0)
            .array());
    out.writeBytes(behind);
    return out.toByteArray();
  }

  private static ByteBuffer le(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] local(Part part) {
    return le(30 + part.localName.length + part.localExtra.length)
        .putInt(0x04034b50)
        .putShort((short) 20)
        .putShort((short) (part.localFlags < 0 ? part.flags : part.localFlags))
        .putShort((short) (part.localMethod < 0 ? part.method : part.localMethod))
        .putInt(0)
        .putInt((int) (part.localCrc < 0 ? part.crc : part.localCrc))
        .putInt((int) part.packedSize)
        .putInt((int) (part.localSize < 0 ? part.size : part.localSize))
        .putShort((short) part.localName.length)
        .putShort((short) part.localExtra.length)
        .put(part.localName)
        .put(part.localExtra)
        .array();
  }

  private static byte[] central(Part part, long offset) {
    return le(46 + part.name.length + part.extra.length + part.comment.length)
        .putInt(0x02014b50)
        .putShort((short) part.madeBy)
        .putShort((short) 20)
        .putShort((short) part.flags)
        .putShort((short) part.method)
        .putInt(0)
        .putInt((int) part.crc)
        .putInt((int) part.packedSize)
        .putInt((int) part.size)
        .putShort((short) part.name.length)
        .putShort((short) part.extra.length)
        .putShort((short) part.comment.length)
        .putShort((short) part.disk)
        .putShort((short) 0)
        .putInt(part.attributes)
        .putInt((int) offset)
        .put(part.name)
        .put(part.extra)
        .put(part.comment)
        .array();
  }
}
