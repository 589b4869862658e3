#!/usr/bin/env bash
# The headline run: recorded answers of real models behind the real gateway over HTTP, compared row by row with `tierway eval`.
# Usage: scripts/headline.sh DATA_FOLDER [--limit N] [--config FILE] [--concurrency N] [--binary PATH]
# DATA_FOLDER holds outcomes/zeroeval_{gsm,crux,math-l5}.jsonl. Without --binary the release is built. --help says more.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
binary=()
case " $* " in
    *" --binary "* | *" --binary="* | *" --help "* | *" -h "*) ;;
    *)
        "$root/scripts/install.sh"
        (cd "$root" && cmake --preset release --log-level=WARNING && cmake --build --preset release --target tierway)
        binary=(--binary "$root/build/release/src/app/tierway")
        ;;
esac
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$root/scripts/headline.py" "${binary[@]}" "$@"
