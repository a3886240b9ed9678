#!/usr/bin/env bash
# The embedded store on a disk that is really full: a file system of a few MiB is filled until the
# store refuses, then by others until nothing is left, and each time what was acknowledged is there
# whole, what was refused is not, and writing goes on when there is room again.
# Usage: store-full-disk.sh CLASSPATH; needs root for the mount, python3 with botocore in $PYTHON.
set -euo pipefail
home=$(cd "$(dirname "$0")/../.." && pwd)
classpath=$1
python=${PYTHON:-python3}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if [ "$(id -u)" -ne 0 ]; then
  echo "store-full-disk: a file system of a few MiB is mounted, which only root may" >&2
  exit 1
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-disk.XXXXXX")
store=
tidy() {
  local code=$?
  if [ -n "$store" ]; then kill "$store" 2>/dev/null && wait "$store" 2>/dev/null || true; fi
  if mountpoint -q "$work/disk"; then umount "$work/disk"; fi
  rm -rf "$work"
  exit "$code"
}
trap tidy EXIT

# A store on a disk of its own, which is filled; of the disk so many bytes stay free.
# The keys of another store may be in the caller's environment, where they would win over the file.
fill() {
  local free=$1 endpoint
  mkdir -p "$work/disk"
  mount -t tmpfs -o size=48m,mode=700 millrace-full-disk "$work/disk"
  MILLRACE_STORE_MIN_FREE=$free "$java" --enable-native-access=ALL-UNNAMED -cp "$classpath" \
    dev.millrace.triggers.embedded.StoreMain "$work/disk/store" 0 >"$work/log" 2>&1 &
  store=$!
  for _ in $(seq 300); do
    grep -q '^store ready at' "$work/log" && break
    kill -0 "$store" || { cat "$work/log" >&2; exit 1; }
    sleep 0.1
  done
  endpoint=$(sed -n 's/^store ready at //p' "$work/log")
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN -u AWS_ENDPOINT_URL_S3 \
    AWS_SHARED_CREDENTIALS_FILE="$work/disk/store/access-keys" AWS_CONFIG_FILE=/dev/null \
    "$python" "$home/infra/checks/store-full-disk.py" "$endpoint" "$work/disk" "$free"
  kill -0 "$store" || { echo "store-full-disk: the store has ended" >&2; cat "$work/log" >&2; exit 1; }
  kill "$store" && wait "$store" || true
  store=
  umount "$work/disk"
}

fill $((4 << 20))
# Nothing is kept free: small objects meet the end of the disk within the database itself.
fill 0
