#!/usr/bin/env bash
# Walks at random through conversations and through the lives of sessions, against services that take nothing wrong; and, one for
# fifty of them, through files that runs change, whose diffs git applies.
#
#   Scripts/walks.sh [COUNT [FIRST]]
#
# COUNT walks of either kind (10,000), the first with the seed FIRST (0). Build first: swift build --build-tests. A flaw is printed with
# its seed: `Scripts/walks.sh 4 SEED` takes that walk again. It ends with the status of the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

export LIFE_WALKS="${1:-10000}" LIFE_WALKS_FIRST="${2:-0}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
swift test --skip-build --filter 'conversation.s life|However a conversation goes|by git.s own hand' >"$log" 2>&1 || status=$?
grep -E "recorded an issue|seed |^error:|Fatal error" "$log" | cut -c1-600 || true
tail -n 1 "$log"
exit "$status"
