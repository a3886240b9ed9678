#!/usr/bin/env bash
# Exercises a store's stated S3 surface with the AWS command line, and stops at the first mismatch.
#   AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=... infra/checks/store-aws-cli.sh http://127.0.0.1:9470
# AWS names another aws binary; the current one comes from PyPI (package awscli). Needs curl.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: $0 ENDPOINT" >&2; exit 2; }
endpoint=${1%/}
: "${AWS_ACCESS_KEY_ID:?is not set}" "${AWS_SECRET_ACCESS_KEY:?is not set}"
aws_binary=${AWS:-aws}
export AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-us-east-1} AWS_PAGER= AWS_EC2_METADATA_DISABLED=true
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
bucket=check-$$-$RANDOM
passed=0

s3() { "$aws_binary" --endpoint-url "$endpoint" s3 "$@"; }
api() { "$aws_binary" --endpoint-url "$endpoint" s3api "$@"; }
ok() { passed=$((passed + 1)); echo "ok $passed - $1"; }
fail() { echo "MISMATCH: $1" >&2; exit 1; }
equal() { [ "$2" = "$3" ] || fail "$1: expected '$3', found '$2'"; }
# refused CODE COMMAND...: the command fails with that S3 error code.
refused() {
  local code=$1; shift
  if "$@" > refused.out 2>&1; then fail "not refused: $*"; fi
  grep -q -- "$code" refused.out || { cat refused.out >&2; fail "expected $code from: $*"; }
}
# The cli itself pre-signs GET alone, and by Signature Version 2 unless it is told otherwise.
printf '[default]\ns3 =\n  signature_version = s3v4\n' > s3v4
presign_get() { AWS_CONFIG_FILE=$work/s3v4 "$aws_binary" --endpoint-url "$endpoint" s3 presign "s3://$bucket/$1" --expires-in "${2:-300}"; }

s3 mb "s3://$bucket" > /dev/null
api head-bucket --bucket "$bucket" > /dev/null
api list-buckets --query "Buckets[?Name=='$bucket'].Name" --output text | grep -qx "$bucket"
refused BucketAlreadyOwnedByYou api create-bucket --bucket "$bucket"
ok "buckets: make, head, list"

printf 'hello' > hello
s3 cp hello "s3://$bucket/hello" > /dev/null
s3 cp "s3://$bucket/hello" - | cmp - hello
equal "etag" "$(api head-object --bucket "$bucket" --key hello --query ETag --output text)" '"5d41402abc4b2a76b9719d911017c592"'
ok "put and get"

api put-object --bucket "$bucket" --key meta --body hello --content-type 'text/x-Odd; a=B' \
  --cache-control no-cache --metadata 'owner=me,depth=2' > /dev/null
equal "content type" "$(api head-object --bucket "$bucket" --key meta --query ContentType --output text)" 'text/x-Odd; a=B'
equal "metadata" "$(api head-object --bucket "$bucket" --key meta --query Metadata.owner --output text)" me
equal "cache control" "$(api head-object --bucket "$bucket" --key meta --query CacheControl --output text)" no-cache
ok "head with metadata"

crc=$(api put-object --bucket "$bucket" --key crc --body hello --checksum-algorithm CRC32 --query ChecksumCRC32 --output text)
equal "crc32" "$crc" 'NhCmhg=='
equal "crc32 of head" "$(api head-object --bucket "$bucket" --key crc --checksum-mode ENABLED --query ChecksumCRC32 --output text)" "$crc"
for algorithm in SHA1 SHA256; do
  api put-object --bucket "$bucket" --key "sum-$algorithm" --body hello --checksum-algorithm $algorithm > /dev/null
  api get-object --bucket "$bucket" --key "sum-$algorithm" --checksum-mode ENABLED got > /dev/null
  cmp got hello
done
refused BadDigest api put-object --bucket "$bucket" --key wrong --body hello --checksum-crc32 'AAAAAA=='
refused 'BadDigest' api put-object --bucket "$bucket" --key wrong --body hello --content-md5 'AAAAAAAAAAAAAAAAAAAAAA=='
refused 'Not Found' api head-object --bucket "$bucket" --key wrong
ok "checksums by trailer and by header"

printf '0123456789' > digits
s3 cp digits "s3://$bucket/digits" > /dev/null
for range in 2-4:234 7-:789 -3:789 5-99:56789; do
  api get-object --bucket "$bucket" --key digits --range "bytes=${range%:*}" got > /dev/null
  equal "range ${range%:*}" "$(cat got)" "${range#*:}"
done
refused InvalidRange api get-object --bucket "$bucket" --key digits --range bytes=10- got
ok "ranges"

head -c 20971520 /dev/urandom > big
s3 cp big "s3://$bucket/big" > /dev/null
s3 cp "s3://$bucket/big" big.back > /dev/null
cmp big big.back
case $(api head-object --bucket "$bucket" --key big --query ETag --output text) in
  *-3\") ;; *) fail "a multipart etag of 3 parts" ;;
