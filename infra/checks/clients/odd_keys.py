"""Keys that stores and clients get wrong. As a program: makes a folder of files that have such names."""

import os
import random
import sys
import unicodedata

# Names that a file can have as well: what tools that copy folders are tried with.
FILE_NAMES = [
    "two words",
    " leading and trailing ",
    "a+b",
    "100%",
    "a%20b",
    "a%2Fb",
    "%",
    "%zz",
    unicodedata.normalize("NFC", "é-nfc"),
    unicodedata.normalize("NFD", "é-nfd"),
    "日本語",
    "\N{DNA DOUBLE HELIX}\N{ROCKET}",
    "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}",
    "what?",
    "a#b",
    "a&b=c",
    'say "x"',
    "it's",
    "<tag>",
    "a;b,c:d@e!$*()",
    "[a]{b}|c^d`e~f",
    "back\\slash",
    "..two dots",
    "dots..",
    "-rf",
]

# What only a program can send: keys are names, not paths.
RAW_KEYS = [
    "a//b",
    "//",
    "/leading",
    "trailing/",
    "./here",
    "../up",
    "a/./b",
    "a/../b",
    "..",
    "d",
    "d/x",
    "d/x/y",
    "line\nfeed",
    "tab\tulator",
    "carriage\rreturn",
    "bell\x07 escape\x1b unit\x1f delete\x7f",
    "\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}",
    "a?versionId=1&acl#x",
    "\ufffe\uffff",
    "k" * 1024,
    "é" * 512,
]

TOO_LONG = ["k" * 1025, "é" * 512 + "k"]


def tree(folder: str, files: int, seed: int) -> None:
    """Files of 0 to 60,000 bytes and one of 12 MB, every odd name among them."""
    chance = random.Random(seed)
    names = [f"{i % 7}/{i % 5}/file-{i}.dat" for i in range(files - len(FILE_NAMES) * 2 - 1)]
    names += [f"odd/{name}" for name in FILE_NAMES]
    names += [f"odd folders/{name}/inside" for name in FILE_NAMES]
    for i, name in enumerate(names):
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(chance.randbytes(0 if i == 0 else chance.randrange(1, 60_000)))
    with open(os.path.join(folder, "big.bin"), "wb") as file:
        file.write(chance.randbytes(12 << 20))


if __name__ == "__main__":
    tree(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
