#!/usr/bin/env bash
# The samples in containers, on each engine and under the hardened defaults: ocr, thumbnails, pipeline.
# Files that are no pictures go first and end as dead, each with its reason; then the samples' own
# inputs, whose results are held against the stored ones.
#
#   infra/checks/engines.sh infra/checks/samples.sh     one line a check, exit code 1 at the first that fails
#
# Needs what orders.sh needs, a JDK on the path, and MILLRACE_ENGINES as engines.sh sets it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"
[ -n "${MILLRACE_ENGINES:-}" ] || fail "MILLRACE_ENGINES is not set: run infra/checks/engines.sh $0"
find_aws
"$here/tools.sh" images
samples=$home/samples
names=(ocr thumbnails pipeline)
mkdir "$work/bad"
"$here/bad-pictures.py" "$work/bad"

images() {
  local each builds=() folder=$1
  "$here/engine.sh" debian "$folder"
  for each in "${names[@]}"; do
    "$here/engine.sh" sample "$folder" "$each" &
    builds+=($!)
  done
  for each in "${builds[@]}"; do wait "$each" || fail "an image was not built"; done
}

put() { "$aws" s3 cp --only-show-errors --recursive --exclude '*' "$@"; }
fetch() { "$aws" s3 cp --only-show-errors --recursive "s3://$1/" "$2/"; }
at_rest() { [ "$(jobs "len([1 for j in jobs if j['state'] in ('succeeded', 'dead')])")" = "$1" ]; }

# dead BUCKET/KEY WORDS: the one job of this object is dead, and its reason or the end of its log says so.
dead() {
  local id told
  id=$(jobs "' '.join(j['id'] for j in jobs if j['state'] == 'dead'
    and j['input']['bucket'] + '/' + j['input']['key'] == '$1')")
  [[ $id =~ ^[0-9a-z]{26}$ ]] || fail "$1 has not one dead job: '$id'"
  told=$(job "$id" "it['job']['reason']")$'\n'$(api "/v1/jobs/$id/attempts/1/log" | tail -n 1)
  grep -q -- "$2" <<<"$told" || fail "$1 is dead without a word of '$2': $told"
}

reasons() {
  dead pages/in/text.png 'this is no PNG'
  dead pages/in/empty.png 'the file is empty'
  dead pages/in/cut.png 'ends within its head'
  dead pages/in/bomb.png 'has 30000 x 30000 pixels'
  local each
  for each in text.png cut.png bomb.png; do
    dead "photos/in/$each" 'does not take it as a png; fewer than 25 million pixels'
  done
  dead photos/in/text.jpg 'does not take it as a jpeg'
  dead photos/in/empty.png 'the file is empty'
  dead photos/in/empty.jpg 'the file is empty'
  dead scans/text.pdf 'this is no PDF'
  dead scans/empty.pdf 'the file is empty'
  dead scan-pages/text.png 'this is no PNG'
  dead scan-pages/empty.png 'this is no PNG'
  dead scan-pages/cut.png 'exit code 1'
  dead scan-pages/bomb.png 'more memory than its limit'
  checked=16
}

# The story of one scan: what came of it, whose work a page is, what came of that.
story() {
  "$home/millrace" explain s3://scans/press.pdf --data "$data" >"$work/scan.txt"
  "$home/millrace" explain s3://scan-pages/press-2.png --data "$data" >"$work/page.txt"
  local splitting
  splitting=$(jobs "[j['id'] for j in jobs if j['input']['key'] == 'press.pdf'][0]")
  grep -q 'ublished s3://scan-pages/press-2.png' "$work/scan.txt" || fail "$(cat "$work/scan.txt")"
  grep -q "output of job $splitting" "$work/page.txt" || fail "$(cat "$work/page.txt")"
  grep -q 'ublished s3://scan-texts/press-2.txt' "$work/page.txt" || fail "$(cat "$work/page.txt")"
}