esac
s3 cp "s3://$bucket/big" "s3://$bucket/big.copy" > /dev/null
s3 cp "s3://$bucket/big.copy" - | cmp - big
ok "multipart put, get and copy"

upload=$(api create-multipart-upload --bucket "$bucket" --key parts --query UploadId --output text)
head -c 5242880 big > part1; printf tail > part2
one=$(api upload-part --bucket "$bucket" --key parts --upload-id "$upload" --part-number 1 --body part1 --query ETag --output text)
two=$(api upload-part --bucket "$bucket" --key parts --upload-id "$upload" --part-number 2 --body part2 --query ETag --output text)
equal "parts" "$(api list-parts --bucket "$bucket" --key parts --upload-id "$upload" --query 'Parts[].PartNumber' --output text)" "$(printf '1\t2')"
equal "uploads" "$(api list-multipart-uploads --bucket "$bucket" --query 'Uploads[].Key' --output text)" parts
refused InvalidPart api complete-multipart-upload --bucket "$bucket" --key parts --upload-id "$upload" \
  --multipart-upload "Parts=[{PartNumber=1,ETag=$two}]"
refused InvalidPartOrder api complete-multipart-upload --bucket "$bucket" --key parts --upload-id "$upload" \
  --multipart-upload "Parts=[{PartNumber=2,ETag=$two},{PartNumber=1,ETag=$one}]"
complete() { api complete-multipart-upload --bucket "$bucket" --key parts --upload-id "$upload" \
  --multipart-upload "Parts=[{PartNumber=1,ETag=$one},{PartNumber=2,ETag=$two}]" --query ETag --output text; }
first=$(complete)
equal "a retried completion" "$(complete)" "$first"
cat part1 part2 > whole
s3 cp "s3://$bucket/parts" - | cmp - whole
ok "multipart by hand, completed twice"

upload=$(api create-multipart-upload --bucket "$bucket" --key aborted --query UploadId --output text)
api upload-part --bucket "$bucket" --key aborted --upload-id "$upload" --part-number 1 --body part1 > /dev/null
api abort-multipart-upload --bucket "$bucket" --key aborted --upload-id "$upload"
refused NoSuchUpload api list-parts --bucket "$bucket" --key aborted --upload-id "$upload"
ok "abort"

api copy-object --bucket "$bucket" --key copy --copy-source "$bucket/meta" > /dev/null
equal "kept metadata" "$(api head-object --bucket "$bucket" --key copy --query Metadata.owner --output text)" me
api copy-object --bucket "$bucket" --key copy --copy-source "$bucket/meta" --metadata-directive REPLACE --metadata owner=you > /dev/null
equal "replaced metadata" "$(api head-object --bucket "$bucket" --key copy --query Metadata.owner --output text)" you
ok "copy"

for key in list/a list/b/1 list/b/2 list/c list/d/x; do api put-object --bucket "$bucket" --key "$key" --body hello > /dev/null; done
equal "prefix and delimiter" "$(api list-objects-v2 --bucket "$bucket" --prefix list/ --delimiter / --query '[Contents[].Key,CommonPrefixes[].Prefix]' --output text | tr '\n\t' '  ')" 'list/a list/c list/b/ list/d/ '
equal "paging" "$(api list-objects-v2 --bucket "$bucket" --prefix list/ --page-size 2 --query 'Contents[].Key' --output text | tr '\n\t' '  ')" 'list/a list/b/1 list/b/2 list/c list/d/x '
equal "start-after" "$(api list-objects-v2 --bucket "$bucket" --prefix list/ --start-after list/b/2 --query 'Contents[].Key' --output text)" "$(printf 'list/c\tlist/d/x')"
equal "list v1" "$(api list-objects --bucket "$bucket" --prefix list/ --page-size 2 --query 'Contents[].Key' --output text | tr '\n\t' '  ')" 'list/a list/b/1 list/b/2 list/c list/d/x '
ok "lists"

printf 'odd' > odd
long=$(printf 'k%.0s' $(seq 1 1024))
keys=('a//b' './x' '../x' 'd' 'd/x' 'd/x/y' 'a b+c' '100%' 'a%20b' 'a%2Fb' 'trailing/' 'ü/日本/🧬🚀' 'a&b=c?d#e;f' "it's \"x\"" '<xml>' 'back\slash' "$long")
for key in "${keys[@]}"; do
  api put-object --bucket "$bucket" --key "odd/$key" --body odd > /dev/null 2>&1 || [ "$key" = "$long" ] || fail "put '$key'"
done
refused KeyTooLongError api put-object --bucket "$bucket" --key "$long+" --body odd
api put-object --bucket "$bucket" --key "$long" --body odd > /dev/null
for key in "${keys[@]}"; do
  [ "$key" = "$long" ] && continue
  api get-object --bucket "$bucket" --key "odd/$key" got > /dev/null; cmp got odd
