#!/usr/bin/env bash
# What real shells offer for words of this program: completion.sh. What fish offers is asked of it; in
# bash, zsh and fish TAB is pressed behind the beginnings of names that a coordinator here knows.
# Needs bash, zsh, fish, Python 3 and a built ./millrace.
set -euo pipefail
cd "$(dirname "$0")/../.."
for shell in zsh fish; do
  command -v "$shell" >/dev/null || {
    printf "completion: there is no %s: 'infra/checks/tools.sh %s' installs it\n" "$shell" "$shell" >&2
    exit 1
  }
done
export MILLRACE_NO_BUILD=1
work=$(mktemp -d)
up=
tidy() {
  if [ -n "$up" ]; then
    kill "$up" 2>/dev/null || true
    wait "$up" 2>/dev/null || true
  fi
  rm -r -- "${work:?}"
}
trap tidy EXIT
trap 'exit 130' INT TERM
fail() {
  printf 'completion: %s\n' "$1" >&2
  exit 1
}
./millrace completion fish >"$work/millrace.fish"
mkdir "$work/here"
touch "$work/here/function.yaml"

# offers LINE: the words alone, without what they mean.
offers() {
  (cd "$work/here" && fish --no-config -c "source ../millrace.fish; complete -C '$1'") | cut -f 1
}

# expect LINE WORD...: these and no others.
expect() {
  local line=$1 found wanted
  shift
  found=$(offers "$line" | sort | tr '\n' ' ')
  wanted=$([ $# -eq 0 ] || printf '%s\n' "$@" | sort | tr '\n' ' ')
  if [ "$found" != "$wanted" ]; then
    fail "after '$line' fish offers '$found', not '$wanted'"
  fi
}

expect 'millrace jo' job jobs
expect 'millrace jobs --st' --state
expect 'millrace jobs --state wait' waiting
expect 'millrace init --sample th' thumbnails
expect 'millrace ledger ' checkpoint key list prove show verify
expect 'millrace ledger ver' verify
expect 'millrace token ' list revoke
expect 'millrace --' --help --version
expect 'millrace deploy f' function.yaml
expect 'millrace jobs f'
expect 'millrace put x --continue --stall' --stall-timeout
expect 'millrace backup --data h'
expect 'millrace get s3://qu'
printf 'completion: fish offers what the commands take\n'

# Names that a coordinator knows, with what a shell or readline takes for something else.
root=$PWD
PATH=$root:$PATH
./millrace completion bash >"$work/millrace.bash"
cd "$work/here"
[ -z "$(millrace offer -- get s3:// 2>&1)" ] || fail "without a coordinator something is offered, or said"
"$root/millrace" up --port 0 --store-port 0 >"$work/up.log" 2>&1 &
up=$!
for ((tries = 0; tries < 240; tries++)); do
  ! grep -q '^ready' "$work/up.log" || break
  kill -0 "$up" 2>/dev/null || fail "up did not start: $(cat "$work/up.log")"
  sleep 0.5
done
printf 'x\n' >x
mkdir keys
# shellcheck disable=SC2016 # a key with a dollar in it
for key in 'a b.fa' 'day=1' 't:1' 'c$d' 'e$(touch PWNED)' '日本.fa'; do cp x "keys/$key"; done
millrace put keys s3://queries/in/ >/dev/null 2>&1
millrace put x s3://results/x >/dev/null 2>&1
cat >named.yaml <<'FDL'
functions:
  millrace:
  - {name: shrink, runner: process, script: "true\n", input: [{path: shrink/in}], output: [{path: shrink/out}]}
FDL
millrace deploy named.yaml >/dev/null 2>&1

# In quotes a shell does what some names say: bash, which puts them there as they are, offers those not.
# shellcheck disable=SC2016
bash -c '
  source "$1" && single=$2
  _millrace_offer() { printf "s3://q/in/c%s\n" "\$(touch PWNED)" "\`id\`" \" "$single" !! "\\" " d"; }
  for typed in \"s3://q/in/c "$single"s3://q/in/c; do
    COMP_LINE="millrace get $typed" COMP_POINT=$((13 + ${#typed})) COMP_CWORD=2
    COMP_WORDS=(millrace get "$typed")
    _millrace_words millrace
    [ "${#COMPREPLY[@]} $COMPREPLY" = "1 s3://q/in/c d" ] || exit 1
  done' - "$work/millrace.bash" "'" || fail "in quotes bash offers what a shell would run"

# pressed SHELL SCRIPT: every beginning completed, as the shell would run it. On a busy machine a name may
# come too late: then TAB is pressed once more.
# shellcheck disable=SC2016
lines=('millrace get s3://que' 'millrace get s3://queries/in/a' 'millrace ls s3://queries/in/day='
  'millrace explain s3://queries/in/t:' 'millrace explain s3://queries/in/c' 'millrace put x s3://res'
  'millrace get s3://queries/in/日' 'millrace get "s3://queries/in/a'
  'millrace explain s3://queries/in/e' 'millrace remove '
  'millrace get s3://results/x --of s3://que' 'millrace remove shr' 'millrace put function.y'
  'millrace jobs --sta' 'millrace get s3://nosuch')
# shellcheck disable=SC2016
wanted=('s3://queries/' 's3://queries/in/a b.fa' 's3://queries/in/day=1'
  's3://queries/in/t:1' 's3://queries/in/c$d' 's3://results/'
  's3://queries/in/日本.fa' 's3://queries/in/a b.fa'
  's3://queries/in/e$(touch PWNED)' 'shrink'
  's3://queries/' 'shrink' 'function.yaml'
  '--state' 's3://nosuch')
pressed() {
  local shell=$1 script=$2 left found number tries
  left=("${!lines[@]}")
  for ((tries = 0; tries < 4 && ${#left[@]} > 0; tries++)); do
    local now=() still=()
    for number in "${left[@]}"; do now+=("${lines[number]}"); done
    python3 "$root/infra/checks/tab.py" "$shell" "$script" "${now[@]}" >"$work/pressed"
    for number in "${left[@]}"; do
      found=
      while IFS= read -r word && [ -n "$word" ]; do found=$word; done
      [ "$found" = "${wanted[number]}" ] || still+=("$number")
      last[number]=$found
    done <"$work/pressed"
    left=("${still[@]}")
  done
  [ ${#left[@]} -eq 0 ] || fail "$shell makes '${last[${left[0]}]}' of '${lines[${left[0]}]}', not '${wanted[${left[0]}]}'"
  printf 'completion: %s completes names that the coordinator knows\n' "$shell"
}
declare -a last
pressed bash "$work/millrace.bash"
pressed zsh "$work/millrace.bash"
pressed fish "$work/millrace.fish"
[ ! -e PWNED ] || fail "a shell ran what a key says"
