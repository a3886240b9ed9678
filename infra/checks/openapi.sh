#!/usr/bin/env bash
# Holds docs/openapi.json against the OpenAPI 3.1 specification, by a validator of others.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements-openapi.txt"
check() { "$work/venv/bin/openapi-spec-validator" --schema 3.1 "$1"; }

check "$here/../../docs/openapi.json"

# A check that cannot fail is none: the same document without its title is refused.
sed '0,/"title"/s//"titel"/' "$here/../../docs/openapi.json" > "$work/broken.json"
if check "$work/broken.json" > "$work/said" 2>&1; then
  echo "openapi: a broken document was let through" >&2
  exit 1
fi
echo "openapi: valid"
