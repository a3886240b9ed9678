"""Compares the Java program's scores with those of parasail, an independent Smith-Waterman.

First 500 pairs, scored by the program's first pass with one thread and with three; then the stored
hits: the best score of each query in each whole frame, and each hit's place, letters and score.
Ends with exit code 1 on any difference.
"""

import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import pairs as made
import parasail

SAMPLE = pathlib.Path(__file__).resolve().parent.parent
SEED = 20260601
# parasail's "open" is the cost of a gap's first letter: 11 + 1. Each further letter costs 1.
GAP_FIRST, GAP_NEXT = 12, 1


def plain(text):
    """What the program reads: upper case, and X for the letters that the matrix lacks."""
    return re.sub("[UOJ]", "X", text.upper())


def reference(query, target):
    """The score by parasail's plain, not vectorised, function."""
    return parasail.sw(plain(query), plain(target), GAP_FIRST, GAP_NEXT, parasail.blosum62).score


def java_scores(pairs, threads):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "pairs.tsv")
        file.write_text("".join(f"{query}\t{target}\n" for _, query, target in pairs))
        command = ["java", str(SAMPLE / "SequenceAlignment.java"), "--threads", str(threads)]
        done = subprocess.run(
            command + ["--pairs", str(file)], check=True, capture_output=True, text=True)
    return [int(line) for line in done.stdout.split()]


def compare_pairs(pairs):
    expected = [reference(query, target) for _, query, target in pairs]
    wrong = 0
    for threads in (1, 3):
        found = java_scores(pairs, threads)
        if len(found) != len(pairs):
            sys.exit(f"{len(pairs)} pairs, but {len(found)} scores")
        differing = 0
        for number, ((kind, query, target), ours, theirs) in enumerate(zip(pairs, found, expected)):
            if ours != theirs:
                differing += 1
                print(f"pair {number} ({kind}, {len(query)} x {len(target)}): {ours}, not {theirs}")
        print(f"{len(pairs)} pairs, {differing} differ (threads: {threads})")
        wrong += differing
    low = sum(kind in ("random", "any of the 24 letters") for kind, _, _ in pairs)
    stops = sum("*" in query + target for _, query, target in pairs)
    cut = sum(len(target) > 8_000 for _, _, target in pairs)
    print(f"among them {low} random, {stops} with stops, {cut} with targets over 8000 letters;")
    print(f"scores from {min(expected)} to {max(expected)}")
    if low < 100 or stops < 100 or cut < 50 or len(pairs) != 500:
        sys.exit("the pairs are not those that this check promises")
    return wrong


def place(row, bases):
    """The residues at a hit's coordinates, read from the genome anew."""
    piece = bases[int(row["genome_start"]) - 1 : int(row["genome_end"])]
    return made.translate(piece if row["strand"] == "+" else made.reverse_complement(piece))


def compare_hits(bases, genome_frames):
    wrong = 0
    hits = 0
    for path in sorted((SAMPLE / "input").glob("*.fasta")):
        _, query = made.fasta(path)
        stored = (SAMPLE / "expected" / f"{path.stem}.hits.tsv").read_text().splitlines()
        rows = list(csv.DictReader([line for line in stored if line[0] != "#"], delimiter="\t"))
        profile = parasail.profile_create_16(query, parasail.blosum62)
        for name, residues in genome_frames.items():
            whole = parasail.sw_striped_profile_16(profile, residues, GAP_FIRST, GAP_NEXT).score
            ours = max((int(row["score"]) for row in rows if row["frame"] == name), default=None)
            # A frame without a row has no hit, or none among the ten best.
            least = 0 if not rows else int(rows[-1]["score"])
            absent = whole <= least if len(rows) == 10 else significance(query, residues, whole) > 1e-3
            if ours != whole and not (ours is None and absent):
                wrong += 1
                print(f"{path.stem} frame {name}: {ours}, not {whole}")
        for row in rows:
            hits += 1
            part = query[int(row["query_start"]) - 1 : int(row["query_end"])]
            if place(row, bases) != row["segment"] or reference(part, row["segment"]) != int(row["score"]):
                wrong += 1
                print(f"{path.stem}: place, letters or score of the hit at {row['genome_start']}")
    print(f"{hits} stored hits and the best score of each query in {len(genome_frames)} whole frames,"
          f" {wrong} differ")
    return wrong


def significance(query, residues, score):
    """A lower bound of the E-value that is near enough: six frames of about the same length."""
    return 0.041 * len(query) * 5.99 * len(residues) * 2.718281828459045 ** (-0.267 * score)


def main():
    _, bases = made.fasta(SAMPLE / "NC_008253.fa.gz")
    genome_frames = made.frames(bases)
    queries = [made.fasta(path)[1] for path in sorted((SAMPLE / "input").glob("*.fasta"))]
    wrong = compare_pairs(made.make(SEED, queries, genome_frames))
    if os.environ.get("PAIRS_ONLY") != "1":
        wrong += compare_hits(bases, genome_frames)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
