#!/usr/bin/env bash
# The benchmarks run, quickly: each suite gives figures, the run keeps them, is compared with itself,
# and leaves nothing. What the figures are is judged by whoever reads them: docs/performance.md.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"
unset MILLRACE_LOG

mkdir "$work/bench"
"$home/millrace" bench all --quick --folder "$work/bench" --json "$work/run.json" \
  >"$work/table" 2>"$work/err" || [ $? -eq 1 ] || fail "bench ended with $?: $(tail -n 3 "$work/err")"
[ -s "$work/run.json" ] || fail "no figures: $(tail -n 3 "$work/err")"
cat "$work/table"
for id in pipeline.claim.p50 pipeline.resident pipeline.process pipeline.ready pipeline.ready.aot \
  pipeline.waiting pipeline.waiting.heap pipeline.process.syncs pipeline.process.spawns intake.16 \
  match.1000.functions match.10000.starved store.put.small store.get.large ledger.append \
  ledger.verify ledger.proof.p99; do
  of_json "[f['median'] for f in it['figures'] if f['id'] == '$id' and f['median'] > 0][0]" \
    <"$work/run.json" >/dev/null || fail "no figure $id"
done
ok "every suite gives its figures"
[ -z "$(ls -A "$work/bench")" ] || fail "left behind: $(ls "$work/bench")"
ok "nothing is left"
"$home/millrace" bench ledger --quick --folder "$work/bench" --compare "$work/run.json" \
  >"$work/compared" 2>"$work/err" || [ $? -eq 1 ] || fail "$(tail -n 3 "$work/err")"
grep -q '^Compared with' "$work/compared" || fail "no comparison"
ok "a run is compared with one that was kept"
finished
