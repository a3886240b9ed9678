# shellcheck shell=bash
# What the checks share: a folder of their own, coordinators that end with them, bounded waiting.
# To be sourced, with `here` and `home` set.

work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-check.XXXXXX")
began=$SECONDS
checks=0
started=()
data=
err=
pid=
aws=${AWS:-}
export MILLRACE_LOG=debug
# Settings of whoever calls must not reach the store or the aws cli.
unset AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_SESSION_TOKEN AWS_REGION
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true

# Ends what was started here and takes the folder away; kept with KEEP=1.
tidy() {
  local code=$? each
  for each in "${started[@]}"; do
    kill "$each" 2>/dev/null || true
  done
  for each in "${started[@]}"; do
    wait "$each" 2>/dev/null || true
  done
  if [ -n "${KEEP:-}" ]; then
    echo "kept: $work" >&2
  else
    rm -rf "$work"
  fi
  exit "$code"
}
trap tidy EXIT
trap 'exit 130' INT TERM

ok() {
  checks=$((checks + 1))
  echo "ok $checks - $* ($((SECONDS - began)) s)"
}

fail() {
  echo "FAILED - $*" >&2
  if [ -n "$err" ] && [ -s "$err" ]; then
    echo "the end of what the coordinator said:" >&2
    tail -n 20 "$err" >&2
  fi
  exit 1
}

finished() { echo "$checks checks passed after $((SECONDS - began)) s"; }

# until_true SECONDS WHAT COMMAND...: asks again and again, and fails when that takes too long.
until_true() {
  local until=$((SECONDS + $1 * ${PATIENCE:-1})) what=$2
  shift 2
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || fail "not seen in time: $what"
    sleep 0.2
  done
}

# The aws cli that is meant: the current one, in a place of its own.
find_aws() {
  if [ -z "$aws" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" -q --disable-pip-version-check install -r "$here/requirements.txt"
    aws=$work/venv/bin/aws
  fi
  "$aws" --version >"$work/aws.version" 2>&1 || fail "no aws cli at $aws"
}

# start NAME OPTION...: a coordinator on $work/NAME; sets data, err, pid, and the aws cli's keys.
start() {
  data=$work/$1
  shift
  out=$data.out
  err=$data.err
  : >"$out"
  : >"$err"
  "$home/millrace" up --data "$data" --port 0 --store-port 0 "$@" >"$out" 2>"$err" &
  pid=$!
  started+=("$pid")
  until_true 300 "millrace up is ready" ready
  . "$data/store.env"
}

ready() {
  kill -0 "$pid" 2>/dev/null || fail "millrace up has ended"
  grep -q '^ready' "$out"
}

# stop: the coordinator that was started last and not yet stopped.
stop() {
  local last=${started[-1]}
  unset 'started[-1]'
  kill "$last"
  wait "$last" || true
}

# api PATH: what the coordinator answers.
api() {
  curl -sS -f -H "Authorization: Bearer $(cat "$data/token")" \
    "$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["endpoint"])' \
      "$data/coordinator.json")$1"
}

# What a Python expression makes of an answer; nothing where there was none.
of_json() {
  python3 -c 'import json, sys
text = sys.stdin.read()
if text:
    print(eval(sys.argv[1], {"it": json.loads(text)}))' "$1"
}
jobs() { api '/v1/jobs?max=1000' | of_json "(lambda jobs: $1)(it['jobs'])"; }
job() { api "/v1/jobs/$1" | of_json "(lambda job: $2)(it)"; }
test_ledger() { [ "$(api '/v1/ledger/entries' | of_json 'len(it["entries"])')" = "$1" ]; }
test_succeeded() { [ "$(jobs "len([1 for j in jobs if j['state'] == 'succeeded'])")" = "$1" ]; }
