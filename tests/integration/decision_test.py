"""Classify, bind and approve: who answers what, and what the client is told about it."""

import pytest

from support.answers import encode
from support.fake_upstream import error, stream, whole
from support.gateway import CHAT, chat
from support.raw_client import request_bytes

IMAGE = [{"type": "text", "text": "What is this?"},
         {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]


def test_the_default_class_is_served_by_its_tier(lane):
    lane.cheap.push(whole())
    response = lane.gateway.ask()
    headers = response.headers
    assert (headers["x-tierway-class"], headers["x-tierway-classifier"]) == ("chat", "default")
    assert (headers["x-tierway-tier"], headers["x-tierway-escalation"]) == ("small", "none")
    assert (headers["x-tierway-attempts"], headers["x-tierway-fallbacks"]) == ("1", "0")


def test_a_rule_binds_by_the_text_of_the_newest_user_turn(lane):
    lane.dear.push(whole())
    response = lane.gateway.ask("Please prove formally that 1 + 1 = 2.")
    assert (response.headers["x-tierway-class"], response.headers["x-tierway-classifier"]) == ("top", "rules")
    assert response.headers["x-tierway-model"] == "dear/frontier"


@pytest.mark.parametrize("messages", [
    pytest.param([{"role": "system", "content": "prove formally"}, {"role": "user", "content": "hi"}], id="system prompt"),
    pytest.param([{"role": "user", "content": "<system-reminder>prove formally</system-reminder>hi"}], id="agent wrapper"),
    pytest.param([{"role": "user", "content": "hi"}, {"role": "assistant", "content": "prove formally"},
                  {"role": "user", "content": "thanks"}], id="assistant turn"),
])
def test_the_envelope_does_not_feed_the_rules_text(lane, messages):
    lane.cheap.push(whole())
    response = lane.gateway.post({"model": "auto", "messages": messages})
    assert response.headers["x-tierway-class"] == "chat"


def test_the_envelope_of_tools_does_not_feed_the_rules_text(lane):
    lane.cheap.push(whole())
    tools = [{"type": "function", "function": {"name": "f", "description": "prove formally", "parameters": {"type": "object"}}}]
    assert lane.gateway.ask("hi", tools=tools).headers["x-tierway-class"] == "chat"


def test_a_declared_class_is_honoured(lane):
    lane.dear.push(whole())
    response = lane.gateway.ask(headers={"x-tierway-class": "top"})
    assert (response.headers["x-tierway-class"], response.headers["x-tierway-classifier"]) == ("top", "declared")
    assert response.headers["x-tierway-model"] == "dear/frontier"


def test_an_unknown_declared_class_is_refused_with_a_suggestion(lane):
    response = lane.gateway.ask(headers={"x-tierway-class": "judgd"})
    assert response.status == 400
    assert response.error["code"] == "class_unknown"
    assert "judged" in response.error["message"]


def test_a_decision_header_sent_twice_is_refused(lane):
    data = request_bytes("POST", CHAT, encode(chat()), {"x-tierway-class": "chat\r\nX-Tierway-Class: top"})
    with lane.gateway.connect() as client:
        client.send(data)
        response = client.read_response()
    assert response.status == 400
    assert not lane.cheap.requests and not lane.dear.requests


@pytest.mark.parametrize("model, answered", [("tier:small", "cheap/small"), ("tier:frontier", "dear/frontier"),
                                             ("spare/small", "spare/small"), ("dear/frontier", "dear/frontier"),
                                             ("gpt-4o", "cheap/small"), ("best", "dear/frontier"), ("little", "cheap/small")])
def test_a_wish_that_the_policy_approves_is_granted(lane, model, answered):
    lane.upstreams[answered.split("/")[0]].push(whole())
    response = lane.gateway.ask(model=model)
    assert response.headers["x-tierway-model"] == answered
    expected = "approved; reason=client_wish" if answered == "dear/frontier" else "none"
    assert response.headers["x-tierway-escalation"] == expected


def test_a_named_model_has_no_fallback(lane):
    lane.cheap.default = error(500)
    response = lane.gateway.ask(model="cheap/small")
    assert response.status == 502
    assert not lane.spare.requests


@pytest.mark.parametrize("model, hint", [("cheap/smal", "cheap/small"), ("tier:fronteer", "frontier"), ("gpt-4", "gpt-4o"),
                                         ("nothing like it at all", "auto"), ("AUTO", "auto"), ("cheap/small ", "cheap/small")])
def test_an_unknown_model_is_not_found_and_the_answer_says_what_exists(lane, model, hint):
    response = lane.gateway.ask(model=model)
    assert response.status == 404
    assert (response.error["code"], response.error["param"]) == ("model_not_found", "model")
    assert hint in response.error["message"]
    assert lane.gateway.record_of(response)["asked_model"] == model


def test_the_client_may_lower_the_ceiling(lane):
    lane.cheap.push(whole())
    response = lane.gateway.ask(headers={"x-tierway-class": "top", "x-tierway-max-tier": "small"})
    assert response.headers["x-tierway-model"] == "cheap/small"


def test_the_client_may_not_raise_the_ceiling(lane):
    lane.cheap.push(whole())
    response = lane.gateway.ask(model="tier:frontier", headers={"x-tierway-class": "capped", "x-tierway-max-tier": "frontier"})
    assert response.headers["x-tierway-model"] == "cheap/small"
    assert response.headers["x-tierway-escalation"] == "denied; reason=class_ceiling"


def test_an_unknown_ceiling_is_refused_with_a_suggestion(lane):
    response = lane.gateway.ask(headers={"x-tierway-max-tier": "fronteer"})
    assert response.status == 400
    assert response.error["code"] == "tier_unknown"
    assert "frontier" in response.error["message"]


def test_the_clients_own_ceiling_denies_its_own_wish(lane):
    lane.cheap.push(whole())
    response = lane.gateway.ask(model="best", headers={"x-tierway-max-tier": "small"})
    assert response.headers["x-tierway-escalation"] == "denied; reason=request_ceiling"
    assert response.headers["x-tierway-model"] == "cheap/small"


@pytest.mark.parametrize("model", ["dear/frontier", "tier:frontier", "best"])
def test_a_denied_wish_is_served_by_the_bound_tier_and_disclosed(lane, model):
    lane.cheap.push(whole())
    response = lane.gateway.ask(model=model, headers={"x-tierway-class": "capped"})
    assert response.status == 200
    assert response.headers["x-tierway-escalation"] == "denied; reason=class_ceiling"
    assert response.json()["model"] == "cheap/small"
    assert not lane.dear.requests


def test_a_denied_wish_of_a_strict_class_is_refused(lane):
    response = lane.gateway.ask(model="tier:frontier", headers={"x-tierway-class": "strict"})
    assert response.status == 403
    assert response.error["code"] == "escalation_not_approved"
    assert response.headers["x-tierway-escalation"].startswith("denied")
    assert not lane.cheap.requests and not lane.dear.requests
    assert lane.gateway.record_of(response)["outcome"] == "denied"


def test_a_model_that_lacks_a_capability_is_passed_over_with_the_reason(lane):
    lane.cheap.push(whole())
    response = lane.gateway.ask("x " * 30_000)
    assert response.status == 200
    record = lane.gateway.record_of(response)
    assert record["passed_over"] == [{"model": "spare/small", "missing": "context window"}]


def test_a_need_that_only_a_higher_tier_meets_climbs_there_with_approval(lane):
    lane.dear.push(whole())
    response = lane.gateway.ask(IMAGE)
    assert response.headers["x-tierway-model"] == "dear/frontier"
    assert response.headers["x-tierway-escalation"] == "approved; reason=capability"
    assert {each["model"]: each["missing"] for each in lane.gateway.record_of(response)["passed_over"]} == {
        "cheap/small": "image input", "spare/small": "image input"}


def test_without_approval_the_missing_capability_is_named(lane):
    response = lane.gateway.ask(IMAGE, headers={"x-tierway-class": "capped"})
    assert response.status == 400
    assert response.error["code"] == "model_capability_missing"
    assert "image input" in response.error["message"]
    assert not lane.dear.requests


def test_a_need_that_nobody_meets_is_refused_and_named(lane):
    audio = [{"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}]
    response = lane.gateway.ask(audio)
    assert response.status == 400
    assert "audio input" in response.error["message"]


def test_a_named_model_without_the_capability_is_refused(lane):
    response = lane.gateway.ask(IMAGE, model="cheap/small")
    assert response.status == 400
    assert "image input" in response.error["message"]
    assert not lane.cheap.requests


def test_a_json_schema_passes_over_models_without_it(lane):
    lane.cheap.push(whole())
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
    response = lane.gateway.ask(headers={"x-tierway-class": "chat"}, response_format=schema)
    assert response.headers["x-tierway-model"] == "cheap/small"
    assert lane.gateway.record_of(response)["passed_over"] == [{"model": "spare/small", "missing": "json_schema"}]


def test_class_and_wish_are_disclosed_on_errors_too(lane):
    response = lane.gateway.ask(IMAGE, headers={"x-tierway-class": "capped"})
    assert response.headers["x-tierway-class"] == "capped"
    assert response.headers["x-request-id"] == response.headers["x-tierway-request-id"]


def test_request_ids_are_all_different(lane):
    lane.cheap.default = whole()
    assert len({lane.gateway.ask().request_id for _ in range(20)}) == 20


def test_a_stream_is_bound_like_a_whole_answer(lane):
    lane.dear.push(stream())
    seen = lane.gateway.stream("prove formally")
    assert (seen.disclosure["class"], seen.disclosure["tier"]) == ("top", "frontier")
