#!/usr/bin/env bash
# A Docker Engine of the checks' own, as root, with its own socket and data folder:
#   engine.sh start old|new FOLDER   starts one that outlives this script; prints its DOCKER_HOST
#   engine.sh stop FOLDER            ends it, and what it started
#   engine.sh debian FOLDER          makes the image millrace-test/debian:12 in it, an unmodified Debian
#   engine.sh blast FOLDER           makes millrace/blast:2.12 in it: Debian with NCBI BLAST+
#   engine.sh sample FOLDER NAME     builds the image of samples/NAME by its Dockerfile, on that Debian
# `old` is Debian's 20.10, `new` a current one with CDI (specs in FOLDER/cdi). Install them with tools.sh.
set -euo pipefail
tools=${MILLRACE_TOOLS:-$HOME/.cache/millrace-tools/bin}

fail() {
  printf 'engine: %s\n' "$1" >&2
  [ -z "${folder:-}" ] || tail -n 20 "$folder/log" >&2 || true
  exit 1
}

start() {
  local kind=$1
  mkdir -p "$folder/cdi"
  local options=(
    --host "unix://$folder/docker.sock" --data-root "$folder/data" --exec-root "$folder/exec"
    --pidfile "$folder/pid" --log-level warn)
  case $kind in
    old) local dockerd=/usr/sbin/dockerd ;;
    new)
      local dockerd=$tools/dockerd
      options+=(--cdi-spec-dir "$folder/cdi" --add-runtime "r=$tools/runc" --default-runtime r)
      ;;
    *) fail "an engine is old or new: '$kind'" ;;
  esac
  [ -x "$dockerd" ] || fail "there is no $dockerd: run tools.sh engine-$kind"
  [ "$(id -u)" -eq 0 ] || fail "an engine needs root"
  PATH=$tools:$PATH setsid nohup "$dockerd" "${options[@]}" >"$folder/log" 2>&1 </dev/null &
  local until=$((SECONDS + 60))
  until curl -sf --unix-socket "$folder/docker.sock" http://engine/_ping >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || fail "the engine did not answer in a minute"
    kill -0 $! 2>/dev/null || fail "the engine has ended"
    sleep 0.2
  done
  echo "unix://$folder/docker.sock"
}

stop() {
  [ -r "$folder/pid" ] || return 0
  local pid until=$((SECONDS + 60))
  pid=$(cat "$folder/pid")
  kill "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    [ "$SECONDS" -lt "$until" ] || fail "engine $pid did not end in a minute"
    sleep 0.2
  done
}

# image NAME ARCHIVE PACKAGE...: Debian with these packages, where the engine has it not.
image() {
  local name=$1 archive=${MILLRACE_IMAGES:-$HOME/.cache/millrace-images}/$2.tar
  shift 2
  export DOCKER_HOST=unix://$folder/docker.sock
  docker image inspect "$name" >/dev/null 2>&1 && return
  if [ ! -s "$archive" ]; then
    mkdir -p "${archive%/*}"
    mmdebstrap --quiet --variant=minbase ${1:+--include="$*"} bookworm "$archive.new.tar"
    mv "$archive.new.tar" "$archive"
  fi
  docker import "$archive" "$name" >/dev/null
}

# built SAMPLE: the image that its function names, built once and then loaded from an archive.
built() {
  local sample name archive
  sample=$(cd "$(dirname "$0")/../../samples/$1" && pwd)
  name=$(sed -n '/^ *image: */{s///p;q}' "$sample/function.yaml")
  archive=${MILLRACE_IMAGES:-$HOME/.cache/millrace-images}
  archive=$archive/$1-$(sha256sum <"$sample/Dockerfile" | cut -c 1-12).tar
  image millrace-test/debian:12 debian-12
  docker image inspect "$name" >/dev/null 2>&1 && return
  if [ ! -s "$archive" ]; then
    # Of the host's network: not each machine lets an engine of its own reach Debian's mirror.
    docker build --network host --build-arg BASE=millrace-test/debian:12 -t "$name" - \
      <"$sample/Dockerfile" >"$folder/build-$1.log" 2>&1 ||
      fail "no image of $1: $(tail -n 20 "$folder/build-$1.log")"
    docker save -o "$archive.$$" "$name"
    mv "$archive.$$" "$archive"
  else
    docker load -q -i "$archive" >/dev/null
  fi
}

verb=${1:-}
case $verb in
  start) folder=$(mkdir -p "$3" && cd "$3" && pwd) && start "$2" ;;
  stop) folder=$2 && stop ;;
  debian) folder=$(cd "$2" && pwd) && image millrace-test/debian:12 debian-12 ;;
  blast) folder=$(cd "$2" && pwd) && image millrace/blast:2.12 blast-12 ncbi-blast+ ;;
  sample) folder=$(cd "$2" && pwd) && built "$3" ;;
  *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
