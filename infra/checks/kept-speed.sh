#!/usr/bin/env bash
# How fast jobs are done in a fresh container, a kept one and by a worker, each beside its floor:
# docker run, docker exec and a bare pipe. Needs an engine with the image of infra/checks/engine.sh:
#   MILLRACE_ENGINES=new=unix:///... infra/checks/kept-speed.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -n "${MILLRACE_ENGINES:-}" ] || { echo "set MILLRACE_ENGINES=label=unix:///..." >&2; exit 1; }
mvn -q -B -Preal -pl function-runtime -am -Dspotless.check.skip=true -Dtest=NoUnitTests \
  -Dsurefire.failIfNoSpecifiedTests=false -Dit.test=KeptSpeed \
  -Dfailsafe.failIfNoSpecifiedTests=false verify | grep -E '^(engine|  |ERROR|\[ERROR)' 
