#!/usr/bin/env bash
# Notices a second from a webhook's request to its durable answer, for 1 to 64 senders, each line
# beside two floors of the same run: the same client against a server that only answers 200, and as
# many syncs as the journal made commits.
#
#   infra/checks/webhook-bench.sh [MESSAGES]     40,000 by default; exit code 1 when no line reaches
#                                                5,000/s with p50 <= 5 ms and p99 <= 25 ms
#
# Needs a JDK 25 in JAVA_HOME or on the path, and a build: mvn package.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d "${TMPDIR:-/tmp}/webhook-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
path=orch-gpu/target/classes:orch-gpu/target/test-classes
for room in fdl-schemas storage-triggers function-runtime ledger-adapter; do
  path=$path:$room/target/classes
done
java=java
[ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
"$java" --enable-native-access=ALL-UNNAMED -cp "$path:orch-gpu/target/lib/*" \
  dev.millrace.orch.api.bench.WebhookBenchmark "${1:-40000}" "$work" 2>"$work/err" ||
  { code=$?; tail -n 5 "$work/err" >&2; exit "$code"; }
