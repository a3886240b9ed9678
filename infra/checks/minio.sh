#!/usr/bin/env bash
# The whole path on a real MinIO: input and output buckets lie there, its webhook alone triggers.
#
#   infra/checks/minio.sh         one line a check, exit code 1 at the first that fails
#
# Needs what orders.sh needs, and tools.sh minio mc. Takes about a minute once Millrace is built.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"
# shellcheck source=infra/checks/notices.sh
. "$here/notices.sh"
store=minio.default
server=$work/minio

# The sheet's commands as they are, for this alias; what MinIO keeps lies with its data.
set_up() {
  sed -n '/^  mc /,$ {/^  /p}' "$1" |
    sed "s|ALIAS|here|; s|/var/lib/minio-events|$server/events|" >"$work/commands"
  grep -v 'mc event add' "$work/commands" >"$work/commands.config"
  # shellcheck source=/dev/null
  . "$work/commands.config" >"$work/mc.out" 2>&1 || fail "$(cat "$work/commands" "$work/mc.out")"
  # A restart takes a moment; a user who types is slower than that.
  until_true 60 "MinIO knows the webhook" events_added
}
events_added() {
  grep 'mc event add here/letters ' "$work/commands" >"$work/commands.events" || return 1
  # shellcheck source=/dev/null
  (. "$work/commands.events") >"$work/mc.out" 2>&1
}
record() {
  mc admin config set here notify_webhook:recorder "endpoint=http://127.0.0.1:$1/" >/dev/null
  mc admin service restart here --json >/dev/null
  until_true 60 "the recorder is a target" recorder_added
}
recorder_added() {
  mc event add here/letters arn:minio:sqs::recorder:webhook --event put >/dev/null 2>&1
}
tell_of() { mc event add "here/$1" arn:minio:sqs::millrace:webhook --event put >/dev/null; }

# heard: drops a file under a new odd key each time, until one was told of, by
# nothing but the listen call, and has its result.
tries=0
heard() {
  tries=$((tries + 1))
  heard="in/heard + %20 ü $tries.txt"
  drop "$heard"
  for _ in $(seq 40); do
    if told_by "$heard" listing; then return 1; fi
    if told_by "$heard" "listen/$store" && [ -n "$(results_of "$heard")" ]; then return 0; fi
    sleep 0.25
  done
  return 1
}
results_of() {
  at_store s3api list-objects-v2 --bucket results --prefix "out/${1##*/}.up" |
    of_json 'it.get("Contents", "")'
}

find_aws
"$here/minio-server.sh" start "$server"
started+=("$(cat "$server/pid")")
. "$server/env"
ok "MinIO serves: $("${MILLRACE_TOOLS:-$HOME/.cache/millrace-tools/bin}/minio" --version | head -n 1)"

whole_path in/plain.txt 'in/with space.txt' 'in/plus+plus.txt' 'in/per%cent%20.txt' \
  'in/ünï 日本.txt' 'in/deep/er/still/d.txt' 'in/q?#&=;,.txt'

# Whether this MinIO answers the listen call at all: its own client hears of a file within seconds. Built
# from its last sources by a current Go, it sends not even the answer's head.
watched() {
  mc watch --json "here/letters/watched" >"$work/watched" 2>&1 &
  local watcher=$! tries=0
  while [ "$tries" -lt 10 ] && ! grep -q ObjectCreated "$work/watched"; do
    tries=$((tries + 1))
    at_store s3api put-object --bucket letters --key "watched/$tries" >/dev/null
    sleep 0.5
  done
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  grep -q ObjectCreated "$work/watched"
}

if watched; then
  # Another coordinator, that asks for the notices; the webhook still points to the one before.
  events='    events: listen' configured listening 1h
  start listening --config "$work/listening.yaml"
  deploy
  until_true 60 "it listens and tells of a file" heard
  result_is "$heard"
  ok "with events: listen a file is a job by MinIO's listen call alone"
  stop
else
  ok "this MinIO does not answer the listen call, to its own client neither: nothing to hold ours against"
fi

if at_store s3api put-object --bucket letters --key in/a//b.txt >"$work/empty" 2>&1; then
  fail "MinIO takes keys with an empty part now: add them to the keys above"
fi
ok "MinIO itself refuses a key with an empty part, a//b"
finished
