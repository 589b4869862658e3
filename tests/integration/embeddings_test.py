"""`/v1/embeddings`: its own class and tier, the same phases as a chat, and vectors encoded as the client asked."""

import base64
import struct

import pytest

from support.answers import encode
from support.fake_upstream import error, silent, whole
from support.lane import Lane, nano

PATH = "/v1/embeddings"
VECTOR = [0.5, -2.0, 0.25]
BASE64 = base64.b64encode(struct.pack("<3f", *VECTOR)).decode()


def change_policy(config: dict) -> None:
    config["models"]["cheap/vector"] = {"kind": "embedding", "price": {"input": 0.02, "output": 0}, "upstream_name": "vector-2026"}
    config["models"]["spare/vector"] = {"kind": "embedding", "price": {"input": 0.04, "output": 0}}
    config["tiers"] = {"vectors": ["cheap/vector", "spare/vector"], **config["tiers"]}
    config["classes"]["embed"] = {"tier": "vectors"}
    config["endpoints"] = {"embeddings": {"class": "embed"}}
    config["aliases"]["text-embedding-3-small"] = "cheap/vector"
    config["budgets"] = [{"scope": "class", "name": "embed", "usd": 0.001, "window": "day"}]


def answer(*vectors, used: dict | None = None) -> dict:
    return {"object": "list", "data": [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)],
            "model": "vector-2026", "usage": used or {"prompt_tokens": 100, "total_tokens": 100}}


def embed(lane, model="auto", given="some text", **fields):
    return lane.gateway.post({"model": model, "input": given, **fields}, path=PATH)


def vectors_of(response) -> list:
    assert response.status == 200, response.body
    return [entry["embedding"] for entry in response.json()["data"]]


def test_the_request_passes_with_only_its_model_changed(lane):
    lane.cheap.push(whole(answer(VECTOR, VECTOR)))
    body = b'{ "input" : ["a","b"], "dimensions":3,"model": "auto", "x":[1.50] }'
    response = lane.gateway.post(body, path=PATH)
    assert vectors_of(response) == [VECTOR, VECTOR]
    assert lane.cheap.last.request_line == "POST /v1/embeddings HTTP/1.1"
    assert lane.cheap.last.body == body.replace(b'"auto"', b'"vector-2026"')
    assert lane.cheap.last.headers["authorization"].startswith("Bearer ")
    assert response.json()["model"] == "cheap/vector"


@pytest.mark.parametrize("sent", [VECTOR, BASE64], ids=["floats", "base64"])
@pytest.mark.parametrize("asked,expected", [("float", VECTOR), ("base64", BASE64), (None, VECTOR)])
def test_vectors_are_encoded_as_the_client_asked(lane, sent, asked, expected):
    lane.cheap.push(whole(answer(sent)))
    fields = {"encoding_format": asked} if asked else {}
    assert vectors_of(embed(lane, **fields)) == [expected]


def test_a_request_is_disclosed_recorded_and_billed_by_its_usage(lane):
    lane.cheap.push(whole(answer(VECTOR)))
    response = embed(lane)
    headers = response.headers
    assert (headers["x-tierway-class"], headers["x-tierway-classifier"], headers["x-tierway-tier"]) == ("embed", "endpoint", "vectors")
    assert nano(headers["x-tierway-cost-usd"]) == nano(headers["x-tierway-baseline-usd"]) == 100 * 20
    record = lane.gateway.record_of(response)
    assert (record["class"], record["path"], record["outcome"]) == ("embed", PATH, "ok")
    attempt, = record["attempts"]
    assert (attempt["usage"], attempt["prompt_tokens"], attempt["completion_tokens"]) == ("provider", 100, 0)


def test_another_model_of_the_tier_stands_in(lane):
    lane.cheap.default = error(500)
    lane.spare.push(whole(answer(VECTOR)))
    response = embed(lane)
    assert vectors_of(response) == [VECTOR]
    assert response.headers["x-tierway-model"] == "spare/vector"


def test_a_model_that_is_named_has_no_fallback(lane):
    lane.cheap.default = error(500)
    response = embed(lane, "text-embedding-3-small")
    assert response.status >= 500
    assert not lane.spare.requests


def test_an_answer_with_fewer_vectors_than_inputs_is_not_relayed(lane):
    lane.cheap.default = whole(answer(VECTOR))
    lane.spare.push(whole(answer(VECTOR, VECTOR)))
    assert vectors_of(embed(lane, given=["a", "b"])) == [VECTOR, VECTOR]


def test_many_long_vectors_in_numbers_are_read(lane):
    vector = [0.125] * 1024
    lane.cheap.push(whole(answer(*[vector] * 1500)))
    response = embed(lane, given=["x"] * 1500, encoding_format="base64")
    assert vectors_of(response)[-1] == base64.b64encode(struct.pack("<1024f", *vector)).decode()


@pytest.mark.parametrize("body,code,param", [
    ({"model": "auto"}, "missing_required_parameter", "input"),
    ({"model": "auto", "input": []}, "invalid_value", "input"),
    ({"model": "auto", "input": "x", "encoding_format": "int8"}, "invalid_value", "encoding_format"),
    ({"model": "dear/frontier", "input": "x"}, "model_not_supported", "model"),
    ({"model": "auto", "input": "x", "base_url": "http://elsewhere"}, "unsupported_parameter", "base_url"),
])
def test_what_cannot_be_embedded_is_refused(lane, body, code, param):
    response = lane.gateway.post(body, path=PATH)
    problem = response.error
    assert (response.status, problem["code"], problem["param"]) == (400, code, param)


def test_a_chat_does_not_reach_embedding_models(lane):
    response = lane.gateway.ask(model="cheap/vector")
    assert (response.status, response.error["code"]) == (400, "model_not_supported")
    response = lane.gateway.ask(headers={"x-tierway-class": "embed"})
    assert (response.status, response.error["code"]) == (400, "class_of_another_endpoint")


def test_a_budget_refuses_what_it_cannot_pay(lane):
    response = embed(lane, given=["x" * 4_000] * 60)
    assert (response.status, response.error["code"]) == (402, "request_exceeds_budget"), response.body
    assert not lane.cheap.requests


def test_a_client_that_leaves_ends_the_call(lane):
    lane.cheap.push(silent)
    with lane.gateway.connect() as client:
        body = encode({"model": "auto", "input": "x"})
        client.send(b"POST /v1/embeddings HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        lane.cheap.wait_for_requests(1)


def test_without_a_class_for_them_there_are_no_embeddings(tmp_path):
    with Lane(tmp_path) as lane:
        response = embed(lane)
        assert (response.status, response.error["code"]) == (404, "embeddings_not_configured")
