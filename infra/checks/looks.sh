#!/usr/bin/env bash
# Looks at every command on a terminal of 80 columns; `looks.sh --all` with 100,000 jobs too.
set -euo pipefail
exec python3 "$(dirname "$0")/looks.py" "$@"
