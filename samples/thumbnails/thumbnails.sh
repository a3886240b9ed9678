#!/bin/sh
# Makes three sizes of one picture, and a few words about it:
#   NAME.small.jpg, NAME.medium.jpg, NAME.large.jpg, about-NAME.txt
# NAME is the whole name, suffix too: else cat.png and cat.jpg would overwrite each other's results.
set -eu
name=$(basename "$INPUT_FILE_PATH")

refuse() {
  echo "thumbnails: $1" >&2
  exit 1
}

[ -s "$INPUT_FILE_PATH" ] || refuse "the file is empty"
case $name in
  *.png) format=png ;;
  *) format=jpeg ;;
esac

# The format is said, and names are kept from ImageMagick, which would guess the one and see patterns
# in the other. The limits refuse what unpacks to much more than its file's size.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
convert -limit width 12KP -limit height 12KP -limit area 25MP -limit memory 256MiB -limit map 0 \
  -limit disk 0 "$format:-" -auto-orient -background white -alpha remove -alpha off -colorspace sRGB \
  -strip -quality 85 \
  -print '%w x %h pixels, shown upright\n' \
  -resize '960x960>' -write "$work/large.jpg" \
  -resize '480x480>' -write "$work/medium.jpg" \
  -resize '160x160>' "$work/small.jpg" <"$INPUT_FILE_PATH" >"$work/about.txt" ||
  refuse "ImageMagick does not take it as a $format; fewer than 25 million pixels are taken, up to 12,000 a side"

for size in small medium large; do
  [ -f "$work/$size.jpg" ] || refuse "there is more than one picture in it, or none"
  mv "$work/$size.jpg" "$TMP_OUTPUT_DIR/$name.$size.jpg"
done
mv "$work/about.txt" "$TMP_OUTPUT_DIR/about-$name.txt"
echo "$name: $(cat "$TMP_OUTPUT_DIR/about-$name.txt")"
