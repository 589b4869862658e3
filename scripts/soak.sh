#!/usr/bin/env bash
# Builds the release and proves it under load, faults and change: one table of figures beside their goals, bounded in time.
# Usage: scripts/soak.sh [--part NAME]... [--quick] [--binary PATH]
# --quick is fewer and shorter: it shows that everything works, not that it holds. --help lists the parts.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/install.sh" --tests --soak
"$root/scripts/prepare-tests.sh"

binary=()
case " $* " in
    *" --binary "* | *" --binary="* | *" --help "* | *" -h "*) ;;
    *)
        (cd "$root" && cmake --preset release --log-level=WARNING && cmake --build --preset release --target tierway)
        binary=(--binary "$root/build/release/src/app/tierway")
        ;;
esac
exec env PYTHONPATH="$root/tests:$root/tests/integration" PYTHONDONTWRITEBYTECODE=1 "$root/build/venv/bin/python" -m soak "${binary[@]}" "$@"
