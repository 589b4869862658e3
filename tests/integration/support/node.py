"""The Node that came with the modules: the SDK asks for a newer one than Debian 12 has."""

import platform
from pathlib import Path

MODULES = Path(__file__).resolve().parents[3] / "build" / "node"


def node() -> str:
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    packaged = MODULES / "node_modules" / f"node-linux-{machine}" / "bin" / "node"
    assert (MODULES / "node_modules" / "openai").exists(), f"{MODULES} is not made: run scripts/prepare-tests.sh"
    return str(packaged) if packaged.exists() else "node"
