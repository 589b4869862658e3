"""Between a door and a provider of the same dialect everything passes byte for byte, known to the gateway or not, but the model's name."""

import pytest

from support.answers import encode
from support.doors import DOORS
from support.fake_upstream import stream as stream_script
from support.fake_upstream import whole as whole_script
from support.neutral import Said, Tokens
from support.vendors.anthropic import sse

doors = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
# What no codec would write or keep: blanks, an order of its own, members of next year, digits beyond a double.
REQUESTS = {
    "chat": b'{ "messages" : [{"content":"hi","role":"user","mood":1.50}],\n "model":"%s", "next_year":{"a":[1e400]}%s}',
    "responses": b'{ "input" : [{"content":"hi","role":"user","mood":1.50}],\n "store" : false, "model":"%s", "next_year":{"a":[1e400]}%s}',
    "messages": b'{ "messages" : [{"content":"hi","role":"user","mood":1.50}],\n "max_tokens" : 9, "model":"%s", "next_year":{"a":[1e400]}%s}',
}
STREAMED = {"chat": b', "stream": true, "stream_options": {"include_usage" : true}', "responses": b', "stream": true',
            "messages": b', "stream": true'}


def request_of(door: str, model: str, stream: bool) -> bytes:
    return REQUESTS[door] % (model.encode(), STREAMED[door] if stream else b"")


def answer_with_news(vendor, said: Said) -> bytes:
    """A whole answer with members that the gateway does not know, written as no codec would."""
    return encode(vendor.answer(said)).replace(b'"model":', b'"next_year" : {"a":[1e400, 1.50]},\n "model" : ', 1)


@doors
def test_a_request_passes_as_it_is_but_for_the_models_name(vendors, door):
    vendor = vendors.vendors[door.native]
    for stream in (False, True):
        vendor.upstream.push(stream_script(b"".join(vendor.events(Said("Fine.")))) if stream else
                             whole_script(encode(vendor.answer(Said("Fine.")))))
        sent = request_of(door.name, f"{door.native}/small", stream)
        response = vendors.gateway.post(sent, door.headers(), door.path)
        assert response.status == 200, response.body
        assert vendor.requests[-1].body == request_of(door.name, vendor.model, stream)


@doors
def test_an_answer_passes_as_it_is_but_for_the_models_name(vendors, door):
    vendor = vendors.vendors[door.native]
    answer = answer_with_news(vendor, Said("Fine.", tokens=Tokens(50, 7)))
    vendor.upstream.push(whole_script(answer))
    response = vendors.gateway.post(request_of(door.name, f"{door.native}/small", False), door.headers(), door.path)
    assert response.body == answer.replace(f'"{vendor.model}"'.encode(), f'"{door.native}/small"'.encode())
    assert response.headers["x-tierway-cost-usd"] == "0.00000809"


@pytest.mark.parametrize("door", [DOORS["responses"], DOORS["messages"]], ids=lambda door: door.name)
def test_a_stream_passes_event_by_event_with_what_is_new(vendors, door):
    vendor = vendors.vendors[door.native]
    events = vendor.events(Said("Fine. And more than that.", tokens=Tokens(50, 7)))
    new = sse({"type": "next_year.event", "sequence_number": 77, "a": [1.5, {"b": None}]})
    events = [events[0], new, *events[1:]]
    vendor.upstream.push(stream_script(b"".join(events), split=9))
    response = vendors.gateway.post(request_of(door.name, f"{door.native}/small", True), door.headers(), door.path)
    named = [event.replace(f'"model":"{vendor.model}"'.encode(), f'"model":"{door.native}/small"'.encode()) for event in events]
    begin, end = b"".join(named[:-1]), named[-1]
    assert response.body.startswith(begin + b": tierway {")
    assert response.body.endswith(b"}\n\n" + end)


def test_the_version_and_the_betas_of_a_client_go_to_anthropic(vendors):
    vendor = vendors.vendors["anthropic"]
    vendor.upstream.push(whole_script(encode(vendor.answer(Said("Fine."))), headers=vendor.head()))
    betas = "context-management-2025-06-27,interleaved-thinking-2025-05-14"
    response = vendors.gateway.post(request_of("messages", "anthropic/small", False),
                                    {"anthropic-version": "2026-10-21", "anthropic-beta": betas}, "/v1/messages?beta=true")
    assert response.status == 200, response.body
    told = vendor.requests[-1].headers
    assert (told["anthropic-version"], told["anthropic-beta"]) == ("2026-10-21", betas)
    assert response.headers["anthropic-ratelimit-requests-remaining"] == "99"


@pytest.mark.parametrize("provider", ["openai", "azure", "openai_responses", "gemini", "bedrock"])
def test_the_betas_of_a_client_go_to_nobody_else(vendors, provider):
    vendor = vendors.vendors[provider]
    vendor.say(Said("Fine."))
    body = b'{"model":"%s/small","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}' % provider.encode()
    response = vendors.gateway.post(body, {"anthropic-version": "2026-10-21", "anthropic-beta": "new-2026"}, "/v1/messages")
    assert response.status == 200, response.body
    assert b"anthropic" not in vendor.requests[-1].head.lower().replace(b"anthropic.claude", b"")


def test_what_tierway_writes_itself_is_of_a_version_that_anthropic_knows(vendors):
    vendor = vendors.vendors["anthropic"]
    vendor.say(Said("Fine."))
    vendors.gateway.post(b'{"model":"anthropic/small","messages":[{"role":"user","content":"hi"}]}', path="/v1/chat/completions")
    assert vendor.requests[-1].headers["anthropic-version"] == "2023-06-01"
    assert "anthropic-beta" not in vendor.requests[-1].headers


# Thoughts as the doors carry those of other families, and what passes around them.
FOREIGN = {
    "responses": (b'{"model":"openai_responses/small","input":[{"type":"message","role":"user","content":"hi"}, %s'
                  b'{"type":"message","role":"assistant", "content":[{"type":"output_text","text":"ho"}]}],"store":false,"next_year":1.50}',
                  b'{"type":"reasoning","id":"rs_req_1_0","summary":[],"encrypted_content":"anthropic:Eu=="} , '),
    "messages": (b'{"model":"anthropic/small","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant", "content":[ %s'
                 b'{"type":"text","text":"ho","mood":1.50}]},{"role":"user","content":"so?"}],"next_year":1.50}',
                 b'{"type":"redacted_thinking","data":"gemini!:c2ln"},{"type":"thinking","thinking":"hm","signature":""} , '),
}


@pytest.mark.parametrize("door", FOREIGN)
def test_thoughts_of_other_families_are_cut_out_of_what_passes_otherwise_as_it_is(vendors, door):
    client = DOORS[door]
    vendor = vendors.vendors[client.native]
    vendor.upstream.push(whole_script(encode(vendor.answer(Said("Fine.")))))
    frame, foreign = FOREIGN[door]
    response = vendors.gateway.post(frame % foreign, client.headers(), client.path)
    assert response.status == 200, response.body
    named = (frame % b"").replace(f"{client.native}/small".encode(), vendor.model.encode())
    assert vendor.requests[-1].body == named
