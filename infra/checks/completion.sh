#!/usr/bin/env bash
# What a real fish offers for words of this program: completion.sh. Needs fish and a built ./millrace.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v fish >/dev/null || {
  printf "completion: there is no fish: 'infra/checks/tools.sh fish' installs it\n" >&2
  exit 1
}
work=$(mktemp -d)
trap 'rm -r -- "${work:?}"' EXIT
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
    printf "completion: after '%s' fish offers '%s', not '%s'\n" "$line" "$found" "$wanted" >&2
    exit 1
  fi
}

expect 'millrace jo' job jobs
expect 'millrace jobs --st' --state
expect 'millrace jobs --state wait' waiting
expect 'millrace init --sample th' thumbnails
expect 'millrace ledger ' checkpoint list prove show verify
expect 'millrace ledger ver' verify
expect 'millrace token ' list revoke
expect 'millrace --' --help --version
expect 'millrace deploy f' function.yaml
expect 'millrace jobs f'
expect 'millrace put x --continue --stall' --stall-timeout
expect 'millrace backup --data h'
printf 'completion: fish offers what the commands take\n'