done
printf '%s\n' "${keys[@]}" | grep -vx "$long" | sed 's|^|odd/|' | LC_ALL=C sort > wanted
api list-objects-v2 --bucket "$bucket" --prefix odd/ --query 'Contents[].Key' --output json \
  | python3 -c 'import json,sys; print("\n".join(json.load(sys.stdin)))' > found
cmp wanted found || fail "odd keys in a list"
ok "odd keys"

refused PreconditionFailed api put-object --bucket "$bucket" --key hello --body digits --if-none-match '*'
api put-object --bucket "$bucket" --key fresh --body hello --if-none-match '*' > /dev/null
refused PreconditionFailed api put-object --bucket "$bucket" --key hello --body digits --if-match '"0"'
refused 304 api get-object --bucket "$bucket" --key hello --if-none-match '"5d41402abc4b2a76b9719d911017c592"' got
ok "conditions"

status() { curl -s -o body.xml -w '%{http_code}' "$@"; }
equal "pre-signed GET" "$(curl -sf "$(presign_get hello)")" hello
equal "a URL by Signature Version 2" "$(curl -sf "$("$aws_binary" --endpoint-url "$endpoint" s3 presign "s3://$bucket/hello")")" hello
url=$(presign_get hello)
equal "a changed URL" "$(status "${url/hello/digits}")" 403
grep -q SignatureDoesNotMatch body.xml || fail "SignatureDoesNotMatch"
put_url=$(ENDPOINT="$endpoint" BUCKET="$bucket" python3 "$here/presign-put.py" by-url)
equal "pre-signed PUT" "$(status -X PUT -H 'Content-Type: application/x-www-form-urlencoded' --data-binary 'by url' "$put_url")" 200
equal "what was put" "$(s3 cp "s3://$bucket/by-url" -)" 'by url'
ok "pre-signed GET and PUT"

equal "anonymous" "$(status "$endpoint/$bucket/hello")" 403
grep -q '<Code>AccessDenied</Code>' body.xml || fail "AccessDenied"
# 100 MB are announced; the refusal must come without them.
answer=$(printf 'PUT /%s/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\nExpect: 100-continue\r\n\r\n' "$bucket" \
  | timeout 10 bash -c 'exec 3<>"/dev/tcp/$0/$1"; cat >&3; cat <&3' "$(python3 -c 'import sys,urllib.parse as u; print(u.urlparse(sys.argv[1]).hostname)' "$endpoint")" \
    "$(python3 -c 'import sys,urllib.parse as u; print(u.urlparse(sys.argv[1]).port or 80)' "$endpoint")")
case $answer in "HTTP/1.1 403"*) ;; *) fail "anonymous PUT before its body: $answer" ;; esac
AWS_SECRET_ACCESS_KEY=wrong refused SignatureDoesNotMatch api put-object --bucket "$bucket" --key x --body big
AWS_ACCESS_KEY_ID=WRONG refused InvalidAccessKeyId api put-object --bucket "$bucket" --key x --body big
refused 'Not Found' api head-object --bucket "$bucket" --key x
ok "anonymous and wrong keys are refused"

api put-object-tagging --bucket "$bucket" --key hello --tagging 'TagSet=[{Key=a,Value=b c}]'
equal "tags" "$(api get-object-tagging --bucket "$bucket" --key hello --query 'TagSet[0].Value' --output text)" 'b c'
api get-bucket-location --bucket "$bucket" > /dev/null
api get-bucket-versioning --bucket "$bucket" > /dev/null
api get-bucket-notification-configuration --bucket "$bucket" > /dev/null
refused NoSuchBucketPolicy api get-bucket-policy --bucket "$bucket"
refused NotImplemented api put-bucket-policy --bucket "$bucket" --policy "{}"
ok "tags, the questions clients ask, and 501 for the rest"

mkdir tree; printf 1 > tree/1; mkdir tree/sub; printf 2 > tree/sub/2
s3 sync tree "s3://$bucket/tree" > /dev/null
s3 sync "s3://$bucket/tree" back > /dev/null
diff -r tree back
equal "a second sync" "$(s3 sync tree "s3://$bucket/tree")" ""
ok "sync"

refused BucketNotEmpty api delete-bucket --bucket "$bucket"
api delete-object --bucket "$bucket" --key hello
refused 'Not Found' api head-object --bucket "$bucket" --key hello
api delete-object --bucket "$bucket" --key "$long"
s3 rm --recursive "s3://$bucket/" > /dev/null
equal "nothing left" "$(api list-objects-v2 --bucket "$bucket" --query 'Contents[].Key' --output text)" None
api delete-objects --bucket "$bucket" --delete 'Objects=[{Key=never},{Key=there}]' > /dev/null
s3 rb "s3://$bucket" > /dev/null
refused 404 api head-bucket --bucket "$bucket"
ok "delete, batch delete, bucket delete"
echo "all $passed groups passed with $("$aws_binary" --version 2>&1)"
