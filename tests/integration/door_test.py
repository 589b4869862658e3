"""What each door says beside answers: errors in its own envelope, probes, token counts, and what it cannot do."""

import hashlib

import pytest

from support.answers import encode
from support.dialect_lane import environment, policy
from support.doors import DOORS, Question
from support.fake_upstream import whole
from support.gateway import Gateway
from support.neutral import Said, Text, Turn, user
from support.vendors import VENDORS

doors = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
providers = pytest.mark.parametrize("provider", VENDORS)
QUESTION = Question([user("Hi")])


@doors
def test_a_body_that_is_no_json_is_refused_in_the_doors_envelope(vendors, door):
    response = vendors.gateway.post(b'{"model":', door.headers(), door.path)
    assert response.status == 400
    assert door.error(response)["message"]


@doors
def test_a_model_that_is_not_there_is_refused_in_the_doors_envelope(vendors, door):
    response = vendors.send(door, QUESTION, "openai/smal", False)
    assert (response.status, door.error(response)["code"]) == (404, "model_not_found")


@doors
def test_a_missing_member_is_named_in_the_doors_words(vendors, door):
    response = vendors.gateway.post(b'{"model":"auto","max_tokens":5}', door.headers(), door.path)
    error = door.error(response)
    assert (response.status, error["param"]) == (400, "input" if door.name == "responses" else "messages"), error


@doors
def test_another_method_is_refused_in_the_doors_envelope(vendors, door):
    response = vendors.gateway.request("PUT", door.path, b"{}", door.headers())
    assert response.status == 405
    assert door.error(response)["message"]


def test_an_answer_without_a_limit_of_its_length_is_refused_at_the_door_that_requires_one(vendors):
    response = vendors.gateway.post(b'{"model":"auto","messages":[{"role":"user","content":"hi"}]}', path="/v1/messages")
    error = DOORS["messages"].error(response)
    assert (response.status, error["type"], error["param"]) == (400, "invalid_request_error", "max_tokens")


@pytest.fixture(name="locked", scope="module")
def locked_fixture(tmp_path_factory):
    """A gateway that asks for keys, before a vendor of each dialect that nobody reaches."""
    made = {name: kind() for name, kind in VENDORS.items()}
    config = policy(made)
    config["keys"] = [{"id": "tester", "sha256": hashlib.sha256(b"tw-tester-0123456789abcdef0123456789").hexdigest()}]
    with Gateway(tmp_path_factory.mktemp("locked"), config, environment(made)) as gateway:
        yield gateway, made
    for vendor in made.values():
        vendor.upstream.close()


@doors
def test_a_client_without_a_key_is_refused_in_the_doors_envelope(locked, door):
    response = locked[0].post(b"{}", door.headers(), door.path)
    error = door.error(response)
    assert (response.status, error["type"]) == (401, "authentication_error")


@pytest.mark.parametrize("header", ["Authorization", "x-api-key"])
@doors
def test_a_key_is_taken_from_either_header_and_goes_no_further(locked, door, header):
    gateway, made = locked
    key = "tw-tester-0123456789abcdef0123456789"
    made["anthropic"].say(Said("Fine."))
    sent = {**door.headers(), header: f"Bearer {key}" if header == "Authorization" else key}
    response = gateway.post(door.body(QUESTION, "anthropic/small", False), sent, door.path)
    assert door.hear(response, False).text == "Fine."
    assert key.encode() not in made["anthropic"].requests[-1].head
    made["anthropic"].check()


def test_a_websocket_is_answered_426_so_that_codex_falls_back_at_once(vendors):
    response = vendors.gateway.request("GET", "/v1/responses", headers={
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "openai-beta": "responses_websockets=2026-02-06"})
    assert response.status == 426
    assert DOORS["responses"].error(response)["message"]


@pytest.mark.parametrize("path", ["/", "/api/hello"])
def test_a_probe_of_claude_code_finds_somebody(vendors, path):
    with vendors.gateway.connect() as client:
        client.send(f"HEAD {path} HTTP/1.1\r\nHost: gateway.test\r\n\r\n".encode())
        assert client.read_head().status == 200
        # No body followed: the connection goes on with the next request.
        client.send(b"GET /v1/models HTTP/1.1\r\nHost: gateway.test\r\n\r\n")
        assert client.read_response().json()["object"] == "list"


@pytest.mark.parametrize("path", ["/v1/messages/count_tokens", "/v1/messages/count_tokens?beta=true"])
def test_tokens_are_counted_before_they_are_sent(vendors, path):
    def count(text: str) -> int:
        body = {"model": "auto", "messages": [{"role": "user", "content": text}], "system": "Be brief."}
        response = vendors.gateway.post(body, {"anthropic-version": "2023-06-01"}, path)
        assert response.status == 200, response.body
        assert list(response.json()) == ["input_tokens"]
        return response.json()["input_tokens"]

    few, many = count("Hi"), count("How are you? " * 500)
    assert 1 <= few < 40
    assert 1000 < many < 3000
    assert not any(vendor.requests for vendor in vendors.vendors.values())


