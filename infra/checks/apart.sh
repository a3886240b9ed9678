#!/usr/bin/env bash
# Shows that store, coordinator and provider work as processes of their own: by HTTP, on one data
# folder and on three, through restarts and kills of each; by the bucket alone, with events and
# without; and refused where they should be.
#
#   infra/checks/apart.sh        one line a check, exit code 1 at the first that fails
#
# Needs a JDK 25, Python 3 and curl. Takes two to three minutes once Millrace is built.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"

ran=$work/ran
: >"$ran"
cat >"$work/millrace.yaml" <<EOF
leases: {duration: 90s, manifest_poll: 1s}
providers: {introduce_every: 1s, away_after: 4s}
provider: {runners: {process: {allow: [upper]}}}
EOF

sed 's/^provider:/orders: {events: false, announce: false, poll: 1s}\n&/' "$work/millrace.yaml" \
  >"$work/quiet.yaml"
conf=$work/millrace.yaml

# shellcheck source=infra/checks/parts.sh
. "$here/parts.sh"
# shellcheck disable=SC2016
upper_function "echo \"\$STORAGE_OBJECT_KEY\" >> '$ran'" \
  'case $STORAGE_OBJECT_KEY in *slow*) sleep 6 ;; esac'
store_port=$(free_port)
api_port=$(free_port)
data=$work/site
store() { begin store store --data "$data" --port "$store_port"; }
coordinator() { begin coordinator coordinator --data "$data" --port "$api_port"; }

# 1. Three processes on one data folder, started at once and in the wrong order.
begin here provider --data "$data"
coordinator
store
for each in store coordinator here; do await_ready "$each"; done
"$home/millrace" deploy "$work/function.yaml" --data "$data" >/dev/null
drop one.txt
until_true 60 "one.txt succeeds" state_is one.txt succeeded
came_out one.txt
ok "store, coordinator and provider on one data folder, in any order: a file becomes its result"
end here TERM
until_true 30 "its devices are away" absent local
ok "a provider that has gone has its devices taken out of planning"

# 2. A provider on a folder of its own, which knows nothing but its join file.
"$home/millrace" token gpu-1 --out "$work/gpu-1.join" --data "$data" >/dev/null
[ "$(stat -c %a "$work/gpu-1.join")" = 600 ] || fail "the join file is open to others"
provider() { begin gpu-1 provider --data "$work/gpu-1" "$@"; }
provider --join "$work/gpu-1.join"
await_ready gpu-1
rm "$work/gpu-1.join"
drop two.txt
until_true 60 "two.txt succeeds" state_is two.txt succeeded
came_out two.txt
! grep -rqs "$(sed -n 's/.*SECRET_ACCESS_KEY=//p' "$data/store.env")" "$work/gpu-1" ||
  fail "the provider holds the store's key"
ok "a provider elsewhere, by its join file alone and without a key of any bucket"

# 3. Each of the three is killed in the middle of a run; the function goes on.
for each in coordinator gpu-1 store; do
  drop "slow-$each.txt"
  until_true 60 "slow-$each.txt runs" state_is "slow-$each.txt" running
  end "$each" KILL
  case $each in
    gpu-1) provider ;;
    *) "$each" ;;
  esac
  await_ready "$each"
  until_true 90 "slow-$each.txt succeeds" state_is "slow-$each.txt" succeeded
  came_out "slow-$each.txt"
  [ "$(attempts_of "slow-$each.txt")" = 1 ] || fail "slow-$each.txt was tried again"
  [ "$(grep -c -F "in/slow-$each.txt" "$ran")" = 1 ] || fail "slow-$each.txt ran twice"
  ok "kill -9 of the $each in the middle of a run: it goes on, and succeeds at its first attempt"
done

# 4. What is uploaded while the coordinator is away is a job when it is back.
end coordinator TERM
. "$data/store.env"
printf 'what is in away.txt\n' >"$work/away.txt"
url=$(ENDPOINT=$AWS_ENDPOINT_URL_S3 BUCKET=letters python3 "$here/presign-put.py" in/away.txt)
curl -sS -f -T "$work/away.txt" "$url"
coordinator
await_ready coordinator
until_true 60 "away.txt succeeds" state_is away.txt succeeded
came_out away.txt
ok "an upload while the coordinator was away is in the store's outbox, and becomes a job"

