#!/bin/sh
# Reads the text of one page image; it goes to $TMP_OUTPUT_DIR/NAME.txt.
set -eu
name=$(basename "$INPUT_FILE_PATH" .png)

refuse() {
  echo "ocr: $1" >&2
  exit 1
}

# What a PNG is and how large its picture will be stands in its first 24 bytes: a file of some hundred
# kilobytes may unpack to gigabytes, and that is better known before.
[ -s "$INPUT_FILE_PATH" ] || refuse "the file is empty"
[ "$(head -c 8 "$INPUT_FILE_PATH" | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ] ||
  refuse "this is no PNG, whatever its name says"
# shellcheck disable=SC2046 # eight numbers, meant as eight words
set -- $(od -An -tu1 -j16 -N8 "$INPUT_FILE_PATH")
[ $# -eq 8 ] || refuse "the PNG ends within its head"
width=$(($1 << 24 | $2 << 16 | $3 << 8 | $4))
height=$(($5 << 24 | $6 << 16 | $7 << 8 | $8))
[ "$width" -ge 1 ] && [ "$width" -le 20000 ] && [ "$height" -ge 1 ] && [ "$height" -le 20000 ] &&
  [ $((width * height)) -le 40000000 ] ||
  refuse "the page has $width x $height pixels; up to 40 million are read, A4 at 600 dots per inch"

tesseract "$INPUT_FILE_PATH" "$TMP_OUTPUT_DIR/$name" -l eng -c page_separator='' txt ||
  refuse "tesseract could not read the page"
echo "$name: $width x $height pixels, $(wc -w <"$TMP_OUTPUT_DIR/$name.txt") words"
