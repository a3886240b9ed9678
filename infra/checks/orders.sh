#!/usr/bin/env bash
# Shows that the signed order is the trigger and nothing else: with the coordinator's own staging
# blocked, an order runs from wherever a stock S3 client puts it, and runs once; put again, changed
# in any part, expired, of another coordinator or for another pool, it is refused.
#
#   infra/checks/orders.sh        one line a check, exit code 1 at the first that fails
#
# Needs a JDK 25, Python 3 with venv, curl, and the package index for awscli (or AWS, the path of
# an aws cli of version 1.36 or 2.22 at least). Takes one to two minutes once Millrace is built.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"

ran=$work/ran
: >"$ran"
cat >"$work/function.yaml" <<EOF
functions:
  millrace:
    - name: once
      runner: process
      memory: 64Mi
      timeout: 60s
      script: |
        echo "\$STORAGE_OBJECT_KEY" >> "$ran"
        tr a-z A-Z < "\$INPUT_FILE_PATH" > "\$TMP_OUTPUT_DIR/\$(basename "\$INPUT_FILE_PATH").up"
      input:
        - {storage_provider: millrace.default, path: letters/in}
      output:
        - {storage_provider: millrace.default, path: letters/out}
EOF

# config POOL CLAIM_WITHIN: a coordinator that never stages an order itself.
config() {
  cat <<EOF
orders: {stage: false}
leases: {claim_within: $2}
provider:
  pool: $1
  runners: {process: {allow: [once]}}
EOF
}

runs_of() { grep -c -x -F "in/$1" "$ran" || true; }
# placed NAME WORD: the job of that input, once its first order is there, in the variable WORD.
placed() {
  until_true 60 "the job of $1 is placed" test_job "$1" 'j["attempts"] >= 1'
  printf -v "$2" '%s' "$(job_of "$1")"
}
test_job() { [ "$(jobs "[1 for j in jobs if j['input']['key'] == 'in/$1' and $2]")" != "[]" ]; }
job_of() { jobs "[j['id'] for j in jobs if j['input']['key'] == 'in/$1'][0]"; }
refused() { grep -q -F "refused: $2" <(grep -F "order millrace-orders/$1 " "$err"); }
given_up() { [ "$(grep -c -F "given up: $1" "$err")" -ge "$2" ]; }
put_order() { "$aws" s3 cp --only-show-errors "$1" "s3://millrace-orders/$2"; }
upload() {
  printf 'what is in %s\n' "$1" >"$work/$1"
  "$aws" s3 cp --only-show-errors "$work/$1" "s3://letters/in/$1"
}
# deployed: the function, on the coordinator that was started last.
deployed() { "$home/millrace" deploy "$work/function.yaml" --data "$data" >"$work/deploy.out"; }
order_of() { "$home/millrace" job "$1" --order "$2" --data "$data"; }

find_aws

# 1. An order runs from wherever it was put, once.
config local 10m >"$work/first.yaml"
start first --config "$work/first.yaml"
deployed
upload one.txt
placed one.txt one
order_of "$one" 1 >"$work/one.order"
[ "$("$aws" s3 ls --recursive s3://millrace-orders/ | grep -c -v ' \.millrace/')" = 0 ] ||
  fail "the intermediate bucket is not empty although staging is blocked"
[ "$(runs_of one.txt)" = 0 ] || fail "one.txt ran before its order was put"
ok "with staging blocked the job is placed, nothing is staged, nothing runs"

put_order "$work/one.order" "some where/else.json"
until_true 60 "the job succeeds" test_job one.txt 'j["state"] == "succeeded"'
"$aws" s3 cp --only-show-errors s3://letters/out/one.txt.up - | cmp - <(echo 'WHAT IS IN ONE.TXT') ||
  fail "the output differs"
ok "its order, put under another key by aws s3 cp, runs: the output is there"

