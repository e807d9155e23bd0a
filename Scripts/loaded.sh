#!/usr/bin/env bash
# Runs the tests while busy loops keep the machine's processors from them, as a busy machine does.
#
#   Scripts/loaded.sh [--loops N] [--times N] [arguments of `swift test`, as --filter 'RealTime|real time']
#
# Four loops on two processors leave the tests a third of their time. Build first: swift build --build-tests.
# It prints what failed and the runner's closing lines, and ends with the first status that is not 0.
set -euo pipefail
cd "$(dirname "$0")/.."

loops=$((2 * $(nproc 2>/dev/null || sysctl -n hw.ncpu)))
times=1
while [ $# -gt 0 ]; do
  case "$1" in
  --loops) loops=$2 && shift 2 ;;
  --times) times=$2 && shift 2 ;;
  *) break ;;
  esac
done

log=$(mktemp)
busy=()
finish() {
  [ ${#busy[@]} -eq 0 ] || kill -KILL "${busy[@]}" 2>/dev/null || true
  rm -f "$log"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# A loop looks whether this script is still there, so that not even its sudden end leaves one behind.
for _ in $(seq "$loops"); do
  bash -c "while kill -0 $$ 2>/dev/null; do for ((i = 0; i < 200000; i++)); do :; done; done" &
  busy+=($!)
  disown
done

status=0
for run in $(seq "$times"); do
  start=$(date +%s)
  swift test --skip-build "$@" >"$log" 2>&1 || status=$?
  grep -E "recorded an issue|^error:|Fatal error" "$log" || true
  echo "run $run of $times, $loops busy loops, $(($(date +%s) - start)) s:"
  tail -n 2 "$log"
  [ "$status" -eq 0 ] || break
done
exit "$status"
