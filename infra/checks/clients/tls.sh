#!/usr/bin/env bash
# Each client once against a store with a certificate of its own, which each is told to trust in its way.
# CERTIFICATE is the store's; PYTHON has the newest boto3. Debian's s3fs trusts the system's folder of
# certificates alone: it is seen to refuse this one, and is told not to look.
set -euo pipefail
client=tls
. "$(dirname "$0")/lib.sh"
: "${CERTIFICATE:?is not set}"
[ "$scheme" = https ] || fail "$ENDPOINT is not by TLS"
head -c 6000000 /dev/urandom >file

curl -sf --cacert "$CERTIFICATE" "$ENDPOINT/" -o /dev/null || [ $? -eq 22 ] || fail "curl"
refused '' curl -sS "$ENDPOINT/"
ok "curl"

for python in /usr/bin/python3 "${PYTHON:-python3}"; do
  export AWS_CA_BUNDLE=$CERTIFICATE
  "$python" "$here/raw.py" "$bucket-py" make
  "$python" "$here/raw.py" "$bucket-py" put file one/two 'ü +'
  "$python" "$here/raw.py" "$bucket-py" cat 'ü +' | cmp - file
  "$python" "$here/raw.py" "$bucket-py" empty
  unset AWS_CA_BUNDLE
  refused CERTIFICATE_VERIFY_FAILED "$python" "$here/raw.py" "$bucket-py" make
done
ok "boto3, old and new"

aws() { "${AWS:-aws}" --endpoint-url "$ENDPOINT" "$@"; }
export AWS_DEFAULT_REGION=us-east-1
aws --ca-bundle "$CERTIFICATE" s3 mb "s3://$bucket" >/dev/null
aws --ca-bundle "$CERTIFICATE" s3 cp --quiet file "s3://$bucket/aws"
ok "aws cli"

export RCLONE_CONFIG=$work/rclone.conf RCLONE_RETRIES=1 RCLONE_LOW_LEVEL_RETRIES=1
touch rclone.conf
rclone() {
  command rclone --s3-provider Other --s3-endpoint "$ENDPOINT" --s3-region us-east-1 \
    --s3-access-key-id "$AWS_ACCESS_KEY_ID" --s3-secret-access-key "$AWS_SECRET_ACCESS_KEY" "$@"
}
refused certificate rclone lsd :s3:
rclone --ca-cert "$CERTIFICATE" copyto file ":s3:$bucket/rclone"
rclone --ca-cert "$CERTIFICATE" cat ":s3:$bucket/aws" | cmp - file
ok "rclone"

s3() {
  s3cmd --access_key="$AWS_ACCESS_KEY_ID" --secret_key="$AWS_SECRET_ACCESS_KEY" --host="$host" \
    --host-bucket="$host" --region=us-east-1 --no-progress "$@"
}
s3 --ca-certs="$CERTIFICATE" put file "s3://$bucket/s3cmd" >/dev/null
s3 --ca-certs="$CERTIFICATE" get "s3://$bucket/rclone" - 2>/dev/null | cmp - file
ok "s3cmd"

mc=${MC:-${MILLRACE_TOOLS:-$HOME/.cache/millrace-tools/bin}/mc}
export MC_CONFIG_DIR=$work/mc MC_HOST_s=https://$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY@$host
mkdir -p mc/certs/CAs
cp "$CERTIFICATE" mc/certs/CAs/store.crt
"$mc" --quiet cp file "s/$bucket/mc" >/dev/null
"$mc" --quiet cat "s/$bucket/s3cmd" | cmp - file
ok "mc"

printf '%s:%s' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" >passwd
chmod 600 passwd
mkdir mount
mounted() {
  s3fs "$bucket" mount -f -o passwd_file="$work/passwd" -o url="$ENDPOINT" -o use_path_request_style \
    -o retries=1 -o dbglevel=err "$@"
}
mounted >s3fs.log 2>&1 || true
grep -q CURLE_SSL_CACERT s3fs.log || fail "s3fs took an unknown certificate"
mounted -o no_check_certificate >s3fs.log 2>&1 &
s3fs_pid=$!
unmount() {
  cd /
  fusermount -u "$work/mount" 2>/dev/null || umount "$work/mount" 2>/dev/null || true
  kill "$s3fs_pid" 2>/dev/null || true
  wait "$s3fs_pid" 2>/dev/null || true
  tidy
}
trap unmount EXIT
until mountpoint -q mount; do
  kill -0 "$s3fs_pid" 2>/dev/null || fail "s3fs has ended: $(tail -n 5 s3fs.log)"
  sleep 0.1
done
cmp mount/mc file
cp file mount/s3fs
cmp mount/s3fs file
ok "s3fs, without a look at the certificate"