put_order "$work/one.order" second/one
put_order "$work/one.order" orders/local/again
# Events come in the order of their writes: when this one was looked at, so were those before it.
put_order "$work/function.yaml" marker
until_true 30 "what was put last is looked at" refused marker ""
until_true 30 "both are looked at and given up" given_up "another run has the attempt" 2
[ "$(runs_of one.txt)" = 1 ] || fail "one.txt ran $(runs_of one.txt) times"
[ "$(job "$one" 'len(job["attempts"])')" = 1 ] || fail "there is more than one attempt"
until_true 30 "the ledger has its entry" test_ledger 1
[ "$("$aws" s3 ls --recursive s3://letters/out/ | wc -l)" = 1 ] || fail "more than one output"
ok "put twice more under other keys: one run, one attempt, one output, one ledger entry"

# 2. What was changed in any part is refused, and spoils nothing.
upload two.txt
placed two.txt two
order_of "$two" 1 >"$work/two.order"
python3 "$here/spoil.py" "$work/two.order" "$work/one.order" "$work/spoiled"
count=$(find "$work/spoiled" -type f | wc -l)
"$aws" s3 cp --only-show-errors --recursive "$work/spoiled" s3://millrace-orders/spoiled/
for each in "$work/spoiled"/*; do
  until_true 30 "${each##*/} is refused" refused "spoiled/${each##*/}" ""
done
[ "$(job "$two" 'job["job"]["state"]')" = placed ] || fail "a spoiled order moved the job"
[ "$(runs_of two.txt)" = 0 ] || fail "a spoiled order ran"
ok "$count spoiled copies of another job's order are refused: type, key id, signature, body," \
  "cut, with a tail, empty, another job's signature"

# 3. Another coordinator's orders, and another pool's.
first_env=$work/first.env
cp "$data/store.env" "$first_env"
first_data=$data
first_err=$err
config local 10m >"$work/stranger.yaml"
start stranger --config "$work/stranger.yaml"
deployed
upload three.txt
placed three.txt three
order_of "$three" 1 >"$work/stranger.order"
stop

# The same keys, so that nothing but the pool is wrong.
mkdir -m 700 "$work/elsewhere"
cp -r "$first_data/keys" "$work/elsewhere/keys"
config elsewhere 10m >"$work/elsewhere.yaml"
start elsewhere --config "$work/elsewhere.yaml"
deployed
upload four.txt
placed four.txt four
order_of "$four" 1 >"$work/elsewhere.order"
stop

data=$first_data
err=$first_err
. "$first_env"
put_order "$work/stranger.order" strangers/order
until_true 30 "a stranger's order is refused" refused strangers/order \
  "not validly signed by a coordinator that is trusted here"
ok "an order of another coordinator is refused: its key is not trusted here"
put_order "$work/elsewhere.order" elsewhere/order
until_true 30 "another pool's order is refused" refused elsewhere/order \
  "for pool elsewhere, this is pool local"
ok "a validly signed order for another pool is refused"
[ "$(runs_of three.txt)$(runs_of four.txt)" = 00 ] || fail "an order of elsewhere ran"

# 4. After all that, the right order still runs.
put_order "$work/two.order" right/two
until_true 60 "the second job succeeds" test_job two.txt 'j["state"] == "succeeded"'
[ "$(runs_of two.txt)" = 1 ] || fail "two.txt ran $(runs_of two.txt) times"
until_true 30 "the ledger has two entries" test_ledger 2
ok "the second job's own order still runs, once"
stop

# 5. Too late is too late; and a restart, which sees every order in the bucket anew, repeats none.
config local 2s >"$work/short.yaml"
start first --config "$work/short.yaml"
upload five.txt
until_true 60 "its first order expires" test_job five.txt 'j["attempts"] >= 2'
order_of "$(job_of five.txt)" 1 >"$work/five.order"
put_order "$work/five.order" late/five
until_true 30 "the expired order is refused" refused late/five "expired at"
[ "$(runs_of five.txt)" = 0 ] || fail "an expired order ran"
ok "an expired order is refused"
until_true 30 "the old orders are looked at again" refused elsewhere/order "for pool elsewhere"
[ "$(wc -l <"$ran")" = 2 ] || fail "there were $(wc -l <"$ran") runs: $(tr '\n' ' ' <"$ran")"
ok "after a restart over the same bucket nothing runs again: 2 runs in all"
"$home/millrace" ledger verify --data "$data" >"$work/verify.out" || fail "$(cat "$work/verify.out")"
ok "the ledger verifies"
stop
finished
