#!/usr/bin/env bash
# Runs the demo as a newcomer does and holds its tables against the stored ones, byte for byte; then
# drops the same files into a coordinator that stays, by the aws cli, and compares again.
#
#   infra/checks/demo.sh          one line a check, exit code 1 at the first that fails
#
# Needs what orders.sh needs. Takes two to three minutes once Millrace is built.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"

sample=$home/samples/sequence-alignment
demo=$work/demo

# What still runs on a folder, by the command line of each process.
left_in() { pgrep -f -- "$1" | grep -v -x -e "$$" -e "$BASHPID" || true; }
nothing_left() { [ -z "$(left_in "$demo")" ] || fail "left running: $(pgrep -a -f -- "$demo")"; }
run_demo() {
  local from=$SECONDS
  "$home/millrace" demo --data "$demo" "$@" >"$work/demo.out" 2>"$work/demo.err" ||
    fail "the demo exited with $?: $(tail -n 5 "$work/demo.out" "$work/demo.err")"
  took=$((SECONDS - from))
}

find_aws

run_demo
nothing_left
count=$(find "$sample/input" -name '*.fasta' | wc -l)
grep -q "The ledger is sound: $count entries" "$work/demo.out" || fail "no word of $count entries"
"$sample/check.sh" "$demo/results" >"$work/check.out" || fail "the demo's tables differ"
ok "the demo exits 0 after $took s, its ledger verifies, all $count tables are as stored"

cp -r "$demo/results" "$work/fewer"
rm "$work/fewer/LACY_ECOLI.hits.tsv"
if "$sample/check.sh" "$work/fewer" >"$work/check.out" 2>&1; then
  fail "a missing table was not noticed"
fi
grep -q 'missing: LACY_ECOLI.hits.tsv' "$work/check.out" || fail "$(cat "$work/check.out")"
cp -r "$demo/results" "$work/changed"
sed -i '2s/$/0/' "$work/changed/LACY_ECOLI.hits.tsv"
if "$sample/check.sh" "$work/changed" >"$work/check.out" 2>&1; then
  fail "a changed table was not noticed"
fi
ok "the comparison fails when one query is taken away, and when one digit is added"

run_demo --limit 1
nothing_left
[ "$(find "$demo/results" -type f | wc -l)" = 1 ] || fail "tables of the first demo were left"
ok "it can be run again: one query, one table, after $took s"

# The same files by a stock client into a coordinator that stays.
start stay --config "$sample/millrace.yaml"
"$home/millrace" deploy "$sample/function.yaml" --data "$data" >"$work/deploy.out"
from=$SECONDS
for name in LACY_ECOLI HBA_HUMAN FLAV_ECOLI; do
  "$aws" s3 cp --only-show-errors "$sample/input/$name.fasta" s3://sequences/in/
done
until_true 180 "three jobs succeed" test_succeeded 3
mkdir "$work/out"
"$aws" s3 cp --only-show-errors --recursive s3://sequences/out/ "$work/out/"
for name in LACY_ECOLI HBA_HUMAN FLAV_ECOLI; do
  cmp "$work/out/$name.hits.tsv" "$sample/expected/$name.hits.tsv" || fail "$name differs"
done
[ "$(find "$work/out" -type f | wc -l)" = 3 ] || fail "there are other outputs: $(ls "$work/out")"
ok "three of its files put by aws s3 cp into ./millrace up: tables byte for byte as stored," \
  "$((SECONDS - from)) s"
stop
finished
