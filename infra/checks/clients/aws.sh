#!/usr/bin/env bash
# The store by the aws cli: what store-aws-cli.sh leaves out. AWS names the program.
set -euo pipefail
client=aws
. "$(dirname "$0")/lib.sh"
aws=${AWS:-aws}
export AWS_DEFAULT_REGION=us-east-1 AWS_PAGER=
s3() {
  local verb=$1
  shift
  "$aws" --endpoint-url "$ENDPOINT" s3 "$verb" --quiet "$@"
}
"$aws" --endpoint-url "$ENDPOINT" s3 mb "s3://$bucket" >/dev/null
tree
s3 sync tree "s3://$bucket/tree"
stored tree/ tree
s3 sync "s3://$bucket/tree" back
diff -r tree back || fail "the tree came back different"
s3 sync "s3://$bucket/tree" "s3://$bucket/copy"
stored copy/ tree
ok "200 files and odd names there and back, and copied by the server"

for sum in CRC32 SHA1 SHA256; do
  s3 cp --checksum-algorithm "$sum" tree/big.bin "s3://$bucket/sum-$sum"
  s3 cp --checksum-mode ENABLED "s3://$bucket/sum-$sum" got
  cmp got tree/big.bin || fail "$sum"
done
ok "CRC32, SHA-1 and SHA-256 over an upload by parts, validated on download"
s3 rm --recursive "s3://$bucket"
"$aws" --endpoint-url "$ENDPOINT" s3 rb "s3://$bucket" >/dev/null
