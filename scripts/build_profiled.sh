#!/usr/bin/env bash
# Builds a release that is optimised by what it does under load (build/profiled/src/app/tierway): a build that counts, a minute of the
# benchmark's load on it, and a build by the counts. Takes three times as long as a release, and needs what bench/gateway.sh needs.
set -euo pipefail

readonly root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
readonly build="$root/build/profiled"

build_as() {
    (cd "$root" && cmake --preset release -B "$build" -DTIERWAY_BENCH=ON -DTIERWAY_PROFILE="$1" >/dev/null)
    cmake --build "$build" --target tierway stub_upstream
}

rm -rf "$build/profile"
build_as generate
"$root/bench/gateway.sh" --quick --rounds 1 --no-build --build-dir "$build"
"$root/bench/gateway.sh" --quick --rounds 1 --no-build --build-dir "$build" --ledger
[[ -n "$(find "$build/profile" -name '*.gcda' -print -quit)" ]] || { echo "$0: nothing was counted" >&2; exit 1; }
build_as use
echo "Built $build/src/app/tierway"
