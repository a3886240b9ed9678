#!/usr/bin/env bash
# The store by MinIO's client. MC names the program; Debian's mc is another one.
set -euo pipefail
client=mc
. "$(dirname "$0")/lib.sh"
mc=${MC:-${MILLRACE_TOOLS:-$HOME/.cache/millrace-tools/bin}/mc}
export MC_CONFIG_DIR=$work/config MC_HOST_s=$scheme://$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY@$host
export MC_DISABLE_PAGER=1 MC_NO_COLOR=1
says MinIO "$mc" --version
mc() { "$mc" --quiet "$@"; }

mc mb "s/$bucket" >/dev/null
says "$bucket/" mc ls s
mc mb --ignore-existing "s/$bucket" >/dev/null
ok "bucket: make, list"

printf hello >hello
mc cp --attr 'owner=me;Cache-Control=no-cache' --tags 'a=b&c=d' hello "s/$bucket/hello" >/dev/null
equal "cat" "$(mc cat "s/$bucket/hello")" hello
equal "from an offset" "$(mc cat --offset 3 "s/$bucket/hello")" lo
equal "head" "$(printf 'one\ntwo\n' | mc pipe "s/$bucket/lines" >/dev/null && mc head -n 1 "s/$bucket/lines")" one
mc stat --json "s/$bucket/hello" >stat.json
field() { python3 -c 'import json, sys; print(eval(sys.argv[1], {"it": json.load(open("stat.json"))}))' "$1"; }
equal "etag" "$(field 'it["etag"]')" 5d41402abc4b2a76b9719d911017c592
equal "metadata" "$(field '{k.lower(): v for k, v in it["metadata"].items()}["x-amz-meta-owner"]')" me
says b mc tag list "s/$bucket/hello"
mc tag set "s/$bucket/hello" 'key=v w' >/dev/null
says 'v w' mc tag list "s/$bucket/hello"
mc tag remove "s/$bucket/hello" >/dev/null
for sum in CRC32 CRC32C SHA1 SHA256 CRC64NVME; do
  mc put --checksum "$sum" hello "s/$bucket/sum-$sum" >/dev/null 2>&1 \
    || mc cp --checksum "$sum" hello "s/$bucket/sum-$sum" >/dev/null || fail "checksum $sum"
done
ok "put, get, offset, pipe, metadata, tags, every checksum"

tree
mc mirror tree "s/$bucket/tree" >/dev/null
stored tree/ tree
mc mirror "s/$bucket/tree" back >/dev/null
diff -r tree back || fail "the tree came back different"
equal "what differs" "$(mc diff tree "s/$bucket/tree")" ""
case $(/usr/bin/python3 "$here/raw.py" "$bucket" etag tree/big.bin) in *-*\") ;; *) echo "   big.bin went in one piece" ;; esac
equal "a list" "$(mc ls --recursive --json "s/$bucket/tree" | wc -l)" "$(find tree -type f | wc -l)"
equal "found" "$(mc find "s/$bucket/tree" --name 'big.*')" "s/$bucket/tree/big.bin"
says "$(find tree -type f | wc -l) objects" mc du "s/$bucket/tree"
rm -r tree/odd
mc mirror --remove --overwrite tree "s/$bucket/tree" >/dev/null
stored tree/ tree
ok "200 files and odd names there and back, compared, what is gone removed"

mc cp --recursive "s/$bucket/tree/" "s/$bucket/copy/" >/dev/null
stored copy/ tree
head -c 70000000 /dev/zero >big
mc put --part-size 6MiB --parallel 4 big "s/$bucket/big" >/dev/null
case $(/usr/bin/python3 "$here/raw.py" "$bucket" etag big) in *-12\") ;; *) fail "12 parts" ;; esac
mc mv "s/$bucket/big" "s/$bucket/moved" >/dev/null
mc cat "s/$bucket/moved" | cmp - big
ok "server-side copy of the tree, 70 MB by parts, move"

/usr/bin/python3 "$here/raw.py" "$bucket" put hello 'raw/d' 'raw/d/x' 'raw/a b+c' 'raw/folder/' 'raw/50%/é?#&"<'
mc ls --recursive --json "s/$bucket/raw/" | python3 -c 'import json, sys
for line in sys.stdin: print(json.loads(line)["key"])' | LC_ALL=C sort >found
printf '%s\n' '50%/é?#&"<' 'a b+c' d d/x folder/ | LC_ALL=C sort | cmp - found || fail "listed keys: $(cat found)"
equal "50%" "$(mc cat "s/$bucket/raw/50%/é?#&\"<")" hello
long=$(printf 'k%.0s' $(seq 1024))
mc pipe "s/$bucket/$long" <hello >/dev/null
equal "1,024 bytes" "$(mc cat "s/$bucket/$long")" hello
refused . mc pipe "s/$bucket/${long}k" </dev/null
ok "odd keys, a key of 1,024 bytes, 1,025 refused"

get=$(mc share download --json --expire 5m "s/$bucket/hello" | python3 -c 'import json, sys; print(json.load(sys.stdin)["share"])')
equal "a pre-signed download" "$(curl -sf "$get")" hello
ok "pre-signed download"

upload=$(/usr/bin/python3 "$here/raw.py" "$bucket" begin given-up)
[ -n "$upload" ]
says given-up mc ls --incomplete "s/$bucket"
mc rm --incomplete --recursive --force "s/$bucket" >/dev/null
equal "pending uploads" "$(/usr/bin/python3 "$here/raw.py" "$bucket" uploads)" ""
ok "an upload given up: listed and removed"

refused 'not empty' mc rb "s/$bucket"
mc rm "s/$bucket/hello" >/dev/null
refused 'does not exist' mc stat "s/$bucket/hello"
mc rm --recursive --force "s/$bucket/" >/dev/null
equal "nothing left" "$(keys '')" ""
mc rb "s/$bucket" >/dev/null
ok "delete, batch delete, bucket removal"
