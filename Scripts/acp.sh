#!/usr/bin/env bash
# Drives PROGRAM with clients of the Agent Client Protocol that others have written, each in its own environment, and holds every frame
# against the protocol's schema: see Scripts/acp/. All of it stays on this machine.
# Usage: Scripts/acp.sh PROGRAM. What Python needs is kept in .build-interop.
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
venvs=.build-interop/acp

skip() { # REASON: without the clients there is nothing to drive with; only CI must have them
  [ "${CI:-}" = true ] && { echo "acp: $1" >&2; exit 1; }
  echo "acp: skipped: $1"
  exit 0
}

of() { # VERSION: a Python that is at least that new
  local python
  for python in python3 python3.14 python3.13 python3.12 "$HOME"/.pyenv/versions/3.1[2-9]*/bin/python3; do
    "$python" -c "import sys, venv; sys.exit(sys.version_info < (3, $1))" 2>/dev/null && { command -v "$python"; return; }
  done
  return 1
}

install() { # NAME PYTHON: an environment with what requirements-NAME.txt lists
  local requirements=Scripts/acp/requirements-$1.txt venv=$venvs/$1
  cmp -s "$requirements" "$venv/requirements.txt" && return
  rm -rf "$venv"
  "$2" -m venv "$venv" || skip "python3 cannot make a venv"
  "$venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --retries 2 --timeout 15 -r "$requirements" ||
    skip "the packages could not be installed from PyPI"
  cp "$requirements" "$venv/requirements.txt"
}

python=$(of 11) || skip "there is no python3 of 3.11 or newer"
for name in stable preview others; do install "$name" "$python"; done
# One of the clients wants a newer Python than the others.
if newer=$(of 12); then install acpc "$newer"; fi

export PYTHONPYCACHEPREFIX=$PWD/.build-interop/cache
"$venvs/stable/bin/python" Scripts/acp/days.py "$program"
exec "$venvs/stable/bin/python" Scripts/acp/main.py "$program" "$venvs"
