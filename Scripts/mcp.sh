#!/usr/bin/env bash
# Gives PROGRAM servers of the Model Context Protocol, as others have written them and as they should not be, and looks what comes of it and
# what is left: see Scripts/mcp/. All of it stays on this machine.
# Usage: Scripts/mcp.sh PROGRAM [PART…], a part being a name in Scripts/mcp/main.py. What Python needs is kept in .build-interop.
set -euo pipefail
program=$(realpath "$1")
shift
cd "$(dirname "$0")/.."
venvs=.build-interop/mcp

skip() { # REASON: without the packages there are no servers; only CI must have them
  [ "${CI:-}" = true ] && { echo "mcp: $1" >&2; exit 1; }
  echo "mcp: skipped: $1"
  exit 0
}

install() { # NAME: an environment with what requirements-NAME.txt lists
  local requirements=Scripts/mcp/requirements-$1.txt venv=$venvs/$1
  cmp -s "$requirements" "$venv/requirements.txt" && return
  rm -rf "$venv"
  python3 -m venv "$venv" || skip "python3 cannot make a venv"
  "$venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --retries 2 --timeout 15 -r "$requirements" ||
    skip "the packages could not be installed from PyPI"
  # Servers start in half the time then, which is what a person's do.
  "$venv/bin/python" -m compileall -q "$venv/lib" >/dev/null || true
  cp "$requirements" "$venv/requirements.txt"
}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || skip "there is no python3 of 3.11 or newer"
for name in newest older; do install "$name"; done

PYTHONPYCACHEPREFIX=$PWD/.build-interop/cache exec "$venvs/newest/bin/python" Scripts/mcp/main.py "$program" "$venvs" "$@"
