#!/usr/bin/env bash
# Shows that each key of docs/operations.md, "Keys and their rotation", can be replaced as that page
# says: what was before is refused, what is new works, and jobs go on.
#
#   infra/checks/rotation.sh     one line a check, exit code 1 at the first that fails
#
# Needs what orders.sh needs. Takes about a minute once Millrace is built.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"

conf=$work/millrace.yaml
# shellcheck source=infra/checks/parts.sh
. "$here/parts.sh"
upper_function
data=$work/site
store_port=$(free_port)
api_port=$(free_port)
cat >"$conf" <<EOF
stores:
  minio.default:
    endpoint: http://127.0.0.1:$store_port
    access_key_file: $work/access
    secret_key_file: $work/secret
leases: {manifest_poll: 1s}
providers: {introduce_every: 1s, away_after: 4s}
provider: {runners: {process: {allow: [upper]}}}
EOF
(umask 077 && echo somebody >"$work/access" && echo something >"$work/secret")

store() {
  begin store store --data "$data" --port "$store_port"
  await_ready store
}
coordinator() {
  begin coordinator coordinator --data "$data" --port "$api_port"
  await_ready coordinator
}
again() {
  end "$1" TERM
  "$1"
}
# provider NAME OPTION...
provider() { begin "$1" provider --data "$work/$1" "${@:2}"; }
joined() { "$home/millrace" token "$1" --out "$work/$1.$2" --data "$data" >/dev/null; }
goes() {
  drop "$1"
  until_true 90 "$1 succeeds" state_is "$1" succeeded
  came_out "$1"
}
# asked TOKEN PATH: the status of the answer.
asked() {
  curl -sS -o "$work/answer" -w '%{http_code}' -H "Authorization: Bearer $1" "http://127.0.0.1:$api_port$2"
}
answers() { [ "$(asked "$2" "${3:-/v1/jobs}")" = "$1" ] || fail "not $1 but: $(cat "$work/answer")"; }
# listed ACCESS SECRET: whether the store lists the bucket for this pair.
listed() {
  curl -sS -f -o /dev/null --user "$1:$2" --aws-sigv4 'aws:amz:us-east-1:s3' \
    -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "http://127.0.0.1:$store_port/letters?list-type=2" \
    2>"$work/curl.err"
}
# refused TEXT: the provider that runs says so, and one that starts ends with it.
refused() {
  until_true 60 "the provider is told" grep -q -F "$1" "$work/gpu-1.err"
  end gpu-1 TERM
  provider gpu-1
  until_true 60 "the provider ends" has_ended gpu-1
  grep -q -F "$1" "$work/gpu-1.err" || fail "$(cat "$work/gpu-1.err")"
}

store
coordinator
joined gpu-1 first
provider gpu-1 --join "$work/gpu-1.first"
await_ready gpu-1
"$home/millrace" deploy "$work/function.yaml" --data "$data" >/dev/null
goes one.txt
ok "a store, a coordinator and a provider elsewhere work"

old=$(cat "$data/token")
rm "$data/token"
again coordinator
answers 401 "$old"
answers 200 "$(cat "$data/token")"
goes two.txt
ok "token: the one before is refused, the new one works, and so does the provider"

api_token() { "$home/millrace" token board --role viewer --data "$data" --json; }
api_token >"$work/first.json"
second=$(api_token | of_json "it['secret']")
first=$(of_json "it['secret']" <"$work/first.json")
answers 200 "$first"
"$home/millrace" token revoke "$(of_json "it['token']['id']" <"$work/first.json")" --data "$data" >/dev/null
answers 401 "$first"
answers 200 "$second"
ok "an API token: revoked at once, the other goes on"

. "$data/store.env"
before=$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY
after=rotated:$(python3 -c 'import secrets; print(secrets.token_hex(20))')
cp -p "$data/store/access-keys" "$work/keys.before"
printf '[new]\naws_access_key_id = %s\naws_secret_access_key = %s\n\n' "${after%%:*}" "${after#*:}" |
  cat - "$work/keys.before" >"$data/store/access-keys"
again store
again coordinator
. "$data/store.env"
[ "$AWS_ACCESS_KEY_ID" = rotated ] || fail "store.env has $AWS_ACCESS_KEY_ID"
listed "${before%%:*}" "${before#*:}" || fail "the key of before: $(cat "$work/curl.err")"
listed "${after%%:*}" "${after#*:}" || fail "the new key: $(cat "$work/curl.err")"
goes three.txt
sed -n '1,/^$/p' "$data/store/access-keys" >"$work/keys.after"
cat "$work/keys.after" >"$data/store/access-keys"
again store
again coordinator
if listed "${before%%:*}" "${before#*:}"; then fail "the key of before is good still"; fi
listed "${after%%:*}" "${after#*:}" || fail "the new key: $(cat "$work/curl.err")"
goes four.txt
ok "store/access-keys: both work for a while, then the new one alone"

joined gpu-1 second
refused "refuses this provider's token"
provider gpu-1 --join "$work/gpu-1.second"
await_ready gpu-1
goes five.txt
ok "a provider's token: the one before is worthless at once, with the new one it goes on"

end gpu-1 TERM
rm -r "$work/gpu-1/provider/keys"
joined gpu-1 third
provider gpu-1 --join "$work/gpu-1.third"
await_ready gpu-1
goes six.txt
until_true 60 "six attempts are in the ledger" test_ledger 6
"$home/millrace" ledger verify --data "$data" >"$work/verify.out" || fail "$(cat "$work/verify.out")"
ok "a provider's signing key: a new chain begins, and the ledger verifies"

"$home/millrace" webhook minio.default --data "$data" >"$work/sheet"
hook=$(sed -n 's/^url  *//p' "$work/sheet")
knock() {
  curl -sS -o "$work/answer" -w '%{http_code}' -H "Authorization: Bearer $1" --data-binary '{"Records":[]}' "$hook"
}
old=$(sed -n 's/^token  *//p' "$work/sheet")
secret=$(grep -rlF "$old" "$data/webhooks") || fail "the webhook's secret is not in webhooks/"
[ "$(knock "$old")" = 200 ] || fail "the webhook answers $(cat "$work/answer")"
python3 -c 'import secrets; print(secrets.token_hex(24))' >"$secret"
again coordinator
[ "$(knock "$old")" = 401 ] || fail "the secret of before is good still"
[ "$(knock "$(cat "$secret")")" = 200 ] || fail "the webhook answers $(cat "$work/answer")"
ok "a webhook's secret: the one before is refused, the new one works"

rm "$data/keys/coordinator.ed25519"
again coordinator
refused "and this provider joined one with key"
joined gpu-1 fourth
provider gpu-1 --join "$work/gpu-1.fourth"
await_ready gpu-1
goes seven.txt
until_true 60 "seven attempts are in the ledger" test_ledger 7
"$home/millrace" ledger verify --data "$data" >"$work/verify.out" || fail "$(cat "$work/verify.out")"
ok "the coordinator's key: the provider refuses it until it joins again; the ledger verifies"
finished
