# shellcheck shell=bash
# A store in a process of its own for one check: to be sourced with `here` and `home` set. It listens on a
# free port of this machine, and ends with the script that sourced this.
# Sets work, and for the last store that was started: store (its process id), folder, ENDPOINT and the
# AWS keys.

work=$(mktemp -d "${TMPDIR:-/tmp}/millrace-store.XXXXXX")
stores=()
end_store() {
  local code=$? each
  for each in "${stores[@]}"; do
    kill "$each" 2>/dev/null || true
    wait "$each" 2>/dev/null || true
  done
  [ "$code" -eq 0 ] || tail -n 20 "$work"/store*.log >&2 || true
  rm -rf "$work"
}
trap end_store EXIT
trap 'exit 130' INT TERM

find_java() {
  local each
  for each in "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    if [ -r "$each/release" ] && grep -q '^JAVA_VERSION="25' "$each/release"; then
      echo "$each/bin/java"
      return
    fi
  done
  echo "no JDK 25 under /usr/lib/jvm or in JAVA_HOME" >&2
  return 1
}

# start_store [OPTION...]: with 128 MiB of heap; OPTIONs are the store's own.
start_store() {
  local java
  java=$(find_java)
  folder=$work/store${#stores[@]}
  "$java" -Xmx128m --enable-native-access=ALL-UNNAMED -cp "$home/orch-gpu/target/lib/*" \
    dev.millrace.triggers.embedded.StoreMain "$folder" 0 "$@" >"$folder.log" 2>&1 &
  store=$!
  stores+=("$store")
  until grep -q "^store ready at" "$folder.log" 2>/dev/null; do
    kill -0 "$store" 2>/dev/null || { echo "the store has ended" >&2; return 1; }
    sleep 0.1
  done
  ENDPOINT=$(sed -n 's/^store ready at //p' "$folder.log")
  AWS_ACCESS_KEY_ID=$(sed -n 's/^aws_access_key_id = //p' "$folder/access-keys")
  AWS_SECRET_ACCESS_KEY=$(sed -n 's/^aws_secret_access_key = //p' "$folder/access-keys")
  export ENDPOINT AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
  # Settings of whoever calls must not reach the clients.
  unset AWS_CA_BUNDLE AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_SESSION_TOKEN AWS_REGION
  export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
}
