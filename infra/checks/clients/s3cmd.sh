#!/usr/bin/env bash
# The store by s3cmd.
set -euo pipefail
client=s3cmd
. "$(dirname "$0")/lib.sh"
cat >s3cfg <<END
[default]
access_key = $AWS_ACCESS_KEY_ID
secret_key = $AWS_SECRET_ACCESS_KEY
host_base = $host
host_bucket = $host
bucket_location = us-east-1
use_https = $([ "$scheme" = https ] && echo True || echo False)
multipart_chunk_size_mb = 5
END
s3() { s3cmd -c "$work/s3cfg" --no-progress "$@"; }

s3 mb "s3://$bucket" >/dev/null
says "s3://$bucket\$" s3 ls
says 'Location: *us-east-1' s3 info "s3://$bucket"
ok "bucket: make, list, info"

printf hello >hello
s3 put --mime-type=text/x-odd --add-header=x-amz-meta-owner:me hello "s3://$bucket/hello" >/dev/null
s3 get --force "s3://$bucket/hello" got >/dev/null
cmp got hello
s3 info "s3://$bucket/hello" >info
grep -q 'MIME type: *text/x-odd' info || fail "type"
grep -q 'x-amz-meta-owner: *me' info || fail "metadata"
grep -q 'MD5 sum: *5d41402abc4b2a76b9719d911017c592' info || fail "md5"
printf hel >begun
s3 get --continue "s3://$bucket/hello" begun >/dev/null
cmp begun hello
printf piped | s3 put - "s3://$bucket/piped" >/dev/null
equal "a stream" "$(s3 get "s3://$bucket/piped" - 2>/dev/null)" piped
s3 modify --add-header=x-amz-meta-owner:you "s3://$bucket/hello" >/dev/null
says 'x-amz-meta-owner: *you' s3 info "s3://$bucket/hello"
ok "put, get, resume by a range, stream, metadata, type"

tree
s3 sync tree/ "s3://$bucket/tree/" >/dev/null
stored tree/ tree
mkdir back
s3 sync "s3://$bucket/tree/" back/ >/dev/null
diff -r tree back || fail "the tree came back different"
equal "a second sync" "$(s3 sync tree/ "s3://$bucket/tree/" 2>&1 | grep -c '^upload')" 0
case $(/usr/bin/python3 "$here/raw.py" "$bucket" etag tree/big.bin) in *-3\") ;; *) fail "3 parts" ;; esac
says "DIR  s3://$bucket/tree/odd/" s3 ls "s3://$bucket/tree/"
equal "a list" "$(s3 ls --recursive "s3://$bucket/tree/" | wc -l)" "$(find tree -type f | wc -l)"
ok "200 files and odd names there and back, 12 MB by parts"

s3 cp --recursive "s3://$bucket/tree/" "s3://$bucket/copy/" >/dev/null
stored copy/ tree
s3 mv "s3://$bucket/copy/big.bin" "s3://$bucket/moved" >/dev/null
s3 get "s3://$bucket/moved" - 2>/dev/null | cmp - tree/big.bin
ok "server-side copy of the tree, of a big one by parts, move"

/usr/bin/python3 "$here/raw.py" "$bucket" put hello 'raw/a//b' 'raw/./x' 'raw/../y' raw/d raw/d/x raw/folder/
s3 ls --recursive "s3://$bucket/raw/" | sed "s|.*s3://$bucket/raw/||" | LC_ALL=C sort >found
printf '%s\n' a//b ./x ../y d d/x folder/ | LC_ALL=C sort | cmp - found || fail "keys that are no paths"
for key in 'a//b' './x' '../y' 'd' 'd/x'; do equal "$key" "$(s3 get "s3://$bucket/raw/$key" - 2>/dev/null)" hello; done
s3 put hello "s3://$bucket/put/./a//b" >/dev/null
equal "as sent" "$(keys put/)" '"put/./a//b"'
long=$(printf 'k%.0s' $(seq 1024))
s3 put hello "s3://$bucket/$long" >/dev/null
equal "1,024 bytes" "$(s3 get "s3://$bucket/$long" - 2>/dev/null)" hello
refused KeyTooLong s3 put hello "s3://$bucket/${long}k"
ok "keys that are no paths, a key of 1,024 bytes, 1,025 refused"

timeout 60 s3cmd -c s3cfg --no-progress --limit-rate=2m put tree/big.bin "s3://$bucket/given-up" >/dev/null 2>&1 &
put=$!
until [ "$(/usr/bin/python3 "$here/raw.py" "$bucket" uploads)" = given-up ]; do
  kill -0 "$put" || fail "the upload ended too soon"
  sleep 0.1
done
kill "$put" && wait "$put" || true
upload=$(s3 multipart "s3://$bucket" | sed -n "s|.*s3://$bucket/given-up\t||p")
s3 listmp "s3://$bucket/given-up" "$upload" >/dev/null || fail "its parts are listed"
s3 put --upload-id="$upload" tree/big.bin "s3://$bucket/given-up" >/dev/null
s3 get "s3://$bucket/given-up" - 2>/dev/null | cmp - tree/big.bin
upload=$(/usr/bin/python3 "$here/raw.py" "$bucket" begin aborted)
s3 abortmp "s3://$bucket/aborted" "$upload" >/dev/null
equal "pending uploads" "$(/usr/bin/python3 "$here/raw.py" "$bucket" uploads)" ""
ok "an upload broken off: listed, its parts listed, resumed; another aborted"

equal "a pre-signed URL" "$(curl -sf "$(s3 signurl "s3://$bucket/hello" +300)")" hello
s3 rm "s3://$bucket/hello" >/dev/null
refused 404 s3 info "s3://$bucket/hello"
refused BucketNotEmpty s3 rb "s3://$bucket"
s3 del --recursive --force "s3://$bucket/" >/dev/null
equal "nothing left" "$(keys '')" ""
s3 rb "s3://$bucket" >/dev/null
ok "delete, batch delete, bucket removal"
