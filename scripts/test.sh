#!/usr/bin/env bash
# Installs what is missing, builds everything with sanitizers and runs every test.
# Arguments go to ctest, for example: scripts/test.sh -R integration
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/install.sh" --tests
"$root/scripts/prepare-tests.sh"
cd "$root"
cmake --preset dev --log-level=WARNING
cmake --build --preset dev
if ctest --preset dev --parallel 2 "$@"; then
    printf 'All tests passed.\n'
else
    printf 'Some tests failed; the report is above.\n' >&2
    exit 1
fi
