#!/usr/bin/env bash
# Makes config/headline.twq from the recorded outcomes of GSM8K, CRUXEval and MATH level 5 (docs/learning.md, "Calibrating").
# Usage: scripts/calibrate_headline.sh DATA_FOLDER [TIERWAY_BINARY]
set -euo pipefail

readonly root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
(($# == 1 || $# == 2)) || { sed -n 3p "$0" >&2; exit 2; }
readonly outcomes="$1/outcomes" binary="${2:-$root/build/release/src/app/tierway}"
exec "$binary" calibrate -c "$root/config/headline.yaml" --quality 0.99 \
    --data "$outcomes/zeroeval_gsm.jsonl" "$outcomes/zeroeval_crux.jsonl" "$outcomes/zeroeval_math-l5.jsonl"
