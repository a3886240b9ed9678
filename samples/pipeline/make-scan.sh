#!/bin/sh
# Makes the scan of input/ from the texts of expected/: page images at 200 dots per inch, compressed as
# a fax is, one behind the other in a PDF, as a scanner delivers them. There is no text in it.
# Needs ImageMagick 6, libtiff's tools and the font DejaVu Serif (Debian: imagemagick libtiff-tools
# fonts-dejavu-core). The scan is stored here; this is how it was made.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for text in "$here"/expected/press-*.txt; do
  convert -size 1165x1654 xc:white -units PixelsPerInch -density 200 -font DejaVu-Serif -pointsize 11 \
    -interline-spacing 12 -annotate +90+150 "$(cat "$text")" -colorspace Gray -threshold 60% -strip \
    -units PixelsPerInch -density 200 -compress Group4 "$work/$(basename "$text" .txt).tif"
done
tiffcp "$work"/press-*.tif "$work/scan.tif"
tiff2pdf -o "$here/input/press.pdf" -t "How a page was printed" -c "Millrace" -m 0 "$work/scan.tif"
