"""Makes changed copies of an order: spoil.py ORDER OTHER_ORDER FOLDER.

An order is one line of four words: type, key id, signature, body.
"""

import base64
import pathlib
import sys


def flipped(line, at, bit=0):
    """The line with one bit of one byte turned."""
    changed = bytearray(line)
    changed[at] ^= 1 << bit
    return bytes(changed)


def main():
    order = pathlib.Path(sys.argv[1]).read_bytes().rstrip(b"\n")
    other = pathlib.Path(sys.argv[2]).read_bytes().rstrip(b"\n")
    folder = pathlib.Path(sys.argv[3])
    folder.mkdir()
    kind, key, signature, body = order.split(b" ")
    starts = {"type": 0, "key": len(kind) + 1}
    starts["signature"] = starts["key"] + len(key) + 1
    starts["body"] = starts["signature"] + len(signature) + 1
    ends = {
        "type": len(kind),
        "key": starts["key"] + len(key),
        "signature": starts["signature"] + len(signature),
        "body": len(order),
    }
    copies = {}
    for word, start in starts.items():
        last = ends[word] - 1
        for name, at in (("first", start), ("middle", (start + last) // 2), ("last", last)):
            copies[f"{word}-{name}"] = flipped(order, at)
    # The last character of a signature carries 4 bits that mean nothing: turned, they still count.
    copies["signature-idle-bit"] = flipped(order, ends["signature"] - 1, 1)
    copies["high-bit"] = flipped(order, starts["body"] + 40, 7)
    decoded = base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4))
    for name, old, new in (
        ("body-pool", b'"local"', b'"other"'),
        ("body-function", b'"once"', b'"twic"'),
    ):
        assert old in decoded, decoded
        changed = base64.urlsafe_b64encode(decoded.replace(old, new)).rstrip(b"=")
        copies[name] = b" ".join((kind, key, signature, changed))
    copies["cut-half"] = order[: len(order) // 2]
    copies["cut-last"] = order[:-1]
    copies["cut-body"] = b" ".join((kind, key, signature))
    copies["tail"] = order + b"x"
    copies["tail-padding"] = order + b"="
    copies["tail-word"] = order + b" x"
    copies["tail-line"] = order + b"\n" + other + b"\n"
    copies["two-spaces"] = order.replace(b" ", b"  ", 1)
    copies["empty"] = b""
    copies["other-signature"] = b" ".join((kind, key, other.split(b" ")[2], body))
    copies["other-body"] = b" ".join((kind, key, signature, other.split(b" ")[3]))
    copies["manifest-type"] = b" ".join((b"millrace.manifest.v1", key, signature, body))
    for name, text in copies.items():
        assert text not in (order, other), name
        (folder / name).write_bytes(text)


if __name__ == "__main__":
    main()
