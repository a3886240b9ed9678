#!/bin/sh
# Compares thumbnails with the stored ones: check.sh FOLDER, as the bucket has them: small/, medium/,
# large/, about/. Each stored file must be there, alike, and no other; else exit code 1. Needs a JDK.
set -eu
[ $# -eq 1 ] && [ -d "$1" ] || { echo "usage: check.sh FOLDER" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
found=$(cd "$1" && pwd)
[ -z "${JAVA_HOME:-}" ] || PATH="$JAVA_HOME/bin:$PATH"
listed() { (cd "$1" && find small medium large about -type f 2>/dev/null | sort); }
if [ "$(listed "$here/expected")" != "$(listed "$found")" ]; then
  echo "these should be there: $(listed "$here/expected" | tr '\n' ' ')" >&2
  echo "these are there: $(listed "$found" | tr '\n' ' ')" >&2
  exit 1
fi
wrong=0
diff -r "$here/expected/about" "$found/about" >&2 || wrong=1
set --
for name in $(listed "$here/expected" | grep '\.jpg$'); do
  set -- "$@" "$here/expected/$name" "$found/$name"
done
java -Djava.awt.headless=true "$here/Compare.java" "$@" || wrong=1
[ "$wrong" -eq 0 ] && echo "$(($# / 2)) thumbnails as stored"
