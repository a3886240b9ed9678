#!/usr/bin/env bash
# Measures no-op functions by the process runner: alone beside its floors, then end to end through a
# coordinator with its store. Prints figures; fails only when a run does not succeed.
#
#   infra/checks/bench-process.sh [RUNS [AT_ONCE]]        400 runs, 8 at a time
#
# Needs a JDK 25, Maven, Python 3 and curl. Takes a minute or two once Millrace is built.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"
unset MILLRACE_LOG

runs=${1:-400}
at_once=${2:-8}
jdk=${JAVA_HOME:-/usr/lib/jvm/temurin-25-jdk-amd64}

cat >"$work/function.yaml" <<EOF
functions:
  millrace:
    - name: nothing
      runner: process
      memory: 64Mi
      timeout: 60s
      script: |
        exit 0
      input:
        - {storage_provider: millrace.default, path: nothing/in}
      output:
        - {storage_provider: millrace.default, path: nothing/out}
EOF
cat >"$work/config.yaml" <<EOF
provider:
  runs: $at_once
  runners: {process: {allow: [nothing]}}
  simulated: [{kind: gpu, memory: 64Gi}]
EOF
mkdir "$work/in"
for i in $(seq "$runs"); do echo "$i" >"$work/in/f$i"; done
start up --config "$work/config.yaml"
"$home/millrace" deploy "$work/function.yaml" --data "$data" >"$work/deploy.out"
cpu() { awk '{print $14 + $15 + $16 + $17}' "/proc/$pid/stat"; }
count() { test_succeeded "$1"; }
"$home/millrace" put "$work/in/f1" s3://nothing/in/warm --data "$data" >/dev/null
until_true 60 "the first job succeeds" count 1
from=$(date +%s%N)
before=$(cpu)
"$home/millrace" put "$work"/in/* s3://nothing/in/ --data "$data" >"$work/put.out"
put=$(date +%s%N)
until_true 300 "all jobs succeed" count $((runs + 1))
to=$(date +%s%N)
after=$(cpu)
awk -v n="$runs" -v s="$from" -v p="$put" -v e="$to" -v c="$((after - before))" 'BEGIN {
  printf "end to end: %d jobs in %.1f s, %.0f/s (the uploads alone took %.1f s); %.1f ms of CPU a job in the coordinator\n",
    n, (e - s) / 1e9, n / ((e - s) / 1e9), (p - s) / 1e9, c * 10 / n }'
stop

(cd "$home" && JAVA_HOME=$jdk mvn -q -B -pl function-runtime -am -Dspotless.check.skip=true \
  -DskipTests test-compile >"$work/build.log" 2>&1) || fail "$(tail -n 5 "$work/build.log")"
classes=$home/function-runtime/target/test-classes:$home/function-runtime/target/classes
"$jdk/bin/java" -cp "$classes:$home/fdl-schemas/target/classes:$home/orch-gpu/target/lib/*" \
  dev.millrace.runtime.process.RunnerBenchmark "$runs" "$at_once"