# 5. A provider that reaches nothing but the store: it is told of no coordinator.
end gpu-1 TERM
until_true 30 "its devices are away" absent gpu-1
"$home/millrace" token far-1 --buckets --out "$work/far-1.join" --data "$data" >/dev/null
! grep -q ":$api_port" "$work/far-1.join" || fail "the join file names the coordinator"
far() { begin far-1 provider --data "$work/far-1" "$@"; }
far --join "$work/far-1.join"
await_ready far-1
drop far.txt
until_true 90 "far.txt succeeds" state_is far.txt succeeded
came_out far.txt
ok "a provider by the bucket alone: claims, runs and settles through it"
for each in coordinator far-1; do
  drop "slow-bucket-$each.txt"
  until_true 90 "slow-bucket-$each.txt runs" state_is "slow-bucket-$each.txt" running
  end "$each" KILL
  case $each in
    far-1) far ;;
    *) coordinator ;;
  esac
  await_ready "$each"
  until_true 90 "slow-bucket-$each.txt succeeds" state_is "slow-bucket-$each.txt" succeeded
  came_out "slow-bucket-$each.txt"
  [ "$(attempts_of "slow-bucket-$each.txt")" = 1 ] || fail "slow-bucket-$each.txt was tried again"
  ok "kill -9 of the $each with only the bucket between: it goes on, and succeeds at once"
done
end coordinator TERM
conf=$work/quiet.yaml
coordinator
await_ready coordinator
end far-1 TERM
far
await_ready far-1
drop slow-quiet.txt
until_true 90 "slow-quiet.txt succeeds" state_is slow-quiet.txt succeeded
came_out slow-quiet.txt
ok "and by polling alone when every event is cut too"
end far-1 TERM
end coordinator TERM
conf=$work/millrace.yaml
coordinator
await_ready coordinator
provider
await_ready gpu-1

# 6. Who may not, and what is not so.
begin thief provider --data "$work/thief" --join "$work/gpu-1/provider/join.json"
until_true 60 "the thief ends" has_ended thief
grep -q "another signing key" "$work/thief.err" || fail "$(cat "$work/thief.err")"
ok "a copied join file on another host is refused: $(cut -c1-90 "$work/thief.err" | tail -n 1)"
sed 's/"token" : "[^"]*"/"token" : "wrong"/' "$work/gpu-1/provider/join.json" >"$work/wrong.join"
begin wrong provider --data "$work/wrong" --join "$work/wrong.join"
until_true 60 "the wrong token ends" has_ended wrong
grep -q "refuses this provider's token" "$work/wrong.err" || fail "$(cat "$work/wrong.err")"
ok "a wrong token is refused"
end coordinator TERM
mv "$data/keys/coordinator.ed25519" "$work/old-key"
coordinator
await_ready coordinator
end gpu-1 TERM
provider
until_true 60 "the provider of the old key ends" has_ended gpu-1
grep -q "and this provider joined one with key" "$work/gpu-1.err" || fail "$(cat "$work/gpu-1.err")"
ok "a coordinator with another key is refused in one sentence"
end coordinator TERM
mv "$work/old-key" "$data/keys/coordinator.ed25519"

# 7. The same folder as one process, and back.
end store TERM
begin up up --data "$data" --store-port "$store_port" --port "$api_port"
await_ready up
drop six.txt
until_true 60 "six.txt succeeds" state_is six.txt succeeded
came_out six.txt
for each in store coordinator provider; do
  begin "second-$each" "$each" --data "$data"
  until_true 60 "a second $each ends" has_ended "second-$each"
done
ok "millrace up goes on with the folder; no part of it starts beside"
end up TERM
store
coordinator
begin here provider --data "$data"
for each in store coordinator here; do await_ready "$each"; done
drop seven.txt
until_true 60 "seven.txt succeeds" state_is seven.txt succeeded
came_out seven.txt
"$home/millrace" ledger verify --data "$data" >"$work/verify.out" || fail "$(cat "$work/verify.out")"
ok "and three processes go on with what up left; the ledger verifies"
finished
