"""The key that an SDK is given is the key that the gateway asks for."""

import hashlib
import subprocess
from pathlib import Path

import openai
import pytest
from openai import OpenAI

from support.gateway import Gateway
from support.node import MODULES, node
from support.process import environment
from support.simulator import policy

KEY = "tw-sdk-0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module", name="keyed")
def keyed_fixture(simulator, tmp_path_factory):
    config = policy(simulator.base_url)
    config["keys"] = [{"id": "sdk", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "max_tier": "small"}]
    with Gateway(tmp_path_factory.mktemp("keyed"), config) as running:
        yield running


def test_openai_python_sends_its_key(keyed):
    with OpenAI(base_url=keyed.base_url, api_key=KEY, max_retries=0, timeout=20) as client:
        answer = client.chat.completions.create(model="tier:frontier", messages=[{"role": "user", "content": "Hello"}])
        assert answer.model == "sim/sim-small"
        assert "sim/sim-frontier" not in {model.id for model in client.models.list()}


def test_openai_python_is_told_that_its_placeholder_is_no_key(keyed):
    with OpenAI(base_url=keyed.base_url, api_key="sk-anything", max_retries=0, timeout=20) as client:
        with pytest.raises(openai.AuthenticationError) as refused:
            client.models.list()
    assert refused.value.code == "invalid_api_key"


def test_openai_node(keyed):
    env = environment({"TIERWAY_URL": keyed.base_url, "TIERWAY_KEY": KEY, "TIERWAY_NODE_ROOT": str(MODULES)})
    done = subprocess.run([node(), "--test", "--test-reporter=spec", str(Path(__file__).parent / "node" / "client_key_test.mjs")],
                          capture_output=True, text=True, timeout=400, env=env, check=False)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
