# shellcheck shell=bash
# What the clients' checks share: a folder of their own, a bucket of their own, loud mismatches.
# To be sourced with `client` set; ENDPOINT, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are the store's.

: "${ENDPOINT:?is not set}" "${AWS_ACCESS_KEY_ID:?is not set}" "${AWS_SECRET_ACCESS_KEY:?is not set}"
ENDPOINT=${ENDPOINT%/}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-$client.XXXXXX")
bucket=$client-$$
host=${ENDPOINT#*://}
scheme=${ENDPOINT%%://*}
export LC_ALL=C.UTF-8
# Settings of whoever calls must not reach the client under test.
unset AWS_CA_BUNDLE AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_SESSION_TOKEN AWS_REGION
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true

tidy() { rm -rf "$work"; }
trap tidy EXIT
trap 'exit 130' INT TERM
cd "$work"

ok() { echo "ok $client: $*"; }
fail() {
  echo "MISMATCH: $client: $*" >&2
  exit 1
}
equal() { [ "$2" = "$3" ] || fail "$1: expected '$3', found '$2'"; }
# refused TEXT COMMAND...: the command fails and says TEXT.
refused() {
  local text=$1
  shift
  if "$@" >refused.out 2>&1; then fail "not refused: $*"; fi
  grep -q -- "$text" refused.out || fail "expected '$text' from: $* : $(tail -n 3 refused.out)"
}
# says TEXT COMMAND...: the command succeeds and says TEXT.
says() {
  local text=$1
  shift
  "$@" >said.out 2>&1 || fail "failed: $* : $(tail -n 3 said.out)"
  grep -q -- "$text" said.out || fail "expected '$text' from: $* : $(tail -n 3 said.out)"
}
# tree: 200 files in ./tree, odd names among them, and one that goes by parts.
tree() { python3 "$here/odd_keys.py" tree 200 3; }
# stored PREFIX FOLDER: asks another client whether the store has exactly these files.
stored() { /usr/bin/python3 "$here/stored.py" "$bucket" "$@" >stored.out || fail "$(cat stored.out)"; }
keys() { /usr/bin/python3 "$here/stored.py" "$bucket" "$1"; }
