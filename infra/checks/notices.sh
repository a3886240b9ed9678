# shellcheck shell=bash
# What the checks with real stores share: one path from a file in a bucket of that store to its
# result in another, triggered by the store's own notice and by nothing else.
# To be sourced after lib.sh, with `store` (minio.default) and `server` (the store's folder) set, and
# these functions: set_up SHEET, runs the commands that 'millrace webhook' printed; record PORT, makes
# the store send the same notices to that port; tell_of BUCKET, those of a bucket to Millrace.

# at_store ARGUMENT...: the aws cli as the store's owner.
at_store() {
  (
    unset AWS_ENDPOINT_URL_S3
    export AWS_ACCESS_KEY_ID=$access_key AWS_SECRET_ACCESS_KEY=$secret_key
    export AWS_DEFAULT_REGION=${region:-us-east-1} AWS_CONFIG_FILE=$work/aws.config
    "$aws" --endpoint-url "$endpoint" "$@"
  )
}

# configured NAME INTERVAL: writes $work/NAME.yaml.
configured() {
  (
    umask 077
    printf '%s\n' "$access_key" >"$work/access"
    printf '%s\n' "$secret_key" >"$work/secret"
  )
  cat >"$work/$1.yaml" <<EOF
stores:
  $store:
    endpoint: $endpoint
    region: ${region:-us-east-1}
    access_key_file: $work/access
    secret_key_file: $work/secret
${events:-}
listing: {interval: $2}
provider: {runners: {process: {allow: [louder]}}}
EOF
}

cat_function() {
  cat <<EOF
functions:
  millrace:
    - name: louder
      runner: process
      memory: 64Mi
      timeout: 60s
      script: |
        tr a-z A-Z < "\$INPUT_FILE_PATH" > "\$TMP_OUTPUT_DIR/\$(basename "\$INPUT_FILE_PATH").up"
      input:
        - {storage_provider: $store, path: letters/in}
      output:
        - {storage_provider: $store, path: results/out}
EOF
}

deploy() {
  cat_function >"$work/function.yaml"
  "$home/millrace" deploy "$work/function.yaml" --data "$data" >"$work/deploy.out" 2>&1 ||
    fail "$(cat "$work/deploy.out")"
}

# drop KEY: a file whose text tells its key.
drop() {
  printf 'what lies at %s\n' "$1" >"$work/dropped"
  at_store s3api put-object --bucket "${2:-letters}" --key "$1" --body "$work/dropped" >/dev/null
}

# result_is KEY: the result of that input, byte for byte.
result_is() {
  local name=${1##*/}
  at_store s3api get-object --bucket results --key "out/$name.up" "$work/result" >/dev/null 2>&1 ||
    fail "there is no result of $1"
  printf 'what lies at %s\n' "$1" | tr a-z A-Z | cmp - "$work/result" || fail "the result of $1 differs"
}

# sightings KEY: who told of an object and what came of it, one sentence a line.
sightings() {
  local asked
  asked=$(python3 -c 'import sys, urllib.parse; print(urllib.parse.urlencode(
    {"object": "s3://letters/" + sys.argv[1], "store": sys.argv[2]}))' "$1" "$store")
  api "/v1/explain?$asked" |
    of_json '"\n".join(s for s in it["sentences"] if s.startswith("Seen by "))'
}
told_by() { sightings "$1" | grep -q -F "Seen by $2 at "; }
counted() { api /v1/webhooks | of_json "it[0]['$1']"; }
test_counted() { [ "$(counted "$1")" -ge "$2" ]; }
test_recorded() { [ "$(find "$work/recorded" -name '*.json' | wc -l)" -ge "$1" ]; }
webhook_url() { sed -n 's/^url  *//p' "$work/sheet"; }
webhook_token() { sed -n 's/^token  *//p' "$work/sheet"; }
# post CREDENTIALS... : sends the file $work/notice; prints the status, the answer is in $work/answer.
post() { curl -sS -o "$work/answer" -w '%{http_code}' --data-binary "@$work/notice" "$@" "$(webhook_url)"; }

