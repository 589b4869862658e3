"""Clients in JavaScript: their tests are written in their language and run by Node's own runner."""

import subprocess
from pathlib import Path

import pytest

from support.node import MODULES, node
from support.process import environment


def run(script: str, addresses: dict[str, str]) -> None:
    env = environment({**addresses, "TIERWAY_NODE_ROOT": str(MODULES)})
    done = subprocess.run([node(), "--test", "--test-reporter=spec", str(Path(__file__).parent / "node" / script)],
                          capture_output=True, text=True, timeout=400, env=env, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]


def test_openai_node_on_chat(gateway):
    host, port = gateway.admin_address
    run("chat_test.mjs", {"TIERWAY_URL": gateway.base_url, "TIERWAY_ADMIN_URL": f"http://{host}:{port}"})


@pytest.mark.parametrize("script", ["responses_test.mjs", "messages_test.mjs", "ai_sdk_test.mjs", "langchain_test.mjs"])
def test_before_providers_of_every_dialect(clients, script):
    run(script, clients.environment())
