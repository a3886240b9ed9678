#!/usr/bin/env bash
# The sample's twelve queries through NCBI BLAST in a container, on each engine and under the hardened
# defaults: dropped into `millrace up`, the tables fetched, the strong hits held against the stored ones.
#
#   infra/checks/engines.sh infra/checks/blast.sh     one line a check, exit code 1 at the first that fails
#
# Needs what orders.sh needs, and MILLRACE_ENGINES as engines.sh sets it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"
[ -n "${MILLRACE_ENGINES:-}" ] || fail "MILLRACE_ENGINES is not set: run infra/checks/engines.sh $0"
find_aws
"$here/tools.sh" images

sample=$home/samples/sequence-alignment
count=$(find "$sample/input" -name '*.fasta' | wc -l)
IFS=, read -r -a engines <<<"$MILLRACE_ENGINES"
for each in "${engines[@]}"; do
  label=${each%%=*}
  host=${each#*=}
  socket=${host#unix://}
  "$here/engine.sh" blast "${socket%/*}"
  echo "provider: {runners: {docker: {enabled: true, host: '$host'}}}" >"$work/$label.yaml"
  start "$label" --config "$work/$label.yaml"
  "$home/millrace" deploy "$sample/blast.yaml" --data "$data" >"$work/deploy.out"
  from=$SECONDS
  "$aws" s3 cp --only-show-errors --recursive "$sample/input/" s3://blast/in/
  until_true 180 "all $count jobs succeed on the $label engine" test_succeeded "$count"
  took=$((SECONDS - from))
  mkdir "$work/$label.tables"
  "$aws" s3 cp --only-show-errors --recursive s3://blast/out/ "$work/$label.tables/"
  "$sample/compare-blast.py" "$work/$label.tables" >"$work/compare.out" || fail "$(cat "$work/compare.out")"
  ok "$label engine: $count containers in $took s; $(cat "$work/compare.out")"
  stop
done

rm "$work/$label.tables/BGAL_ECOLI.blast.tsv"
if "$sample/compare-blast.py" "$work/$label.tables" >"$work/compare.out" 2>&1; then
  fail "a missing table was not noticed"
fi
ok "the comparison fails when a table is taken away"
finished
