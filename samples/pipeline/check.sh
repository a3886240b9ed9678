#!/bin/sh
# Compares recognised texts with those that the scan was made from: check.sh FOLDER.
# Word for word, whatever the spacing; each text must be there, and no other; else exit code 1.
set -eu
[ $# -eq 1 ] && [ -d "$1" ] || { echo "usage: check.sh FOLDER" >&2; exit 2; }
expected=$(cd "$(dirname "$0")" && pwd)/expected
words() { tr -s '[:space:]' '\n' <"$1"; }
count=0
wrong=0
for text in "$expected"/*.txt; do
  name=$(basename "$text")
  count=$((count + 1))
  if [ ! -f "$1/$name" ]; then
    echo "missing: $name" >&2
    wrong=$((wrong + 1))
  elif [ "$(words "$text")" != "$(words "$1/$name")" ]; then
    echo "differs: $name" >&2
    diff "$text" "$1/$name" >&2 || true
    wrong=$((wrong + 1))
  fi
done
for found in "$1"/*; do
  name=$(basename "$found")
  if [ -e "$found" ] && [ ! -f "$expected/$name" ]; then
    echo "not expected: $name" >&2
    wrong=$((wrong + 1))
  fi
done
echo "$count texts, $wrong wrong"
[ "$count" -gt 0 ] && [ "$wrong" -eq 0 ]
