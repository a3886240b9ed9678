#!/bin/sh
# Compares the sample's scores with parasail's, in a virtual environment of its own.
# Needs a JDK 25 (JAVA_HOME, or java on the PATH) and Python 3.11 or newer; leaves nothing behind.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ -z "${JAVA_HOME:-}" ] || PATH="$JAVA_HOME/bin:$PATH"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
PYTHONDONTWRITEBYTECODE=1 "$folder/venv/bin/python" "$here/compare_with_parasail.py"
"$here/refusals.sh"
