#!/usr/bin/env bash
# Every client that people really use against a store of its own process, one file a client in clients/:
#   clients.sh [CLIENT...]     all of them, or those named: aws boto3-old boto3 mc rclone s3cmd s3fs
# Needs a built checkout and what `tools.sh clients mc` installs; the newest boto3 and the aws cli come
# from PyPI. A client that is missing is a failure.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-clients.XXXXXX")
store=
began=$SECONDS
stop() {
  local code=$?
  if [ -n "$store" ]; then kill "$store" 2>/dev/null && wait "$store" 2>/dev/null || true; fi
  [ "$code" -eq 0 ] || tail -n 20 "$work/store.log" >&2 || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

if [ $# -eq 0 ]; then set -- aws boto3-old boto3 mc rclone s3cmd s3fs; fi

java=${JAVA:-}
for each in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
  [ -z "$java" ] || break
  if [ -r "$each/release" ] && grep -q '^JAVA_VERSION="25' "$each/release"; then java=$each/bin/java; fi
done
[ -n "$java" ] || { echo "no JDK 25 under /usr/lib/jvm or in JAVA_HOME" >&2; exit 2; }
"$java" -Xmx128m --enable-native-access=ALL-UNNAMED -cp "$home/orch-gpu/target/lib/*" \
  dev.millrace.triggers.embedded.StoreMain "$work/store" 0 >"$work/store.log" 2>&1 &
store=$!
until grep -q '^store ready at' "$work/store.log"; do
  kill -0 "$store" 2>/dev/null || exit 1
  sleep 0.1
done
ENDPOINT=$(sed -n 's/^store ready at //p' "$work/store.log")
AWS_ACCESS_KEY_ID=$(sed -n 's/^aws_access_key_id = //p' "$work/store/access-keys")
AWS_SECRET_ACCESS_KEY=$(sed -n 's/^aws_secret_access_key = //p' "$work/store/access-keys")
export ENDPOINT AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
# Settings of whoever calls must not reach the clients.
unset AWS_CA_BUNDLE AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_SESSION_TOKEN AWS_REGION
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true

# venv REQUIREMENTS: a virtual environment with them; prints its bin folder.
venv() {
  python3 -m venv "$work/$1" && "$work/$1/bin/pip" install -q --disable-pip-version-check -r "$here/$1" >&2
  echo "$work/$1/bin"
}

for client in "$@"; do
  from=$SECONDS
  case $client in
    aws) AWS=${AWS:-$(venv requirements.txt)/aws} "$here/clients/aws.sh" ;;
    boto3-old) /usr/bin/python3 "$here/clients/boto3_client.py" ;;
    boto3) "${PYTHON:-$(venv requirements-clients.txt)/python}" "$here/clients/boto3_client.py" ;;
    mc | rclone | s3cmd | s3fs) "$here/clients/$client.sh" ;;
    *) echo "there is no client '$client'" >&2; exit 2 ;;
  esac
  echo "== $client passed in $((SECONDS - from)) s"
done
echo "all clients passed in $((SECONDS - began)) s"
