"""Reads the sample's files without any of its Java code, and makes the pairs to be scored."""

import gzip
import random

LETTERS = "ARNDCQEGHILKMFPSTWYVBZX*"
AMINO_ACIDS = LETTERS[:20]
# Frequencies of the twenty in proteins, in the order of LETTERS, in tenths of a percent.
FREQUENCIES = [78, 51, 45, 54, 19, 43, 63, 74, 22, 51, 91, 57, 22, 39, 52, 71, 58, 13, 32, 64]
CODE = {
    a + b + c: "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"[16 * i + 4 * j + k]
    for i, a in enumerate("TCAG")
    for j, b in enumerate("TCAG")
    for k, c in enumerate("TCAG")
}


def fasta(path):
    """The first record's name and letters."""
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="ascii") as file:
        name = file.readline()[1:].split()[0]
        letters = "".join(line.strip() for line in file if not line.startswith(">"))
    return name, letters.upper()


def reverse_complement(bases):
    return bases[::-1].translate(str.maketrans("ACGT", "TGCA"))


def translate(bases):
    return "".join(CODE.get(bases[i : i + 3], "X") for i in range(0, len(bases) - 2, 3))


def frames(bases):
    """Residues by frame: +1, +2, +3, -1, -2, -3."""
    found = {}
    for sign, strand in (("+", bases), ("-", reverse_complement(bases))):
        for offset in range(3):
            found[f"{sign}{offset + 1}"] = translate(strand[offset:])
    return found


def protein(dice, length):
    return "".join(dice.choices(AMINO_ACIDS, FREQUENCIES, k=length))


def relative(dice, text, change):
    """A distant relative: letters changed, and gaps of 1 to 60 letters on either side."""
    made = []
    at = 0
    while at < len(text):
        chance = dice.random()
        if chance < 0.01:
            at += dice.choice((1, 2, 5, 20, 60))
        elif chance < 0.02:
            made.append(protein(dice, dice.choice((1, 2, 5, 20, 60))))
        else:
            made.append(dice.choice(LETTERS) if dice.random() < change else text[at])
            at += 1
    return "".join(made)


def make(seed, queries, genome_frames):
    """500 pairs as (kind, query, target)."""
    dice = random.Random(seed)
    pairs = []
    for _ in range(120):
        pairs.append(("random", protein(dice, dice.randint(1, 400)), protein(dice, dice.randint(1, 600))))
    for _ in range(60):
        any_letter = lambda: "".join(dice.choices(LETTERS, k=dice.randint(1, 300)))
        pairs.append(("any of the 24 letters", any_letter(), any_letter()))
    for _ in range(60):
        query = protein(dice, dice.randint(20, 300))
        stops = lambda text: "".join("*" if dice.random() < 0.05 else letter for letter in text)
        pairs.append(("stops in both", stops(query), stops(relative(dice, query, 0.2))))
    for _ in range(80):
        query = protein(dice, dice.randint(30, 700))
        pairs.append(("relatives", query, protein(dice, 50) + (relative(dice, query, 0.4) or "A")))
    for _ in range(110):
        frame = genome_frames[dice.choice(sorted(genome_frames))]
        length = dice.randint(100, 4_000)
        at = dice.randrange(len(frame) - length)
        pairs.append(("query and genome window", dice.choice(queries), frame[at : at + length]))
    # Cut into hundreds of stretches, most shorter than the alignments that lie across the cuts.
    for number in range(60):
        frame = genome_frames[dice.choice(sorted(genome_frames))]
        length = dice.randint(8_000, 40_000)
        at = dice.randrange(len(frame) - length)
        query = dice.choice(queries)
        target = frame[at : at + length]
        middle = dice.randrange(len(target))
        half = len(query) // 2
        between = protein(dice, (0, 40, 400)[number % 3])
        planted = relative(dice, query[:half], 0.1) + between + relative(dice, query[half:], 0.1)
        pairs.append(("long target, cut", query, target[:middle] + planted + target[middle:]))
    for query, target in (
        ("A", "A"), ("*", "*"), ("*", "A"), ("W" * 20, "W" * 10 + "A" + "W" * 10),
        ("W" * 20, "W" * 10 + "A" * 90 + "W" * 10), ("W" * 10 + "A" * 90 + "W" * 10, "W" * 20),
        ("ACDEFGHIKLMNPQRSTVWY", "acdefghiklmnpqrstvwy"), ("MUOJW", "MXXXW"),
        ("X" * 50, "X" * 50), ("G", "W" * 5_000),
    ):
        pairs.append(("edges", query, target))
    return pairs
