#!/usr/bin/env bash
# Runs a store under strace, puts small and large objects in turn, and shows what was synced before
# each 200: of a small one the write-ahead log of the names with its bytes, of a large one its file,
# the file's directory and then the log.
#   infra/checks/store-durability.sh CLASSPATH [OBJECTS]
# CLASSPATH holds dev.millrace.triggers.embedded.StoreMain. Needs strace, python3 and a JDK 25
# (JAVA_HOME).
set -euo pipefail

[ $# -ge 1 ] || { echo "usage: $0 CLASSPATH [OBJECTS]" >&2; exit 2; }
classpath=$1 objects=${2:-20}
here=$(cd "$(dirname "$0")" && pwd)
command -v strace > /dev/null || { echo "strace is missing: apt-get install strace" >&2; exit 2; }
work=$(mktemp -d)
touch "$work/log"
strace -f -y -s 4200 -ttt -e trace=openat,close,fsync,fdatasync,write,writev,pwrite64,pwritev,sendto,unlink \
  -o "$work/trace" \
  "${JAVA_HOME:?is not set}/bin/java" --enable-native-access=ALL-UNNAMED -cp "$classpath" \
  dev.millrace.triggers.embedded.StoreMain "$work/store" 0 > "$work/log" 2>&1 &
strace_pid=$!
stop() {
  pkill -TERM -P "$strace_pid" 2> /dev/null || true
  wait "$strace_pid" 2> /dev/null || true
}
trap 'stop; rm -rf "$work"' EXIT
for _ in $(seq 300); do
  grep -q '^store ready at' "$work/log" && break
  kill -0 "$strace_pid" || { cat "$work/log" >&2; exit 1; }
  sleep 0.2
done
endpoint=$(sed -n 's/^store ready at //p' "$work/log")
[ -n "$endpoint" ] || { cat "$work/log" >&2; exit 1; }
AWS_ACCESS_KEY_ID=$(sed -n 's/^aws_access_key_id = //p' "$work/store/access-keys")
AWS_SECRET_ACCESS_KEY=$(sed -n 's/^aws_secret_access_key = //p' "$work/store/access-keys")
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY ENDPOINT=$endpoint BUCKET=durable
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
answer=$(status -X PUT "$(python3 "$here/presign-put.py" '')")
[ "$answer" = 200 ] || { echo "the bucket was answered $answer" >&2; exit 1; }
for i in $(seq "$objects"); do
  # What durability-order.py looks for. Beyond 16 KiB an object is a file.
  body="object number $i."
  [ $((i % 2)) -eq 1 ] || body=$body$(head -c 20000 /dev/zero | tr '\0' x)
  answer=$(status -X PUT --data-binary "$body" "$(python3 "$here/presign-put.py" "object-$i")")
  [ "$answer" = 200 ] || { echo "object $i was answered $answer" >&2; exit 1; }
done
stop
python3 "$here/durability-order.py" "$work/trace" "$objects"
