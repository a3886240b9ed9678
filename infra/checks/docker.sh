#!/usr/bin/env bash
# A script on an unmodified Debian image, as OSCAR's users write it, through the whole path on each
# engine: `millrace up`, deploy, a file dropped, its result fetched; a declared CDI device arrives in
# the container; without an engine a job says what to do.
#
#   infra/checks/engines.sh infra/checks/docker.sh     one line a check, exit code 1 at the first that fails
#
# Needs what orders.sh needs, and MILLRACE_ENGINES as engines.sh sets it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"
[ -n "${MILLRACE_ENGINES:-}" ] || fail "MILLRACE_ENGINES is not set: run infra/checks/engines.sh $0"
find_aws

cat >"$work/upper.sh" <<'EOF'
#!/bin/bash
# What OSCAR's users write: the input's path and the output's folder are in the environment.
echo "SCRIPT: Invoked on $(basename "$INPUT_FILE_PATH") as $(id -u)"
FILE_NAME=$(basename "$INPUT_FILE_PATH" | cut -f 1 -d '.')
OUTPUT_FILE="$TMP_OUTPUT_DIR/$FILE_NAME.up"
tr a-z A-Z < "$INPUT_FILE_PATH" > "$OUTPUT_FILE"
EOF
cat >"$work/oscar.yaml" <<EOF
functions:
  oscar:
    - oscar-cluster:
        name: upper
        image: millrace-test/debian:12
        memory: 128Mi
        cpu: "0.5"
        script: upper.sh
        input:
          - {storage_provider: minio.default, path: letters/in}
        output:
          - {storage_provider: minio.default, path: letters/out}
EOF
sed -i 's/minio.default/millrace.default/' "$work/oscar.yaml"
cat >"$work/card.yaml" <<EOF
functions:
  millrace:
    - name: card
      image: millrace-test/debian:12
      memory: 128Mi
      timeout: 60s
      accelerator: {kind: gpu, memory: 1Gi, model: Made-up}
      script: |
        [ -c /dev/made-up ] && echo "card \$CARD" > "\$TMP_OUTPUT_DIR/card.txt"
      input:
        - {storage_provider: millrace.default, path: cards/in}
      output:
        - {storage_provider: millrace.default, path: cards/out}
EOF

config() {
  cat <<EOF
provider:
  cdi: [{model: Made-up card, memory: 2Gi, name: check$$.example/card=a1}]
  runners: {docker: {host: "$1"}}
EOF
}
left() { docker --host "$1" ps -aq --filter "label=dev.millrace.home=$data/provider"; }
none_left() { [ -z "$(left "$1")" ]; }

IFS=, read -r -a engines <<<"$MILLRACE_ENGINES"
for each in "${engines[@]}"; do
  label=${each%%=*}
  host=${each#*=}
  config "$host" >"$work/$label.yaml"
  start "$label" --config "$work/$label.yaml"
  "$home/millrace" deploy "$work/oscar.yaml" --data "$data" >"$work/deploy.out"
  printf 'a quick brown fox\n' >"$work/fox.txt"
  "$aws" s3 cp --only-show-errors "$work/fox.txt" s3://letters/in/fox.txt
  until_true 60 "the job succeeds on the $label engine" test_succeeded 1
  "$aws" s3 cp --only-show-errors s3://letters/out/fox.up "$work/fox.up"
  [ "$(cat "$work/fox.up")" = "A QUICK BROWN FOX" ] || fail "the result is $(cat "$work/fox.up")"
  until_true 20 "the container is gone" none_left "$host"
  ok "$label engine: a file dropped into s3://letters/in comes out of an unmodified Debian image"

  specs=${host#unix://}
  specs=${specs%/*}/cdi
  if [ "$label" = new ]; then
    cat >"$specs/millrace-check-$$.json" <<EOF
{"cdiVersion": "0.5.0", "kind": "check$$.example/card", "devices": [{"name": "a1", "containerEdits": {
  "env": ["CARD=a1"], "deviceNodes": [{"path": "/dev/made-up", "hostPath": "/dev/null"}]}}]}
EOF
    "$home/millrace" deploy "$work/card.yaml" --data "$data" >"$work/deploy.out"
    "$aws" s3 cp --only-show-errors "$work/fox.txt" s3://cards/in/fox.txt
    until_true 60 "the job with a card succeeds" test_succeeded 2
    rm "$specs/millrace-check-$$.json"
    "$aws" s3 cp --only-show-errors s3://cards/out/card.txt "$work/card.txt"
    [ "$(cat "$work/card.txt")" = "card a1" ] || fail "the result is $(cat "$work/card.txt")"
    ok "$label engine: a declared device of a made-up vendor arrives in the container"
  fi
  stop
done

config "unix://$work/nobody.sock" >"$work/none.yaml"
start none --config "$work/none.yaml"
"$home/millrace" deploy "$work/oscar.yaml" --data "$data" >"$work/deploy.out"
"$aws" s3 cp --only-show-errors "$work/fox.txt" s3://letters/in/fox.txt
test_dead() { [ "$(jobs "len([1 for j in jobs if j['state'] == 'dead'])")" = 1 ]; }
until_true 60 "the job rests" test_dead
api '/v1/jobs?max=10' >"$work/jobs.json"
grep -q 'install Docker Engine' "$work/jobs.json" || "$home/millrace" explain "$(jobs "jobs[0]['id']")" \
  --data "$data" 2>&1 | grep -q 'install Docker Engine' || fail "no word of the remedy: $(cat "$work/jobs.json")"
ok "without an engine the job rests, and says what to do"
stop
finished
