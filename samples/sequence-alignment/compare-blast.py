#!/usr/bin/env python3
"""Holds the tables of tblastn against those of SequenceAlignment: compare-blast.py BLAST_DIR [TABLES_DIR].

A hit is strong when its score is 300 or more: far above where two heuristics, or a heuristic and none,
may tell hits apart differently. Each strong hit of one side must be on the other with the same score,
coordinates and query range. A table of ten rows is full: of what BLAST found there, only scores above the
tenth row's are asked for. Exit code 1 for any difference.
"""
import csv
import pathlib
import sys

STRONG = 300
FULL = 10


def rows(path):
    with open(path, newline="") as table:
        return [row for row in csv.DictReader(table, delimiter="\t") if row["score"]]


def place(row):
    ends = sorted((int(row["genome_start"]), int(row["genome_end"])))
    frame = int(row["frame"])
    strand = row.get("strand") or ("-" if frame < 0 else "+")
    return int(row["score"]), strand, ends[0], ends[1], int(row["query_start"]), int(row["query_end"])


def strong(table):
    return {place(row) for row in table if int(row["score"]) >= STRONG}


def compare(name, ours, theirs):
    floor = min(int(row["score"]) for row in ours) if len(ours) >= FULL else 0
    mine, other = strong(ours), strong(theirs)
    lost = mine - other
    extra = {hit for hit in other - mine if hit[0] > floor}
    for hit in sorted(lost):
        print(f"{name}: BLAST has not {hit}", file=sys.stderr)
    for hit in sorted(extra):
        print(f"{name}: only BLAST has {hit}", file=sys.stderr)
    return len(mine & other), len(lost) + len(extra)


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    blast = pathlib.Path(arguments[0])
    stored = pathlib.Path(arguments[1]) if len(arguments) == 2 else pathlib.Path(__file__).parent / "expected"
    agreed = wrong = tables = 0
    for table in sorted(stored.glob("*.hits.tsv")):
        name = table.name.removesuffix(".hits.tsv")
        found = blast / f"{name}.blast.tsv"
        if not found.exists():
            print(f"{name}: BLAST left no table", file=sys.stderr)
            wrong += 1
            continue
        tables += 1
        same, differing = compare(name, rows(table), rows(found))
        agreed += same
        wrong += differing
    print(f"{tables} tables, {agreed} strong hits the same, {wrong} wrong")
    return 0 if tables and agreed and not wrong else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
