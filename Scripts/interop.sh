#!/usr/bin/env bash
# Compares PROGRAM with botocore, boto3, the official SDK and moto, on this machine only: see Scripts/interop/.
# Usage: Scripts/interop.sh PROGRAM; INTEROP_SEED=N repeats the random part of a run. What Python needs is kept in .build-interop.
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")/.."
venv=.build-interop/venv
requirements=Scripts/interop/requirements.txt

skip() { # REASON: without the packages there is nothing to compare with; only CI must have them
  [ "${CI:-}" = true ] && { echo "interop: $1" >&2; exit 1; }
  echo "interop: skipped: $1"
  exit 0
}

python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || skip "there is no python3 of 3.10 or newer"
if ! cmp -s "$requirements" "$venv/requirements.txt"; then
  rm -rf "$venv"
  python3 -m venv "$venv" || skip "python3 cannot make a venv"
  # Compiling all of botocore and moto would take longer than the checks; what is used compiles itself.
  "$venv/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check --retries 2 --timeout 15 -r "$requirements" ||
    skip "the packages could not be installed from PyPI"
  cp "$requirements" "$venv/requirements.txt"
fi

PYTHONPATH=Scripts PYTHONPYCACHEPREFIX=.build-interop/cache exec "$venv/bin/python" -m interop "$program"
