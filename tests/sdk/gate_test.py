"""What a request may cost, as the SDKs see it: a refusal that can be read, and an acknowledgement that is one header."""

import openai
import pytest
from openai import OpenAI

from support.deadline import eventually
from support.gateway import Gateway
from support.simulator import policy

RIGHT = {"simulate": "right;high_confidence"}
ASK = {"model": "auto", "messages": [{"role": "user", "content": "What is the capital of France?"}], "metadata": RIGHT}


@pytest.fixture(scope="module", name="client")
def client_fixture(simulator, tmp_path_factory):
    config = policy(simulator.base_url)
    config["gate"] = {"usd_per_request": 0.0001, "action": "acknowledge"}
    with Gateway(tmp_path_factory.mktemp("gated"), config) as running:
        # Retries are on: a refusal must not be tried again.
        with OpenAI(base_url=running.base_url, api_key="sk-anything", max_retries=2, timeout=20) as client:
            client.gateway = running
            yield client


def denied(client) -> int:
    return sum(record["outcome"] == "denied" for record in client.gateway.decisions())


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_openai_python_reads_the_refusal_and_acknowledges(client, stream):
    before = denied(client)
    with pytest.raises(openai.APIStatusError) as refused:
        client.chat.completions.create(**ASK, stream=stream)
    error = refused.value
    assert error.status_code == 402
    assert error.code == "cost_acknowledgement_required"
    assert error.response.headers["x-should-retry"] == "false"
    assert error.body["estimate_usd"] > 0.0001
    assert "x-tierway-acknowledge-usd" in error.body["message"]
    eventually(lambda: denied(client) == before + 1, "one refusal, not three")

    answer = client.chat.completions.create(**ASK, stream=stream, extra_headers={
        "x-tierway-acknowledge-usd": f"{error.body['estimate_usd']:.9f}"})
    if stream:
        assert "".join(chunk.choices[0].delta.content or "" for chunk in answer if chunk.choices)
    else:
        assert answer.choices[0].message.content