def test_a_count_of_what_is_no_request_is_refused_in_anthropics_envelope(vendors):
    response = vendors.gateway.post(b'{"model":"auto"}', path="/v1/messages/count_tokens")
    assert (response.status, DOORS["messages"].error(response)["param"]) == (400, "messages")


@pytest.mark.parametrize("member, value", [("previous_response_id", '"resp_1"'), ("conversation", '"conv_1"'), ("background", "true"),
                                           ("prompt", '{"id":"pmpt_1"}')])
def test_what_needs_the_vendors_memory_is_refused_and_named(vendors, member, value):
    body = f'{{"model":"openai_responses/small","input":"hi","{member}":{value}}}'.encode()
    response = vendors.gateway.post(body, path="/v1/responses")
    error = DOORS["responses"].error(response)
    assert (response.status, error["code"], error["param"]) == (400, "unsupported_parameter", member)


@pytest.mark.parametrize("provider", [name for name in VENDORS if name not in ("openai", "azure")])
def test_several_choices_are_refused_where_there_is_one(vendors, provider):
    body = {"model": f"{provider}/small", "n": 2, "messages": [{"role": "user", "content": "hi"}]}
    if provider == "gemini":  # It has them.
        pytest.skip("candidateCount")
    response = vendors.gateway.post(body)
    assert (response.status, response.error["code"]) == (400, "model_capability_missing")
    assert "several choices" in response.error["message"]


@pytest.mark.parametrize("provider", VENDORS)
def test_preferences_that_a_vendor_cannot_follow_are_dropped_and_named(vendors, provider):
    vendor = vendors.vendors[provider]
    vendor.say(Said("Fine."))
    body = {"model": f"{provider}/small", "messages": [{"role": "user", "content": "hi"}], "logit_bias": {"42": 1}, "seed": 7}
    response = vendors.gateway.post(body)
    assert response.status == 200, response.body
    dropped = {"openai": set(), "azure": set(), "gemini": {"logit_bias"}}.get(provider, {"logit_bias", "seed"})
    assert set(filter(None, response.headers.get("x-tierway-dropped", "").split(", "))) == dropped


@pytest.mark.parametrize("provider", VENDORS)
@pytest.mark.parametrize("door, member, value", [
    ("messages", "mcp_servers", [{"type": "url", "url": "https://example.com/mcp", "name": "m"}]),
    ("messages", "tools", [{"type": "web_search_20250305", "name": "web_search"}]),
    ("responses", "tools", [{"type": "mcp", "server_label": "m", "server_url": "https://example.com/mcp"}])])
def test_what_only_one_vendor_can_do_goes_to_that_vendor_or_nowhere(vendors, door, member, value, provider):
    client = DOORS[door]
    body = {**client.body(QUESTION, f"{provider}/small", False), member: value}
    vendor = vendors.vendors[provider]
    if provider == client.native:
        vendor.upstream.push(whole(encode(vendor.answer(Said("Fine.")))))
        assert vendors.gateway.post(body, client.headers(), client.path).status == 200
        return
    response = vendors.gateway.post(body, client.headers(), client.path)
    error = client.error(response)
    assert (response.status, error["code"]) == (400, "model_capability_missing"), error
    assert error["param"].startswith(member), error
    assert not vendor.requests


def test_claude_codes_billing_header_and_empty_turns_do_not_reach_others(vendors):
    vendor = vendors.vendors["openai"]
    vendor.say(Said("Fine."))
    body = {"model": "openai/small", "max_tokens": 64, "system": [
                {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.330; cch=1;"},
                {"type": "text", "text": "You are Claude Code.", "cache_control": {"type": "ephemeral"}}],
            "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]},
                         {"role": "system", "content": [], "output_config": {"effort": "low"}}],
            "thinking": {"type": "adaptive", "display": "omitted"}, "context_management": {"edits": []},
            "metadata": {"user_id": '{"device":"%s"}' % ("x" * 80)}}
    response = vendors.gateway.post(body, {"anthropic-version": "2023-06-01", "anthropic-beta": "x"}, "/v1/messages?beta=true")
    assert response.status == 200, response.body
    asked = vendor.last
    assert asked.system == "You are Claude Code."
    assert asked.turns == [Turn("user", (Text("hi"),))]
    sent = vendor.requests[-1].json()
    assert len(sent["user"] if "user" in sent else sent["safety_identifier"]) <= 64
