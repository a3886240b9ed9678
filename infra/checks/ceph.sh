#!/usr/bin/env bash
# The whole path on a real Ceph RADOS gateway: input and output buckets lie there, its push
# notifications alone trigger.
#
#   infra/checks/ceph.sh          one line a check, exit code 1 at the first that fails
#
# Needs root, what orders.sh needs, and tools.sh ceph. Takes one to two minutes once Millrace is
# built.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)
# shellcheck source=infra/checks/lib.sh
. "$here/lib.sh"
# shellcheck source=infra/checks/notices.sh
. "$here/notices.sh"
store=ceph.default
server=$work/ceph

# The sheet's commands as they are, with the owner's keys.
set_up() {
  sed -n '/^  aws /,$ {/^  /p}' "$1" | sed "s|\baws |at_ceph |" >"$work/commands"
  grep -q 'put-bucket-notification-configuration' "$work/commands" || fail "no command for the bucket"
  # shellcheck source=/dev/null
  . "$work/commands" >"$work/aws.out" 2>&1 || fail "$(cat "$work/commands" "$work/aws.out")"
}
# As a user types it: the endpoint is in the command.
at_ceph() {
  (
    unset AWS_ENDPOINT_URL_S3
    export AWS_ACCESS_KEY_ID=$access_key AWS_SECRET_ACCESS_KEY=$secret_key
    export AWS_DEFAULT_REGION=$region AWS_CONFIG_FILE=$work/aws.config
    "$aws" "$@"
  )
}
topic() { printf '{"Id":"%s","TopicArn":"arn:aws:sns:default::%s","Events":["s3:ObjectCreated:*"]}' "$1" "$1"; }
notifications() {
  at_store s3api put-bucket-notification-configuration --bucket "$1" \
    --notification-configuration "{\"TopicConfigurations\":[$2]}"
}
record() {
  at_store sns create-topic --name recorder \
    --attributes "{\"push-endpoint\":\"http://127.0.0.1:$1/\"}" >/dev/null
  notifications letters "$(topic millrace),$(topic recorder)"
}
tell_of() { notifications "$1" "$(topic millrace)"; }

find_aws
trap '"$here/ceph-server.sh" stop "$server" || true; tidy' EXIT
"$here/ceph-server.sh" start "$server"
. "$server/env"
ok "Ceph serves: $(ceph --version)"

whole_path in/plain.txt 'in/with space.txt' 'in/plus+plus.txt' 'in/per%cent%20.txt' \
  'in/ünï 日本.txt' 'in/deep/er/still/d.txt' 'in/q?#&=;,.txt' in/a//b.txt
finished
