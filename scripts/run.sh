#!/usr/bin/env bash
# Installs what is missing, builds Tierway for serving and starts its demo: simulated models and the gateway on loopback.
# Arguments go to `tierway demo`, for example: scripts/run.sh --listen 127.0.0.1:9000
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/scripts/install.sh"
cd "$root"
cmake --preset release --log-level=WARNING
cmake --build --preset release --target tierway
binary=$root/build/release/src/app/tierway
exec "$binary" demo "$@"
