#!/usr/bin/env bash
# A MinIO of the checks' own, on loopback, with a data folder of its own:
#   minio-server.sh start FOLDER   starts one that outlives this script; writes FOLDER/env
#   minio-server.sh stop FOLDER    ends it
# FOLDER/env, for a shell to read, says where it answers and with which keys: endpoint, access_key,
# secret_key; and sets mc, the client, with its settings in FOLDER. Install both with tools.sh.
set -euo pipefail
tools=${MILLRACE_TOOLS:-$HOME/.cache/millrace-tools/bin}

fail() {
  printf 'minio-server: %s\n' "$1" >&2
  [ ! -s "${folder:-}/log" ] || tail -n 20 "$folder/log" >&2
  exit 1
}

free_port() { python3 "$(dirname "$0")/free-ports.py"; }

start() {
  [ -x "$tools/minio" ] && [ -x "$tools/mc" ] || fail "run tools.sh minio mc"
  mkdir -p "$folder/data" "$folder/mc"
  local port access_key=millracecheck secret_key
  port=$(free_port)
  secret_key=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
  MINIO_ROOT_USER=$access_key MINIO_ROOT_PASSWORD=$secret_key \
    MINIO_BROWSER=off MINIO_UPDATE=off HOME=$folder \
    setsid nohup "$tools/minio" server "$folder/data" --quiet \
    --address "127.0.0.1:$port" --console-address 127.0.0.1:0 \
    >"$folder/log" 2>&1 </dev/null &
  local pid=$! until=$((SECONDS + 60))
  echo "$pid" >"$folder/pid"
  until curl -sf "http://127.0.0.1:$port/minio/health/live" >/dev/null 2>&1; do
    kill -0 "$pid" 2>/dev/null || fail "MinIO has ended"
    [ "$SECONDS" -lt "$until" ] || fail "MinIO did not answer in a minute"
    sleep 0.2
  done
  cat >"$folder/env" <<EOF
endpoint=http://127.0.0.1:$port
access_key=$access_key
secret_key=$secret_key
mc() { "$tools/mc" --config-dir "$folder/mc" --quiet "\$@"; }
EOF
  "$tools/mc" --config-dir "$folder/mc" --quiet alias set here "http://127.0.0.1:$port" \
    "$access_key" "$secret_key" >/dev/null || fail "mc does not reach it"
}

stop() {
  [ -r "$folder/pid" ] || return 0
  local pid until=$((SECONDS + 30))
  pid=$(cat "$folder/pid")
  kill "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    [ "$SECONDS" -lt "$until" ] || fail "MinIO $pid did not end in 30 s"
    sleep 0.1
  done
}

case ${1:-} in
  start) folder=$(mkdir -p "$2" && cd "$2" && pwd) && start ;;
  stop) folder=$2 && stop ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
