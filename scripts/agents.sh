#!/usr/bin/env bash
# Runs the clients that are too large for every test run (Codex, Claude Code, LiteLLM) against the gateway and prints what they say.
# Installs them into build/agents first, about 1.2 GB, if they are not there. Once installed, scripts/test.sh runs them too.
# Usage: scripts/agents.sh [--binary PATH] [PYTEST_ARGUMENT]...
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
agents=$root/build/agents
binary=
case "${1:-}" in
    -h | --help) sed -n '2,4s/^# //p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --binary) binary=$(realpath "$2"); shift 2 ;;
esac

"$root/scripts/install.sh" --tests
"$root/scripts/prepare-tests.sh"
if [ -z "$binary" ]; then
    (cd "$root" && cmake --preset dev --log-level=WARNING && cmake --build --preset dev --target tierway)
    binary=$root/build/dev/src/app/tierway
fi

inputs=$(cat "$root"/tests/sdk/agents/{package.json,package-lock.json,requirements.txt} | sha256sum)
if [ "$(cat "$agents/stamp" 2>/dev/null)" != "$inputs" ]; then
    rm -rf "$agents"
    mkdir -p "$agents"
    cp "$root"/tests/sdk/agents/{package.json,package-lock.json,.npmrc} "$agents/"
    (cd "$agents" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    python3 -m venv "$agents/venv"
    "$agents/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$root/tests/sdk/agents/requirements.txt"
    printf '%s\n' "$inputs" >"$agents/stamp"
fi
TIERWAY_BINARY=$binary exec "$root/tests/run_pytest.sh" -v -s "$root/tests/sdk/agents_test.py" "$root/tests/sdk/litellm_test.py" "$@"
