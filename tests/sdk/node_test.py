"""openai-node: its tests are written in its language and run by Node's own runner."""

import platform
import subprocess
from pathlib import Path

from support.process import environment

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = ROOT / "build" / "node"


def node() -> str:
    """The Node that came with the modules: the SDK asks for a newer one than Debian 12 has."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    packaged = MODULES / "node_modules" / f"node-linux-{machine}" / "bin" / "node"
    assert (MODULES / "node_modules" / "openai").exists(), f"{MODULES} is not made: run scripts/prepare-tests.sh"
    return str(packaged) if packaged.exists() else "node"


def test_openai_node(gateway):
    host, port = gateway.admin_address
    env = environment({"TIERWAY_URL": gateway.base_url, "TIERWAY_ADMIN_URL": f"http://{host}:{port}", "TIERWAY_NODE_ROOT": str(MODULES)})
    done = subprocess.run([node(), "--test", "--test-reporter=spec", str(Path(__file__).parent / "node" / "chat_test.mjs")],
                          capture_output=True, text=True, timeout=150, env=env, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
