#!/usr/bin/env bash
# All that needs Docker Engines, on engines that are started once:
#   infra/checks/engines.sh infra/checks/containers.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
"$here/engines.sh"
"$here/docker.sh"
"$here/blast.sh"
"$here/samples.sh"
DOCKER_HOST=${MILLRACE_ENGINES##*=} MILLRACE_BASE=millrace-test/debian:12 "$here/first-steps.sh" image
# Some of the jobs of the kill harness in containers: on the engine that was named last.
cd "$home"
mvn -B -q -pl orch-gpu -am -Preal -Dtest=NoUnitTests -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=CrashIT -Dfailsafe.failIfNoSpecifiedTests=false -Dspotless.check.skip=true \
  -Dmillrace.crash.engine="${MILLRACE_ENGINES##*=}" -Dmillrace.crash.kills=4 verify
