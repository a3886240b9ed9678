#!/bin/sh
# Draws the pictures of input/. Needs ImageMagick 6 (Debian: imagemagick) and python3. The pictures are
# stored here; this is how they were made.
set -eu
input=$(cd "$(dirname "$0")" && pwd)/input

# An evening at sea, wider than high.
convert -size 1500x1000 gradient:'#1b2a52'-'#f2a65a' \
  -fill '#ffe9b8' -draw 'circle 980,610 1060,640' \
  -fill '#16324a' -draw 'rectangle 0,720 1500,1000' \
  -fill '#e0b07a' -draw 'polygon 900,740 1060,740 1100,1000 860,1000' \
  -fill '#3a2417' -draw 'polygon 280,760 620,760 570,830 330,830' \
  -fill '#f4f1e8' -draw 'polygon 450,360 450,745 620,745' -draw 'polygon 440,430 440,745 300,745' \
  -quality 80 "$input/harbour.jpg"

# A tower, as a camera held sideways stores it: lying down, with the note that it is to be turned.
convert -size 900x1400 gradient:'#9fd0ef'-'#e8f4e1' \
  -fill '#5f7f4a' -draw 'rectangle 0,1150 900,1400' \
  -fill '#b5533c' -draw 'rectangle 360,380 560,1180' -draw 'polygon 330,380 590,380 460,180' \
  -fill '#2b2b2b' -draw 'rectangle 430,1060 490,1180' -draw 'circle 460,500 460,540' \
  -rotate -90 -quality 80 "$input/tower.jpg"
python3 - "$input/tower.jpg" <<'END'
import struct, sys
picture = open(sys.argv[1], "rb").read()
tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 6, 0, 0)
exif = b"Exif\0\0" + tiff
open(sys.argv[1], "wb").write(
    picture[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + picture[2:])
END

# A badge on nothing: what is transparent becomes white.
convert -size 600x600 xc:none -fill '#0d7d6c' -draw 'circle 300,300 300,40' \
  -fill white -draw 'polygon 180,420 300,150 420,420' -fill '#0d7d6c' -draw 'circle 300,330 300,370' \
  -strip "$input/badge.png"

# Smaller than the smallest size: it is not blown up.
convert -size 96x64 gradient:'#d94f70'-'#40356f' -strip "$input/stamp.png"
