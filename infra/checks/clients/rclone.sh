#!/usr/bin/env bash
# The store by rclone.
set -euo pipefail
client=rclone
. "$(dirname "$0")/lib.sh"
export RCLONE_CONFIG=$work/rclone.conf
export RCLONE_CONFIG_S_TYPE=s3 RCLONE_CONFIG_S_PROVIDER=Other RCLONE_CONFIG_S_ENDPOINT=$ENDPOINT
export RCLONE_CONFIG_S_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID RCLONE_CONFIG_S_REGION=us-east-1
export RCLONE_CONFIG_S_SECRET_ACCESS_KEY=$AWS_SECRET_ACCESS_KEY
export RCLONE_S3_LIST_URL_ENCODE=true RCLONE_S3_UPLOAD_CUTOFF=8M RCLONE_S3_CHUNK_SIZE=5M
export RCLONE_RETRIES=1 RCLONE_LOW_LEVEL_RETRIES=1
touch rclone.conf

rclone mkdir "s:$bucket"
says " $bucket\$" rclone lsd s:
ok "bucket: make, list"

printf hello >hello
rclone copyto hello "s:$bucket/hello"
equal "cat" "$(rclone cat "s:$bucket/hello")" hello
equal "a range" "$(rclone cat --offset 1 --count 3 "s:$bucket/hello")" ell
equal "md5" "$(rclone md5sum "s:$bucket/hello")" "5d41402abc4b2a76b9719d911017c592  hello"
printf piped | rclone rcat "s:$bucket/piped"
equal "a stream of unknown length" "$(rclone cat "s:$bucket/piped")" piped
rclone copyto --metadata --metadata-set owner=me --header-upload "Content-Type: text/x-odd" \
  hello "s:$bucket/with"
rclone lsjson --stat --metadata "s:$bucket/with" >with.json
equal "type" "$(python3 -c 'import json; print(json.load(open("with.json"))["MimeType"])')" text/x-odd
equal "metadata" "$(python3 -c 'import json; print(json.load(open("with.json"))["Metadata"]["owner"])')" me
rclone touch --timestamp 2020-02-03T04:05:06 "s:$bucket/hello"
says '2020-02-03 04:05:06' rclone lsl "s:$bucket/hello"
ok "put, get, range, stream, metadata, type, time"

tree
rclone sync --links=false tree "s:$bucket/tree"
stored tree/ tree
rclone sync "s:$bucket/tree" back
diff -r tree back || fail "the tree came back different"
equal "a second sync" "$(rclone sync --dry-run tree "s:$bucket/tree" 2>&1 | grep -c 'Skipped')" 0
rclone check --download tree "s:$bucket/tree" 2>check.out || fail "check: $(tail -n 3 check.out)"
case $(/usr/bin/python3 "$here/raw.py" "$bucket" etag tree/big.bin) in *-3\") ;; *) fail "big.bin went by 3 parts" ;; esac
ok "200 files and odd names there and back, checked, 12 MB by parts"

rclone copy "s:$bucket/tree" "s:$bucket/copy"
stored copy/ tree
RCLONE_S3_COPY_CUTOFF=5M rclone copyto "s:$bucket/tree/big.bin" "s:$bucket/big.copy"
equal "a copy by parts" "$(rclone cat "s:$bucket/big.copy" | md5sum)" "$(md5sum <tree/big.bin)"
rclone moveto "s:$bucket/big.copy" "s:$bucket/moved"
equal "what moved" "$(rclone lsf --files-only --include "*moved" "s:$bucket")" moved
ok "server-side copy of the tree, of a big one by parts, move"

# rclone shows other names for what no file can be called, and hides what it would have to change.
printf stray >stray
/usr/bin/python3 "$here/raw.py" "$bucket" put stray 'raw/./here' 'raw/../up' $'raw/line\nfeed' $'raw/bell\a' 'raw/d/x' 'raw/d'
rclone lsf -R --files-only "s:$bucket/raw" 2>/dev/null | LC_ALL=C sort >found
printf '%s\n' bell␇ d d/x line␊feed ．/here ．．/up | LC_ALL=C sort | cmp - found || fail "listed: $(cat found)"
equal "a line feed" "$(rclone cat "s:$bucket/raw/line␊feed")" stray
equal "a bell" "$(rclone cat "s:$bucket/raw/bell␇")" stray
printf x | rclone rcat "s:$bucket/sent/up␊down"
equal "as sent" "$(keys sent/)" '"sent/up\ndown"'
ok "line feed and control characters; dots as segments listed"

long=$(printf 'k%.0s' $(seq 1024))
printf long | rclone rcat "s:$bucket/$long"
equal "1,024 bytes" "$(rclone cat "s:$bucket/$long")" long
refused 400 rclone copyto hello "s:$bucket/${long}k"
ok "a key of 1,024 bytes, 1,025 refused"

link=$(rclone link --expire 5m "s:$bucket/hello")
equal "a pre-signed link" "$(curl -sf "$link")" hello
ok "pre-signed link"

head -c 6000000 tree/big.bin >part
rclone --quiet rcat --bwlimit 2M "s:$bucket/given-up" <tree/big.bin 2>/dev/null &
rclone_pid=$!
until [ "$(/usr/bin/python3 "$here/raw.py" "$bucket" uploads)" = given-up ]; do
  kill -0 "$rclone_pid" || fail "the upload ended too soon"
  sleep 0.1
done
kill -9 "$rclone_pid"
{ wait "$rclone_pid" || true; } 2>/dev/null
says given-up rclone backend list-multipart-uploads "s:$bucket"
rclone backend cleanup -o max-age=0s "s:$bucket"
equal "pending uploads" "$(/usr/bin/python3 "$here/raw.py" "$bucket" uploads)" ""
ok "an upload killed in the middle: listed, cleaned up"

rclone mkdir "s:$bucket-other"
refused BucketNotEmpty rclone rmdir "s:$bucket"
rclone delete "s:$bucket/copy"
/usr/bin/python3 "$here/raw.py" "$bucket" delete raw/./here raw/../up
rclone purge "s:$bucket" || fail "left: $(keys '')"
rclone rmdir "s:$bucket-other"
refused "not found" rclone cat "s:$bucket/hello"
ok "delete, purge, bucket removal"
