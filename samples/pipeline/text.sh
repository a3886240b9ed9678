#!/bin/sh
# Reads the text of one page image; it goes to $TMP_OUTPUT_DIR/NAME.txt. A page that unpacks to more than
# the function's memory is not looked for: the container ends at its limit, and nothing else does.
set -eu
name=$(basename "$INPUT_FILE_PATH" .png)
# A file of words would be taken as a list of files to read.
[ "$(head -c 8 "$INPUT_FILE_PATH" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] || {
  echo "read-text: this is no PNG, whatever its name says" >&2
  exit 1
}
tesseract "$INPUT_FILE_PATH" "$TMP_OUTPUT_DIR/$name" -l eng -c page_separator='' txt
echo "$name: $(wc -w <"$TMP_OUTPUT_DIR/$name.txt") words"
