#!/bin/sh
# Runs every query of input/ by hand, two at a time, as Millrace would: run-all.sh OUTPUT_DIR.
set -eu
[ $# -eq 1 ] || { echo "usage: run-all.sh OUTPUT_DIR" >&2; exit 2; }
MILLRACE_FUNCTION_DIR=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
TMP_OUTPUT_DIR=$(cd "$1" && pwd)
[ -z "${JAVA_HOME:-}" ] || PATH="$JAVA_HOME/bin:$PATH"
export MILLRACE_FUNCTION_DIR TMP_OUTPUT_DIR PATH
for query in "$MILLRACE_FUNCTION_DIR"/input/*.fasta; do printf '%s\0' "$query"; done |
  xargs -0 -n 1 -P 2 sh -c 'INPUT_FILE_PATH=$1 exec "$MILLRACE_FUNCTION_DIR/align.sh"' align
