#!/usr/bin/env bash
# Installs clang when it is missing, builds the fuzz targets with libFuzzer and runs them one after the other.
# Usage: scripts/fuzz.sh [TARGET...] [--minutes N]     all targets, one minute each, unless said otherwise
# What the fuzzer learns is kept in build/fuzz-corpus, inputs that break something in build/fuzz-findings.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
usage() { sed -n '3,4s/^# //p' "${BASH_SOURCE[0]}"; }

minutes=1
targets=()
while [ "$#" -gt 0 ]; do
    case "$1" in
        --minutes) minutes=${2:?--minutes needs a number}; shift ;;
        -h | --help) usage; exit 0 ;;
        -*) printf 'fuzz.sh: unknown argument %s\n' "$1" >&2; usage >&2; exit 2 ;;
        *)
            [ -f "$root/tests/fuzz/$1_fuzz.cpp" ] || { printf 'fuzz.sh: there is no tests/fuzz/%s_fuzz.cpp\n' "$1" >&2; exit 2; }
            targets+=("$1")
            ;;
    esac
    shift
done
[[ "$minutes" =~ ^[1-9][0-9]*$ ]] || { printf 'fuzz.sh: --minutes needs a whole number\n' >&2; exit 2; }
if [ "${#targets[@]}" -eq 0 ]; then
    for file in "$root"/tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$file" _fuzz.cpp)"); done
fi

"$root/scripts/install.sh" --fuzz
cd "$root"
cmake --preset fuzz --log-level=WARNING
cmake --build --preset fuzz --target "${targets[@]/#/fuzz_}"

# The last figures that a run wrote: number of inputs, covered edges, features.
summary() {
    awk '/^#[0-9]+\t/ { runs = substr($1, 2); for (i = 2; i < NF; i++) { if ($i == "cov:") edges = $(i + 1); if ($i == "ft:") features = $(i + 1) } }
         END { printf "%s %s %s", runs, edges, features }' "$1"
}

failed=0
report=$(printf '%-14s %12s %8s %9s  %s' target inputs edges features result)
for target in "${targets[@]}"; do
    corpus=$root/build/fuzz-corpus/$target
    findings=$root/build/fuzz-findings/$target
    log=$root/build/fuzz-$target.log
    mkdir -p "$corpus" "$findings"
    printf 'Fuzzing %s for %s min; log in %s\n' "$target" "$minutes" "$log"
    # A text is refused or read in milliseconds: what takes a minute, even on a busy machine, does not end. Nothing needs a gigabyte.
    result="no finding"
    "$root/build/fuzz/tests/fuzz/fuzz_$target" -max_total_time=$((minutes * 60)) -max_len=4096 -timeout=60 -report_slow_units=60 -rss_limit_mb=1024 \
        -dict="$root/tests/fuzz/dictionaries/$target.dict" -artifact_prefix="$findings/" -print_final_stats=1 \
        "$corpus" "$root/tests/fuzz/corpus/$target" >"$log" 2>&1 || { result="FAILED, see $findings"; failed=1; }
    read -r inputs edges features <<<"$(summary "$log")"
    report+=$(printf '\n%-14s %12s %8s %9s  %s' "$target" "$inputs" "$edges" "$features" "$result")
done
printf '%s\n' "$report"
exit "$failed"
