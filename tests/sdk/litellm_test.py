"""LiteLLM as a client, unchanged, in an environment of its own. Its calls are in agents/litellm_client.py."""

import subprocess
from pathlib import Path

from large_clients import NOT_INSTALLED, python

from support.process import environment

pytestmark = NOT_INSTALLED


def test_before_providers_of_every_dialect(clients):
    done = subprocess.run([python(), str(Path(__file__).parent / "agents" / "litellm_client.py")], capture_output=True, text=True,
                          timeout=400, check=False, env=environment({**clients.environment(), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}))
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-20_000:]
    print(done.stdout)
