#!/usr/bin/env bash
# Objects over 5 GiB through a store with 128 MiB of heap: by parts, copied by parts, read by ranges.
# Needs a built checkout, Debian's boto3 (`tools.sh clients`) and 11 GiB free in TMPDIR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/store-alone.sh
. "$here/store-alone.sh"
free=$(df --output=avail -k "$work" | tail -n 1)
[ "$free" -gt $((11 * 1024 * 1024)) ] || { echo "11 GiB are needed in $work, $((free / 1048576)) are free" >&2; exit 1; }
start_store
/usr/bin/python3 "$here/clients/large.py" "$work/sparse"
left=$(find "$folder/blobs" -type f | wc -l)
[ "$left" -eq 0 ] || { echo "$left blobs are left after all was deleted" >&2; exit 1; }
peak=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$store/status")
echo "the store's memory was $((peak / 1024)) MiB at most"
[ "$peak" -lt $((512 * 1024)) ] || { echo "that is more than 512 MiB" >&2; exit 1; }
