# shellcheck shell=bash
# What the checks with parts of Millrace as processes of their own share.
# To be sourced after lib.sh, with `conf` set to the millrace.yaml that they read.

# shellcheck disable=SC2154,SC2034
declare -A pids=()
# upper_function LINE...: writes the function that all of them run; the lines come first in its script.
upper_function() {
  {
    cat <<'EOF'
functions:
  millrace:
    - name: upper
      runner: process
      memory: 64Mi
      timeout: 60s
      script: |
EOF
    printf '        %s\n' "$@" 'tr a-z A-Z < "$INPUT_FILE_PATH" > "$TMP_OUTPUT_DIR/$(basename "$INPUT_FILE_PATH")"'
    cat <<'EOF'
      input:
        - {storage_provider: millrace.default, path: letters/in}
      output:
        - {storage_provider: millrace.default, path: letters/out}
EOF
  } >"$work/function.yaml"
}
# free_port: one that is free now.
free_port() { python3 "$here/free-ports.py"; }
# begin NAME COMMAND...: a process of Millrace under this name.
begin() {
  local name=$1
  shift
  # Here, and not by the process: what one before it said must not count.
  : >"$work/$name.out"
  "$home/millrace" "$@" --config "$conf" >"$work/$name.out" 2>"$work/$name.err" &
  pids[$name]=$!
  started+=("$!")
  err=$work/$name.err
}
is_ready() {
  kill -0 "${pids[$1]}" 2>/dev/null || fail "$1 has ended: $(tail -n 3 "$work/$1.err")"
  grep -q '^ready' "$work/$1.out"
}
await_ready() { until_true 300 "$1 is ready" is_ready "$1"; }
# end NAME SIGNAL
end() {
  kill "-$2" "${pids[$1]}"
  wait "${pids[$1]}" 2>/dev/null || true
  unset "pids[$1]"
}
has_ended() { ! kill -0 "${pids[$1]}" 2>/dev/null; }
drop() {
  printf 'what is in %s\n' "$1" >"$work/$1"
  "$home/millrace" put "$work/$1" s3://letters/in/ --data "$data" >/dev/null
}
state_is() { [ "$(jobs "[j['state'] for j in jobs if j['input']['key'] == 'in/$1']")" = "['$2']" ]; }
attempts_of() { jobs "[j['attempts'] for j in jobs if j['input']['key'] == 'in/$1'][0]"; }
came_out() {
  "$home/millrace" get "s3://letters/out/$1" "$work/$1.got" --data "$data" >/dev/null
  tr a-z A-Z <"$work/$1" | cmp -s - "$work/$1.got" || fail "the output of $1 differs"
}
present() {
  [ "$(api /v1/devices | of_json "len([d for d in it if d['provider'] == '$1' and d['present']])")" -ge 1 ]
}
absent() { ! present "$1"; }
