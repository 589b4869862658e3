"""openai-python, unchanged, at the older endpoints: embeddings from a server that ignores the wish for Base64, and completions."""

import pytest
from openai import OpenAI

from support import answers
from support.fake_upstream import stream, whole
from support.lane import Lane

VECTOR = [0.5, -2.0, 0.25]


def change_policy(config: dict) -> None:
    config["models"]["cheap/vector"] = {"kind": "embedding", "price": {"input": 0.02, "output": 0}}
    config["tiers"] = {"vectors": ["cheap/vector"], **config["tiers"]}
    config["classes"]["embed"] = {"tier": "vectors"}
    config["endpoints"] = {"embeddings": {"class": "embed"}}


@pytest.fixture(name="lane", scope="module")
def lane_fixture(tmp_path_factory):
    with Lane(tmp_path_factory.mktemp("embeddings"), change_policy) as made:
        yield made


@pytest.fixture(name="client")
def client_fixture(lane):
    lane.reset()
    with OpenAI(base_url=lane.gateway.base_url, api_key="sk-anything", max_retries=0, timeout=20) as client:
        yield client


@pytest.mark.parametrize("asked", [{}, {"encoding_format": "float"}], ids=["as it asks by itself", "float"])
def test_vectors_arrive_from_a_server_that_answers_in_numbers(lane, client, asked):
    data = [{"object": "embedding", "index": i, "embedding": VECTOR} for i in range(2)]
    lane.cheap.push(whole({"object": "list", "data": data, "model": "vector", "usage": {"prompt_tokens": 4, "total_tokens": 4}}))
    made = client.embeddings.create(model="auto", input=["a", "b"], **asked)
    assert [entry.embedding for entry in made.data] == [VECTOR, VECTOR]
    assert (made.model, made.usage.total_tokens) == ("cheap/vector", 4)


def test_a_completion_whole_and_streamed(lane, client):
    lane.cheap.push(whole(answers.answer("upon a time")), stream(answers.stream_chunks("upon a time")))
    whole_answer = client.completions.create(model="auto", prompt="Once", max_tokens=50)
    assert whole_answer.choices[0].text == "upon a time"
    pieces = list(client.completions.create(model="auto", prompt="Once", stream=True, stream_options={"include_usage": True}))
    assert "".join(choice.text for piece in pieces for choice in piece.choices) == "upon a time"
    assert pieces[-1].usage.total_tokens == 15
