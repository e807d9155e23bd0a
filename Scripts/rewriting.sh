#!/usr/bin/env bash
# Has the tools write and edit files made at random, and holds what becomes of them against what was to change.
#
#   Scripts/rewriting.sh [COUNT [FIRST]]
#
# COUNT files (100,000), the first with the seed FIRST (0). Build first: swift build --build-tests. A flaw is printed with
# its seed: `Scripts/rewriting.sh 1 SEED` makes that file again. It ends with the status of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

export REWRITINGS="${1:-100000}" REWRITINGS_FIRST="${2:-0}"
# Every file is written through to the disk; in memory that takes no time.
if [ -w /dev/shm ]; then
  made=$(mktemp -d /dev/shm/rewriting.XXXXXX)
  export TMPDIR=$made
fi
log=$(mktemp)
trap 'rm -rf "$log" ${made:+"$made"}' EXIT
status=0
swift test --skip-build --filter 'Whatever a file is like' >"$log" 2>&1 || status=$?
grep -oE "rewritten: .*|.*(recorded an issue|seed [0-9]|Fatal error).*|^error:.*" "$log" | cut -c1-1000 || true
tail -n 1 "$log"
exit "$status"