# whole_path KEY...: everything.
whole_path() {
  local keys=("$@") count=$# each recorder
  at_store s3api create-bucket --bucket letters >/dev/null
  at_store s3api create-bucket --bucket results >/dev/null
  at_store s3api create-bucket --bucket others >/dev/null
  configured first 1h
  start first --config "$work/first.yaml"
  deploy
  ok "a function is deployed that reads and writes buckets of $store"

  mkdir "$work/recorded"
  python3 "$here/recorder.py" "$work/recorded" >"$work/recorder.port" &
  started=("$!" "${started[@]}")
  until_true 30 "the recorder listens" test -s "$work/recorder.port"
  recorder=$(cat "$work/recorder.port")
  "$home/millrace" webhook "$store" --data "$data" >"$work/sheet"
  set_up "$work/sheet"
  record "$recorder"
  ok "the commands that 'millrace webhook' prints set the store up"

  for each in "${keys[@]}"; do drop "$each"; done
  until_true 120 "$count jobs succeed" test_succeeded "$count"
  for each in "${keys[@]}"; do result_is "$each"; done
  [ "$(jobs 'len(jobs)')" = "$count" ] || fail "there are $(jobs 'len(jobs)') jobs"
  for each in "${keys[@]}"; do
    told_by "$each" "webhook/$store" || fail "no notice of $each: $(sightings "$each")"
    if told_by "$each" listing; then fail "listing saw $each"; fi
  done
  ok "$count files with odd keys: a job and a result each, byte for byte, by notice alone"

  # A notice sent again by hand is no second job; without the secret it is nothing.
  until_true 60 "the notices are recorded" test_recorded "$count"
  for each in "$work"/recorded/*.json; do
    cp "$each" "$work/notice"
    [ "$(post -H "Authorization: Bearer $(webhook_token)")" = 200 ] || fail "$(cat "$work/answer")"
    [ "$(of_json 'it["kept"]' <"$work/answer")" = 1 ] || fail "not kept: $(cat "$work/answer")"
    [ "$(post -H 'Authorization: Bearer of another secret')" = 401 ] || fail "taken without the token"
  done
  until_true 60 "the last replay is decided" known "${keys[-1]}"
  [ "$(jobs 'len(jobs)')" = "$count" ] || fail "a replay made a job: $(jobs 'len(jobs)')"
  ok "each recorded notice sent again: kept, and no second job; with another token 401"

  tell_of others
  drop in/elsewhere.txt others
  until_true 60 "a notice of another bucket is counted" test_counted nobodys 1
  [ "$(jobs 'len(jobs)')" = "$count" ] || fail "another bucket's object became a job"
  ok "a notice of a bucket that no function reads is answered and counted as nobody's"

  # Overwritten: the same key again is a new version and a new job.
  sleep 1.1 # stores tell versions apart by the second
  drop "${keys[0]}"
  until_true 120 "the overwritten file is a new job" test_succeeded $((count + 1))
  ok "the same file put again is one job more"

  # It listens elsewhere now, and the store still knocks where it was.
  stop
  configured second 1s
  start first --config "$work/second.yaml"
  if api /v1/health >/dev/null && curl -s -o /dev/null "$(webhook_url)"; then
    fail "the webhook is not cut"
  fi
  drop in/unheard.txt
  until_true 120 "listing finds what no notice told" test_succeeded $((count + 2))
  result_is in/unheard.txt
  told_by in/unheard.txt listing || fail "told otherwise: $(sightings in/unheard.txt)"
  if told_by in/unheard.txt "webhook/$store"; then fail "the webhook was not cut"; fi
  [ "$(jobs 'len(jobs)')" = $((count + 2)) ] || fail "listing made jobs of known files"
  ok "with the webhook cut, listing finds a file, and makes no second job of the others"
  until_true 60 "every attempt is in the ledger" test_ledger $((count + 2))
  "$home/millrace" ledger verify --data "$data" >"$work/verify.out" || fail "$(cat "$work/verify.out")"
  ok "the ledger verifies"
  stop
}
# known KEY: a notice of it was found to be of a version that is a job already.
known() { sightings "$1" | grep -q -F "known to louder"; }
