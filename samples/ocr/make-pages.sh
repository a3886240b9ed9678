#!/bin/sh
# Draws the pages of input/ from the texts of expected/: A5 at 200 dots per inch, black and white.
# Needs ImageMagick 6 and the font DejaVu Serif (Debian: imagemagick fonts-dejavu-core). The pages are
# stored here; this is how they were made.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
for text in "$here"/expected/*.txt; do
  page=$here/input/$(basename "$text" .txt).png
  convert -size 1165x1654 xc:white -units PixelsPerInch -density 200 -font DejaVu-Serif -pointsize 11 \
    -interline-spacing 12 -annotate +90+150 "$(cat "$text")" -colorspace Gray -threshold 60% -depth 1 \
    -define png:exclude-chunks=date,time -strip -density 200 "$page"
done