IFS=, read -r -a engines <<<"$MILLRACE_ENGINES"
for each in "${engines[@]}"; do
  label=${each%%=*}
  host=${each#*=}
  socket=${host#unix://}
  images "${socket%/*}"
  ok "$label engine: the images are there, by the samples' own Dockerfiles"
  from=$SECONDS
  echo "provider: {runners: {docker: {enabled: true, host: '$host'}}}" >"$work/$label.yaml"
  start "$label" --config "$work/$label.yaml"
  for name in "${names[@]}"; do
    "$home/millrace" deploy "$samples/$name/function.yaml" --data "$data" >"$work/deploy.out"
  done
  put --include '*.png' "$work/bad/" s3://pages/in/
  put --include '*.png' --include '*.jpg' "$work/bad/" s3://photos/in/
  put --include '*.png' "$work/bad/" s3://scan-pages/
  put --include '*.pdf' "$work/bad/" s3://scans/
  put --include '*' "$samples/ocr/input/" s3://pages/in/
  put --include '*' "$samples/thumbnails/input/" s3://photos/in/
  put --include '*' "$samples/pipeline/input/" s3://scans/
  # 16 that are dead; 3 pages, 4 photos, and two scans with 4 pages between them.
  until_true 240 "29 jobs end on the $label engine" at_rest 29
  reasons
  ok "$label engine: $checked files that are no pictures are dead and say why"
  test_succeeded 13 || fail "13 were to succeed: $(jobs "[(j['state'], j['input']) for j in jobs]")"

  fetch pages/text "$work/$label.texts"
  "$samples/ocr/check.sh" "$work/$label.texts" >"$work/check.out" 2>&1 || fail "$(cat "$work/check.out")"
  ok "$label engine: ocr: $(cat "$work/check.out")"
  fetch photos "$work/$label.photos"
  "$samples/thumbnails/check.sh" "$work/$label.photos" >"$work/check.out" 2>&1 ||
    fail "$(cat "$work/check.out")"
  fetch gallery "$work/$label.gallery"
  mkdir "$work/$label.both"
  cp "$work/$label.photos"/small/* "$work/$label.photos"/large/* "$work/$label.both/"
  diff -r "$work/$label.both" "$work/$label.gallery" || fail "the gallery is not what the rules say"
  ok "$label engine: thumbnails: $(cat "$work/check.out"); the gallery has two sizes of each"
  fetch scan-texts "$work/$label.scans"
  rm "$work/$label.scans/wide-1.txt"
  "$samples/pipeline/check.sh" "$work/$label.scans" >"$work/check.out" 2>&1 ||
    fail "$(cat "$work/check.out")"
  story
  ok "$label engine: pipeline: $(cat "$work/check.out"); explain tells of both functions"
  "$home/millrace" ledger verify --data "$data" >"$work/verify.out" || fail "$(cat "$work/verify.out")"
  test_ledger 29 || fail "the ledger has not 29 entries"
  ok "$label engine: 29 jobs, 29 ledger entries, after $((SECONDS - from)) s"
  last=$label
  if [ "$each" = "${engines[-1]}" ]; then
    sed 's/path: scan-texts/path: scans/' "$samples/pipeline/function.yaml" >"$work/circle.yaml"
    cp "$samples"/pipeline/*.sh "$work/"
    if "$home/millrace" deploy "$work/circle.yaml" --data "$data" >"$work/circle.out" 2>&1; then
      fail "a chain that closes was deployed"
    fi
    grep -qi 'loop\|circle' "$work/circle.out" || fail "$(cat "$work/circle.out")"
    ok "a chain whose end is its beginning is refused"
  fi
  stop
done

# The comparisons themselves can fail.
refuses() {
  local what=$1 check=$2
  shift 2
  if "$check" "$@" >"$work/check.out" 2>&1; then fail "$what was not noticed"; fi
}
sed -i '0,/four/s//five/' "$work/$last.texts/lighthouse.txt"
refuses "another word" "$samples/ocr/check.sh" "$work/$last.texts"
rm "$work/$last.scans/press-2.txt"
refuses "a missing page" "$samples/pipeline/check.sh" "$work/$last.scans"
cp "$work/$last.photos/small/stamp.png.small.jpg" "$work/stamp.jpg"
cp "$work/$last.photos/medium/badge.png.medium.jpg" "$work/$last.photos/small/badge.png.small.jpg"
refuses "another size" "$samples/thumbnails/check.sh" "$work/$last.photos"
ok "the comparisons fail at another word, a missing page, another size"
finished
