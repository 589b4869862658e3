#!/usr/bin/env bash
# Runs pytest in the environment that scripts/prepare-tests.sh makes; ctest calls this. Arguments go to pytest.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python=$root/build/venv/bin/python
if [ ! -x "$python" ]; then
    printf 'There is no %s: run scripts/prepare-tests.sh (scripts/test.sh does).\n' "$python" >&2
    exit 1
fi
# No byte code beside the sources, and nothing of the caller's Python set-up.
exec env -u PYTHONPATH -u PYTHONHOME PYTHONDONTWRITEBYTECODE=1 "$python" -m pytest -c "$root/tests/pytest.ini" "$@"
