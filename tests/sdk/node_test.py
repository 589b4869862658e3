"""openai-node: its tests are written in its language and run by Node's own runner."""

import subprocess
from pathlib import Path

from support.node import MODULES, node
from support.process import environment


def test_openai_node(gateway):
    host, port = gateway.admin_address
    env = environment({"TIERWAY_URL": gateway.base_url, "TIERWAY_ADMIN_URL": f"http://{host}:{port}", "TIERWAY_NODE_ROOT": str(MODULES)})
    done = subprocess.run([node(), "--test", "--test-reporter=spec", str(Path(__file__).parent / "node" / "chat_test.mjs")],
                          capture_output=True, text=True, timeout=150, env=env, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
