#!/bin/sh
# Aligns the sequences of $INPUT_FILE_PATH; the table of hits goes to $TMP_OUTPUT_DIR.
# Jobs run side by side, so each takes one thread and a heap that leaves room within its memory.
set -eu
exec java -XX:+UseSerialGC -Xmx512m "$MILLRACE_FUNCTION_DIR/SequenceAlignment.java" \
  --threads "${ALIGN_THREADS:-1}"
