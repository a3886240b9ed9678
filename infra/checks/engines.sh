#!/usr/bin/env bash
# The docker runner's tests on real engines: starts an old and a current Docker Engine and a registry,
# puts a Debian image into both, runs the tests, and ends what it started.
#   infra/checks/engines.sh         starts its own engines; needs root
#   MILLRACE_ENGINES=old=unix:///...,new=unix:///... infra/checks/engines.sh   takes those
#   infra/checks/engines.sh COMMAND...   runs that instead of the tests, with the same surroundings
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-engines.XXXXXX")
registry=
own=()

tidy() {
  local code=$? each
  for each in "${own[@]}"; do "$here/engine.sh" stop "$each" || true; done
  if [ -n "$registry" ]; then kill "$registry" 2>/dev/null && wait "$registry" 2>/dev/null || true; fi
  rm -rf "$work"
  exit "$code"
}
trap tidy EXIT
trap 'exit 130' INT TERM

command -v docker >/dev/null || { echo "engines: there is no docker command" >&2; exit 1; }
if [ -z "${MILLRACE_ENGINES:-}" ]; then
  "$here/tools.sh" engine-old engine-new images
  MILLRACE_ENGINES=
  for kind in old new; do
    own+=("$work/$kind")
    host=$("$here/engine.sh" start "$kind" "$work/$kind")
    "$here/engine.sh" debian "$work/$kind"
    MILLRACE_ENGINES=$MILLRACE_ENGINES${MILLRACE_ENGINES:+,}$kind=$host
  done
fi
export MILLRACE_ENGINES

"$here/tools.sh" registry
port=$(python3 "$here/free-ports.py")
cat >"$work/registry.yml" <<EOF
version: 0.1
storage: {filesystem: {rootdirectory: $work/registry}}
http: {addr: "127.0.0.1:$port"}
EOF
docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
registry=$!
until curl -sf "http://127.0.0.1:$port/v2/" >/dev/null; do
  kill -0 "$registry" || { cat "$work/registry.log" >&2; exit 1; }
  sleep 0.2
done
export MILLRACE_REGISTRY=127.0.0.1:$port
echo "engines: $MILLRACE_ENGINES; registry: $MILLRACE_REGISTRY"

if [ $# -gt 0 ]; then
  "$@"
else
  cd "$home"
  mvn -B -q -pl function-runtime -am -Preal -Dtest=NoUnitTests -Dsurefire.failIfNoSpecifiedTests=false \
    -Dit.test='EngineIT,DockerRunnerIT,Container*IT,ImagesIT,KeptContainersIT,ResidentContainersIT' -Dfailsafe.failIfNoSpecifiedTests=false \
    -Dspotless.check.skip=true verify
fi
