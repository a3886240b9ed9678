#!/usr/bin/env bash
# Every client that people really use against a store of its own process, one file a client in clients/:
#   clients.sh [CLIENT...]     all of them, or those named: aws boto3-old boto3 mc rclone s3cmd s3fs tls
# `tls` is each of them against a store with a certificate of its own. Needs a built checkout and what
# `tools.sh clients mc` installs; the newest boto3 and the aws cli come from PyPI. A client that is missing
# is a failure.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
began=$SECONDS
# shellcheck source=infra/checks/store-alone.sh
. "$here/store-alone.sh"

if [ $# -eq 0 ]; then set -- aws boto3-old boto3 mc rclone s3cmd s3fs tls; fi

start_store

# venv REQUIREMENTS: a virtual environment with them; prints its bin folder.
venv() {
  [ -d "$work/$1" ] || python3 -m venv "$work/$1" && "$work/$1/bin/pip" install -q --disable-pip-version-check -r "$here/$1" >&2
  echo "$work/$1/bin"
}

# The newest boto3, and the aws cli: those named from outside, or installed here once.
python() { echo "${PYTHON:=$(venv requirements-clients.txt)/python}"; }
aws() { echo "${AWS:=$(venv requirements.txt)/aws}"; }

boto3() {
  "$1" "$here/clients/boto3_client.py"
  "$1" "$here/clients/boto3_browser.py"
}

tls() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=millrace check" \
    -addext "subjectAltName=IP:127.0.0.1" -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
  start_store "$work/certificate.pem" "$work/key.pem"
  CERTIFICATE=$work/certificate.pem PYTHON=$(python) AWS=$(aws) "$here/clients/tls.sh"
}

for client in "$@"; do
  from=$SECONDS
  case $client in
    aws) AWS=$(aws) "$here/clients/aws.sh" ;;
    boto3-old) boto3 /usr/bin/python3 ;;
    boto3) boto3 "$(python)" ;;
    mc | rclone | s3cmd | s3fs) "$here/clients/$client.sh" ;;
    tls) tls ;;
    *) echo "there is no client '$client'" >&2; exit 2 ;;
  esac
  echo "== $client passed in $((SECONDS - from)) s"
done
echo "all clients passed in $((SECONDS - began)) s"
