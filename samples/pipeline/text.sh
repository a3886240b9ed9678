#!/bin/sh
# Reads the text of one page image; it goes to $TMP_OUTPUT_DIR/NAME.txt. What it does not check, the
# platform bounds: its memory, its time, its exit code.
set -eu
name=$(basename "$INPUT_FILE_PATH" .png)
tesseract "$INPUT_FILE_PATH" "$TMP_OUTPUT_DIR/$name" -l eng -c page_separator='' txt
echo "$name: $(wc -w <"$TMP_OUTPUT_DIR/$name.txt") words"
