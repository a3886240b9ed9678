#!/usr/bin/env python3
"""Writes pictures that are none, for the samples' checks: bad-pictures.py FOLDER.

  text.png, text.jpg, text.pdf   a text under another name
  empty.png, empty.jpg, empty.pdf
  cut.png                        a PNG that ends within its head
  bomb.png                       30,000 x 30,000 grey pixels in some 900 KB: 900 MB once unpacked
  wide.pdf                       a page of 200 x 200 inches: 1.6 GB where it is drawn at 200 dots per inch
"""
import pathlib
import struct
import sys
import zlib

SIDE = 30_000


def chunk(kind: bytes, content: bytes) -> bytes:
    sum_ = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", sum_)


def zeros(rows: int, row: bytes) -> bytes:
    packer = zlib.compressobj(9)
    some = row * 100
    parts = [packer.compress(some) for _ in range(rows // 100)]
    return b"".join(parts) + packer.flush()


def png() -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0))
    return (b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zeros(SIDE, bytes(SIDE + 1)))
            + chunk(b"IEND", b""))


def pdf() -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] >>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
            + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (len(objects) + 1, len(out)))


folder = pathlib.Path(sys.argv[1])
for suffix in ("png", "jpg", "pdf"):
    (folder / f"text.{suffix}").write_text("This is a letter, not a picture.\n")
    (folder / f"empty.{suffix}").write_bytes(b"")
whole = png()
(folder / "cut.png").write_bytes(whole[:20])
(folder / "bomb.png").write_bytes(whole)
(folder / "wide.pdf").write_bytes(pdf())
