#!/bin/sh
# Makes one image of each page of a PDF: $TMP_OUTPUT_DIR/NAME-1.png, NAME-2.png...
set -eu
name=$(basename "$INPUT_FILE_PATH" .pdf)

refuse() {
  echo "split-pages: $1" >&2
  exit 1
}

[ -s "$INPUT_FILE_PATH" ] || refuse "the file is empty"
facts=$(pdfinfo "$INPUT_FILE_PATH") || refuse "this is no PDF that can be read, whatever its name says"
count=$(echo "$facts" | sed -n 's/^Pages: *//p')
[ "${count:-0}" -ge 1 ] || refuse "the PDF has no pages"
[ "$count" -le 200 ] || refuse "the PDF has $count pages; up to 200 are taken"

# The longer side has 2,339 pixels, A4 at 200 dots per inch, however large the PDF says that its pages
# are: what a page needs of memory is bounded by that.
pdftoppm -png -gray -scale-to 2339 "$INPUT_FILE_PATH" "$TMP_OUTPUT_DIR/$name" ||
  refuse "a page could not be drawn"
[ "$(find "$TMP_OUTPUT_DIR" -name '*.png' | wc -l)" -eq "$count" ] ||
  refuse "not each of the $count pages could be drawn"
echo "$name: $count pages"
