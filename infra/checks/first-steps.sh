#!/usr/bin/env bash
# The commands of docs/first-steps.md, taken from the page itself and run as they stand in a fresh
# folder: a plain process, and with an engine a container.
#
#   infra/checks/first-steps.sh                  the section that needs only a JDK
#   DOCKER_HOST=unix:///... MILLRACE_BASE=IMAGE infra/checks/first-steps.sh image
#                                                the section on an image, on that one instead
#
# One line a check, exit code 1 at the first that fails.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"

page=$home/docs/first-steps.md
commands_max=8

# commands TITLE: the lines of all shell blocks of a section.
commands() {
  awk -v title="## $1" '
    /^## / { inside = ($0 == title); next }
    inside && /^```sh$/ { shell = 1; next }
    /^```/ { shell = 0; next }
    inside && shell' "$page"
}

# run_section TITLE NAME WORDS: each of its commands, in a folder where there was nothing.
run_section() {
  local title=$1 name=$2 wanted=$3 line count=0 from=$SECONDS
  mkdir "$work/$name"
  cd "$work/$name"
  ln -s "$home/millrace" millrace
  err=$work/$name.err
  # Ports of their own, since others may use this machine; a newcomer has the standard ones.
  export MILLRACE_API_PORT=0 MILLRACE_STORE_PORT=0
  commands "$title" >"$work/$name.commands"
  [ -s "$work/$name.commands" ] || fail "there are no commands under '$title' in $page"
  while IFS= read -r line <&3; do
    count=$((count + 1))
    line=${line//debian:bookworm-slim/${MILLRACE_BASE:-debian:bookworm-slim}}
    case $line in
      './millrace up'*)
        out=$work/$name.out
        : >"$out"
        bash -c "exec $line" >"$out" 2>"$err" &
        pid=$!
        started+=("$pid")
        until_true 300 "'$line' is ready" ready
        ;;
      *)
        bash -c "$line" >"$work/$name.said" 2>"$err" ||
          fail "'$line' ended with $?: $(cat "$work/$name.said" "$err")"
        ;;
    esac
  done 3<"$work/$name.commands"
  [ "$count" -le "$commands_max" ] || fail "'$title' has $count commands, $commands_max are promised"
  [ "$(cat "$work/$name.said")" = "$wanted" ] || fail "the last command printed: $(cat "$work/$name.said")"
  ok "'$title': $count commands as they stand on the page, the result after $((SECONDS - from)) s"
  stop
  cd "$home"
}

result=$(printf 'A FILE DROPPED INTO A BUCKET\nBECOMES A JOB.')
case ${1:-process} in
  process) run_section 'With only a JDK' hello "$result" ;;
  image)
    [ -n "${DOCKER_HOST:-}" ] || fail "DOCKER_HOST names no engine: infra/checks/engine.sh starts one"
    run_section 'On a Debian image' shout "$result"
    ;;
  *) fail "a section is process or image: '$1'" ;;
esac
finished
