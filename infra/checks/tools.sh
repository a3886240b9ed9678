#!/usr/bin/env bash
# Installs what the checks need and the machine lacks: tools.sh NAME..., where a name is one of
#   engine-old  Debian's Docker Engine 20.10 with its containerd and runc
#   engine-new  a current Docker Engine and runc, beside Debian's containerd
#   registry    Debian's docker-registry, for images on loopback
#   images      what builds images where no registry is reachable
#   minio, mc   the MinIO server and its client
#   ceph        the daemons of one Ceph RADOS gateway on one host
#   fish, zsh   the shells, for their completions
#   clients     rclone, s3cmd, s3fs and Debian's boto3
# Programs that are built here lie in $MILLRACE_TOOLS, by default ~/.cache/millrace-tools/bin. What is
# there already is not installed again; every version is pinned, here or by the Debian release.
set -euo pipefail
tools=${MILLRACE_TOOLS:-$HOME/.cache/millrace-tools/bin}
export DEBIAN_FRONTEND=noninteractive
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
wanted=()
builds=()

fail() {
  printf 'tools: %s\n' "$1" >&2
  exit 1
}

# debian PROGRAM PACKAGE...: the packages are wanted, when the program is not there.
debian() {
  local program=$1
  shift
  command -v "$program" >/dev/null 2>&1 || [ -e "$program" ] || wanted+=("$@")
}

# All at once: the lists of packages are read once.
install() {
  [ "${#wanted[@]}" -gt 0 ] || return 0
  $sudo apt-get update -q
  # A service that a package brings must not start by itself: the checks start their own.
  local held=
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee /usr/sbin/policy-rc.d >/dev/null
    $sudo chmod +x /usr/sbin/policy-rc.d
    held=yes
  fi
  $sudo apt-get install -q -y --no-install-recommends "${wanted[@]}"
  [ -z "$held" ] || $sudo rm /usr/sbin/policy-rc.d
}

# built PROGRAM MODULE@VERSION [OPTION...]: to be built by the Go tools, when it is not there.
built() { [ -x "$tools/$1" ] || builds+=("$*"); }

build() {
  local program=$1 module=$2
  shift 2
  command -v go >/dev/null || fail "$program is built with Go 1.26, which is not on the path"
  mkdir -p "$tools"
  GOBIN=$tools go install "$@" "$module"
}

for name in "$@"; do
  case $name in
    fish) debian fish fish ;;
    zsh) debian zsh zsh ;;
    engine-old) debian /usr/sbin/dockerd docker.io containerd runc ;;
    engine-new)
      debian /usr/bin/containerd containerd
      debian /usr/include/seccomp.h libseccomp-dev pkg-config
      built dockerd github.com/moby/moby/v2/cmd/dockerd@v2.0.0-beta.24
      built runc github.com/opencontainers/runc@v1.5.2 -tags seccomp
      ;;
    registry) debian docker-registry docker-registry ;;
    images) debian mmdebstrap mmdebstrap ;;
    minio) built minio github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c ;;
    mc) built mc github.com/minio/mc@v0.0.0-20250313080218-cf909e1063a9 ;;
    ceph) debian radosgw radosgw ceph-osd ceph-mon ceph-mgr ceph-common ;;
    clients)
      debian rclone rclone
      debian s3cmd s3cmd
      debian s3fs s3fs
      debian /usr/lib/python3/dist-packages/boto3 python3-boto3
      ;;
    *) fail "there is no '$name': $(sed -n '3,10s/^#   \([a-z, -]*[a-z]\)  .*/\1/p' "$0" | tr '\n' ' ')" ;;
  esac
done
install
for each in "${builds[@]}"; do
  # shellcheck disable=SC2086 # the words of one build
  build $each
done
