#!/usr/bin/env bash
# Sends an input of more than 5 GiB, which neither one PUT nor one copy takes, through a function
# that makes an output of more than 5 GiB of it, with a heap of 256 MiB, and compares what comes out
# by hash. Counts how often the bytes were written.
#
#   infra/checks/large.sh         one line a check, exit code 1 at the first that fails
#
# Needs what orders.sh needs, and 24 GiB of disk under TMPDIR. Takes two to four minutes.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"

mib=${MIB:-5223}
size=$((mib << 20))
free=$(($(df --output=avail -B1 "$work" | tail -n 1)))
needed=$((size * 4 + (2 << 30)))
[ "$free" -ge "$needed" ] ||
  fail "no room: this check needs $needed bytes under $work and there are $free; set TMPDIR or MIB"

# The file is mostly hole, with a number in each MiB: pieces in another order have another hash.
python3 - "$work/source" "$mib" <<'EOF'
import sys
with open(sys.argv[1], "wb") as out:
    out.truncate(int(sys.argv[2]) << 20)
    for i in range(int(sys.argv[2])):
        out.seek(i << 20)
        out.write(b"piece %d\n" % i)
EOF
{ cat "$work/source" && echo "the end"; } | sha256sum >"$work/expected" &
hashing=$!

cat >"$work/function.yaml" <<'EOF'
functions:
  millrace:
    - name: large
      runner: process
      memory: 64Mi
      timeout: 30m
      script: |
        cat "$INPUT_FILE_PATH" > "$TMP_OUTPUT_DIR/made"
        echo "the end" >> "$TMP_OUTPUT_DIR/made"
      input:
        - {storage_provider: millrace.default, path: large/in}
      output:
        - {storage_provider: millrace.default, path: large/out}
EOF
echo 'provider: {runners: {process: {allow: [large]}}}' >"$work/config.yaml"

find_aws
export MILLRACE_JAVA_OPTIONS="${MILLRACE_JAVA_OPTIONS:-} -Xmx256m"
start up --config "$work/config.yaml"
"$home/millrace" deploy "$work/function.yaml" --data "$data" >"$work/deploy.out"

# What store, coordinator and provider, one process here, have written to files.
written() { sed -n 's/^write_bytes: //p' "/proc/$pid/io"; }
test_settled() {
  test_succeeded 1 && return
  [ -z "$(jobs "''.join(j['state'] for j in jobs if j['state'] in ('dead', 'refused'))")" ] ||
    fail "the job did not succeed: $(jobs jobs)"
  return 1
}

before=$(written)
"$home/millrace" put "$work/source" s3://large/in/huge --data "$data" >"$work/put.out"
put=$(written)
ok "an input of $size bytes is put in parts"

until_true 600 "the job succeeds" test_settled
ran=$(written)
wait "$hashing"
ok "its job succeeds with a heap of 256 MiB"

"$home/millrace" get s3://large/out/made - --data "$data" | sha256sum >"$work/found"
cmp "$work/expected" "$work/found" || fail "the output has another hash"
ok "the output of $((size + 8)) bytes has the hash that it should have"

tenths() { echo $((($1 * 10 + size / 2) / size)); }
staged=$(tenths $((ran - put)))
# Once to the provider's disk and once into the output's store. Publishing it costs no byte.
[ "$staged" -le 21 ] || fail "the job's bytes were written $staged/10 times, which should be twice"
ok "written $(tenths $((put - before)))/10 times by the upload and $staged/10 times by the job"

left=$("$aws" s3api list-multipart-uploads --bucket large --query 'length(Uploads || `[]`)')
[ "$left" = 0 ] || fail "$left uploads in parts were left behind"
ok "no upload in parts is left"
stop
finished
