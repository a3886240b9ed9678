#!/usr/bin/env bash
# The embedded store as its users meet it: the current aws cli against `millrace up`, line by line of
# its stated surface, and a trace that shows what is synced before each 200.
# Needs python3 with venv, curl, strace and a built checkout; installs the aws cli from PyPI.
set -euo pipefail
home=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
up=
stop() {
  if [ -n "$up" ]; then kill "$up" 2>/dev/null && wait "$up" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap stop EXIT

aws=${AWS:-}
if [ -z "$aws" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q --disable-pip-version-check -r "$home/infra/checks/requirements.txt"
  aws=$work/venv/bin/aws
fi

"$home/millrace" version
"$home/millrace" up --data "$work/data" --port 0 --store-port 0 >"$work/up.log" 2>&1 &
up=$!
for _ in $(seq 300); do
  [ -f "$work/data/store.env" ] && break
  kill -0 "$up" || { cat "$work/up.log" >&2; exit 1; }
  sleep 0.2
done
# shellcheck disable=SC1091
. "$work/data/store.env"
AWS=$aws "$home/infra/checks/store-aws-cli.sh" "$AWS_ENDPOINT_URL_S3"

java_home=${JAVA_HOME:-}
for each in "$java_home" /usr/lib/jvm/*; do
  if [ -r "$each/release" ] && grep -q '^JAVA_VERSION="25' "$each/release"; then
    java_home=$each
    break
  fi
done
JAVA_HOME=$java_home "$home/infra/checks/store-durability.sh" "$home/orch-gpu/target/lib/*" 20

# A file system of a few MiB is mounted, which only root may.
sudo=
[ "$(id -u)" -eq 0 ] || sudo="sudo --preserve-env=JAVA_HOME,PYTHON"
export JAVA_HOME=$java_home PYTHON=$(sed -n "1s/^#!//p" "$aws")
$sudo "$home/infra/checks/store-full-disk.sh" "$home/orch-gpu/target/lib/*"
