#!/usr/bin/env bash
# Makes the JDK's ahead-of-time cache (JEP 483, 514, 515) for ./millrace, by a run of the demo: classes
# are found loaded and linked, and the compiler knows from the start what is called often. From then
# on ./millrace uses it, until it is built anew.
#
#   infra/aot-cache.sh
#
# Takes about 20 s of CPU and 80 MB under orch-gpu/target. Nothing changes when it fails.
set -euo pipefail

home=$(cd "$(dirname "$0")/.." && pwd)
cache=$home/orch-gpu/target/millrace.aot
work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-aot.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

"$home/millrace" version >/dev/null
rm -f "$cache"
# The JDK writes the cache when the demo has ended; its exit code is the demo's.
if ! MILLRACE_JAVA_OPTIONS="-XX:AOTCacheOutput=$work/millrace.aot" \
  "$home/millrace" demo --limit 1 --data "$work/demo" >"$work/out" 2>&1 ||
  ! [ -s "$work/millrace.aot" ]; then
  tail -n 20 "$work/out" >&2
  echo "aot-cache: the cache was not made" >&2
  exit 1
fi
mv "$work/millrace.aot" "$cache"
echo "made $cache: $(($(wc -c <"$cache") >> 20)) MiB"
