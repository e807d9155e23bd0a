#!/usr/bin/env bash
# Kills the program at random moments of runs with tools, and holds what its stored sessions are worth afterwards.
#
#   Scripts/killed.sh [COUNT [FIRST]]
#
# COUNT kills (200), the first with the seed FIRST (0). Build first: swift build --build-tests. After each kill every session
# loads, lists, and holds all that was answered; some go on, asking a service that seals what was said. A stored session is
# also cut at each of its bytes, ten times as many files as there are kills are broken at random, and as many sessions are
# changed at random and held against their files. It ends with the status of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

export KILLS="${1:-200}" KILLS_FIRST="${2:-0}" STORED_FILES="$((10 * ${1:-200}))"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
swift test --skip-build --filter 'Whenever a process is killed|A stored session|Whatever is done to a session,' >"$log" 2>&1 || status=$?
grep -E "recorded an issue|^error:|Fatal error" "$log" | cut -c1-600 || true
tail -n 1 "$log"
exit "$status"
