#!/usr/bin/env bash
# Fuzzes what reads bytes from outside, guided by coverage (libFuzzer, which comes with the toolchain).
#
#   Scripts/fuzz.sh [TARGET [SECONDS [FOLDER]]]     one target (or `all`, in turn) for so long each (60)
#   Scripts/fuzz.sh ci SECONDS                      all targets, two at a time
#   Scripts/fuzz.sh build                           none: the fuzzer is built, and nothing else
#   Scripts/fuzz.sh TARGET 0 < INPUT                that input alone
#
# It begins with the inputs of Tests/Fuzzing/Corpus; what it finds to go on with is kept in FOLDER, where one is given. What breaks
# is printed as Base64 with the seed, and written to .build/fuzz/found. The status is that of the worst target.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:-all} seconds=${2:-60} kept=${3:-}

log=$(mktemp)
FUZZ=1 swift build --scratch-path .build/fuzz --product Fuzz -Xswiftc -sanitize=fuzzer >"$log" 2>&1 ||
  { tail -n 20 "$log"; echo "the fuzzer could not be built"; exit 1; }
rm -f "$log"
mkdir -p .build/fuzz/found

fuzz() { # TARGET: one line when nothing was found, all that is said else
  local out status=0 folder
  out=$(mktemp) folder=${kept:+$kept/$1}
  folder=${folder:-$(mktemp -d)}
  mkdir -p "$folder"
  FUZZ_TARGET=$1 .build/fuzz/debug/Fuzz -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix=".build/fuzz/found/$1-" "$folder" "Tests/Fuzzing/Corpus/$1" >"$out" 2>&1 || status=$?
  if [ "$status" = 0 ]; then
    echo "$1: $(sed -n 's/^stat::number_of_executed_units: *//p' "$out") inputs, nothing found"
  else
    grep -E "^INFO: Seed|^$1:|Fatal error|ERROR|Base64|Test unit written" "$out" || tail -n 20 "$out"
    echo "$1: broken (again: FUZZ_TARGET=$1 .build/fuzz/debug/Fuzz FILE)"
  fi
  [ -n "$kept" ] || rm -rf "$folder"
  rm -f "$out"
  return "$status"
}

targets=$(ls Tests/Fuzzing/Corpus)
case "$name" in
build) ;;
ci)
  export seconds kept
  export -f fuzz
  xargs -P 2 -I{} bash -c 'fuzz "$1"' _ {} <<<"$targets"
  ;;
all)
  worst=0
  for target in $targets; do fuzz "$target" || worst=1; done
  exit "$worst"
  ;;
*)
  if [ "$seconds" = 0 ]; then
    input=$(mktemp)
    cat >"$input"
    FUZZ_TARGET=$name exec .build/fuzz/debug/Fuzz "$input"
  fi
  fuzz "$name"
  ;;
esac
