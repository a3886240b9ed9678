#!/usr/bin/env bash
# A Ceph RADOS gateway of the checks' own on this host, on loopback, in memory, as root:
#   ceph-server.sh start FOLDER   starts one that outlives this script; writes FOLDER/env
#   ceph-server.sh stop FOLDER    ends it
# FOLDER/env, for a shell to read, says where it answers and with which keys: endpoint, region,
# access_key, secret_key. One monitor, one OSD with memstore, one gateway. Install it with tools.sh.
set -euo pipefail

fail() {
  printf 'ceph-server: %s\n' "$1" >&2
  [ -z "${folder:-}" ] || tail -n 5 "$folder"/log/* >&2 || true
  exit 1
}

free_ports() { python3 "$(dirname "$0")/free-ports.py" "$1"; }

# Until a daemon answers, or a minute is over.
asked() {
  local until=$((SECONDS + 60)) what=$1
  shift
  until timeout 20 "$@" >"$folder/out" 2>&1; do
    [ "$SECONDS" -lt "$until" ] || fail "$what: $(tail -n 3 "$folder/out")"
    sleep 0.3
  done
}

configuration() {
  cat <<EOF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = [v2:127.0.0.1:$1,v1:127.0.0.1:$2]
mon initial members = a
public network = 127.0.0.0/8
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = $folder/keyring
run dir = $folder/run
admin socket = $folder/run/\$name.asok
pid file = $folder/run/\$name.pid
log file = $folder/log/\$name.log
mon data = $folder/mon.\$id
mon data avail warn = 1
mon data avail crit = 1
mon allow pool size one = true
mon max pg per osd = 1000
osd data = $folder/osd.\$id
osd objectstore = memstore
memstore device bytes = 2147483648
osd memory target = 939524096
osd class load list = *
osd class default list = *
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:$3
rgw enable apis = s3, admin, notifications, pubsub
rgw data = $folder/rgw
EOF
}

keys() {
  local made=$folder/keyring
  ceph-authtool --create-keyring "$made" --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool "$made" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' \
    --cap mgr 'allow *'
  ceph-authtool "$made" --gen-key -n client.rgw.a --cap mon 'allow rwx' --cap osd 'allow rwx'
  ceph-authtool "$made" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
}

start() {
  command -v radosgw >/dev/null && command -v ceph-osd >/dev/null || fail "run tools.sh ceph"
  [ "$(id -u)" -eq 0 ] || fail "Ceph's daemons need root"
  mkdir -p "$folder"/{mon.a,osd.0,run,log,rgw}
  local ports uuid
  read -r -a ports < <(free_ports 3)
  export CEPH_CONF=$folder/ceph.conf
  configuration "${ports[@]}" >"$CEPH_CONF"
  {
    keys
    monmaptool --create --clobber --fsid "$(sed -n 's/^fsid = //p' "$CEPH_CONF")" \
      --addv a "[v2:127.0.0.1:${ports[0]},v1:127.0.0.1:${ports[1]}]" "$folder/monmap"
    ceph-mon --mkfs -i a --monmap "$folder/monmap" --keyring "$folder/keyring"
    ceph-mon -i a
  } >"$folder/out" 2>&1 || fail "the monitor did not start: $(tail -n 3 "$folder/out")"
  asked "the monitor does not answer" ceph auth import -i "$folder/keyring"
  uuid=$(cat /proc/sys/kernel/random/uuid)
  asked "no place for an OSD" ceph osd new "$uuid" 0
  {
    ceph-osd -i 0 --mkfs --osd-uuid "$uuid"
    ceph-osd -i 0
  } >"$folder/out" 2>&1 || fail "the OSD did not start: $(tail -n 3 "$folder/out")"
  asked "the OSD has no place" ceph osd crush add osd.0 1.0 root=default host=localhost
  asked "the OSD is not up" sh -c 'ceph osd stat | grep -q "1 up"'
  radosgw -n client.rgw.a >"$folder/out" 2>&1 || fail "the gateway did not start"
  asked "the gateway does not answer" curl -sf "http://127.0.0.1:${ports[2]}/"
  local access_key=millracecheck secret_key
  secret_key=$(python3 -c 'import secrets; print(secrets.token_hex(16))')
  asked "no user" radosgw-admin user create --uid check --display-name check \
    --access-key "$access_key" --secret-key "$secret_key"
  cat >"$folder/env" <<EOF
endpoint=http://127.0.0.1:${ports[2]}
region=default
access_key=$access_key
secret_key=$secret_key
EOF
}

stop() {
  local file pid until=$((SECONDS + 30))
  for file in "$folder"/run/client.rgw.a.pid "$folder"/run/osd.0.pid "$folder"/run/mon.a.pid; do
    [ -r "$file" ] || continue
    pid=$(cat "$file")
    kill "$pid" 2>/dev/null || continue
    while kill -0 "$pid" 2>/dev/null; do
      # Nothing of it is to be kept: it lies in memory.
      [ "$SECONDS" -lt "$until" ] || kill -9 "$pid" 2>/dev/null || true
      sleep 0.1
    done
  done
}

case ${1:-} in
  start) folder=$(mkdir -p "$2" && cd "$2" && pwd) && start ;;
  stop) folder=$(cd "$2" && pwd) && stop ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
