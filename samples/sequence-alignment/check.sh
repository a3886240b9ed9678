#!/bin/sh
# Compares the tables of a directory with the stored ones: check.sh OUTPUT_DIR.
# Every stored table must be there, byte for byte, and no other one; else exit code 1.
set -eu
[ $# -eq 1 ] && [ -d "$1" ] || { echo "usage: check.sh OUTPUT_DIR" >&2; exit 2; }
expected=$(cd "$(dirname "$0")" && pwd)/expected
count=0
wrong=0
for stored in "$expected"/*.hits.tsv; do
  name=$(basename "$stored")
  count=$((count + 1))
  if [ ! -f "$1/$name" ]; then
    echo "missing: $name" >&2
    wrong=$((wrong + 1))
  elif ! cmp -s "$stored" "$1/$name"; then
    echo "differs: $name" >&2
    diff "$stored" "$1/$name" >&2 || true
    wrong=$((wrong + 1))
  fi
done
for found in "$1"/*.hits.tsv; do
  name=$(basename "$found")
  if [ -f "$found" ] && [ ! -f "$expected/$name" ]; then
    echo "not expected: $name" >&2
    wrong=$((wrong + 1))
  fi
done
echo "$count tables, $wrong wrong"
[ "$count" -gt 0 ] && [ "$wrong" -eq 0 ]
