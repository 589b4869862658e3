#!/usr/bin/env bash
# Makes what the outer tests run on: a Python environment in build/venv, the Node modules in build/node, and in build/tools the
# programs that check what is deployed.
# Each is made anew only when what it is made from has changed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
mkdir -p "$build"

# Runs a command unless it already succeeded with the same inputs: fresh STAMP_FILE INPUT… -- COMMAND …
unless_fresh() {
    local stamp=$1 inputs=()
    shift
    while [ "$1" != -- ]; do inputs+=("$1"); shift; done
    shift
    local now
    now=$(cat "${inputs[@]}" | sha256sum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$now" ]; then
        rm -f "$stamp"
        "$@"
        printf '%s\n' "$now" >"$stamp"
    fi
}

make_venv() {
    rm -rf "$build/venv"
    python3 -m venv "$build/venv"
    "$build/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        -r "$root/tests/requirements.txt"
}

make_node() {
    rm -rf "$build/node"
    mkdir -p "$build/node"
    cp "$root/tests/sdk/node/package.json" "$root/tests/sdk/node/package-lock.json" "$root/tests/sdk/node/.npmrc" "$build/node/"
    # npm itself may run on an older Node than the SDK asks for; the tests use the Node that is among the modules.
    (cd "$build/node" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

# helm, and the loader that docker compose reads its files with; the Python environment has the Go that builds them, and Go's own cache
# in the home folder makes the next time quick.
make_tools() {
    rm -rf "$build/tools"
    while read -r program; do
        GOBIN="$build/tools" GOTOOLCHAIN=local "$build/venv/bin/go" install "$program"
    done <"$root/tests/deploy/tools.txt"
    mv "$build/tools/cmd" "$build/tools/compose-config"
}

unless_fresh "$build/venv.stamp" "$root/tests/requirements.txt" -- make_venv
unless_fresh "$build/node.stamp" "$root/tests/sdk/node/package.json" "$root/tests/sdk/node/package-lock.json" -- make_node
unless_fresh "$build/tools.stamp" "$root/tests/deploy/tools.txt" -- make_tools
