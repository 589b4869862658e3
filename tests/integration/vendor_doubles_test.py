"""The doubles of vendors themselves: they speak as WIRE.md says the vendors speak, and refuse what the vendors refuse."""

import json
from calendar import timegm

import pytest

from support import json_text
from support.doors import DOORS, Question
from support.fake_upstream import RecordedRequest
from support.neutral import Call, Image, Result, Said, Thought, Tokens, plain, results, user
from support.raw_client import RawClient, request_bytes
from support.vendors import VARIANTS, VENDORS, Vendor, event_stream
from support.vendors.signature import check_signature
from support.vendors.vendor import Violation

CREDENTIALS = {"openai_responses": "authorization: Bearer {}", "openai": "authorization: Bearer {}", "azure": "api-key: {}",
               "anthropic": "anthropic-version: 2023-06-01\r\nx-api-key: {}", "gemini": "x-goog-api-key: {}",
               "bedrock": "authorization: Bearer {}"}
PATHS = {"openai": "/v1/chat/completions", "azure": "/openai/v1/chat/completions", "openai_responses": "/v1/responses",
         "anthropic": "/v1/messages", "gemini": "/v1beta/models/gemini-2026:generateContent", "bedrock": "/model/m%3A0/converse"}


@pytest.fixture(name="vendor", params=VENDORS)
def vendor_fixture(request):
    vendor = VENDORS[request.param]()
    yield vendor
    vendor.upstream.close()


def request_to(vendor: Vendor, body: dict | str) -> RecordedRequest:
    head = f"POST {PATHS[vendor.dialect]} HTTP/1.1\r\n{CREDENTIALS[vendor.dialect].format(vendor.key)}"
    return RecordedRequest(head.encode(), (body if isinstance(body, str) else json.dumps(body)).encode(), 0)


# What each takes, and what is wrong with it then, by the words of the refusal.
GOOD = {
    "openai": {"model": "m", "messages": [{"role": "user", "content": "hi"}]},
    "openai_responses": {"model": "m", "input": "hi", "store": False},
    "anthropic": {"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": "hi"}]},
    "gemini": {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]},
    "bedrock": {"messages": [{"role": "user", "content": [{"text": "hi"}]}]},
}
ORPHANS = {
    "openai": {"messages": [{"role": "user", "content": "hi"}, {"role": "tool", "tool_call_id": "x", "content": "y"}]},
    "openai_responses": {"input": [{"type": "function_call_output", "call_id": "x", "output": "y"}]},
    "anthropic": {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "x", "content": "y"}]}]},
    "gemini": {"contents": [{"role": "user", "parts": [{"functionResponse": {"name": "x", "response": {}}}]}]},
    "bedrock": {"messages": [{"role": "user", "content": [{"toolResult": {"toolUseId": "x", "content": [{"text": "y"}]}}]}]},
}
STOLEN_SEALS = {
    "openai_responses": {"input": [{"type": "reasoning", "summary": [], "encrypted_content": "x"},
                                   {"role": "assistant", "content": "hi"}]},
    "anthropic": {"messages": [{"role": "user", "content": "hi"},
                               {"role": "assistant", "content": [{"type": "thinking", "thinking": "a", "signature": "x"}]}]},
    "gemini": {"contents": [{"role": "user", "parts": [{"text": "hi"}]},
                            {"role": "model", "parts": [{"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "x"}]}]},
    "bedrock": {"messages": [{"role": "user", "content": [{"text": "hi"}]},
                             {"role": "assistant", "content": [{"reasoningContent": {"reasoningText": {"text": "a", "signature": "x"}}}]}]},
}
IN_A_ROW = {
    "anthropic": {"messages": [{"role": "user", "content": "hi"}, {"role": "user", "content": "hi"}]},
    "gemini": {"contents": [{"role": "user", "parts": [{"text": "hi"}]}] * 2},
    "bedrock": {"messages": [{"role": "user", "content": [{"text": "hi"}]}] * 2},
}


def good(vendor: Vendor) -> dict:
    return GOOD["openai" if vendor.dialect == "azure" else vendor.dialect]


def test_a_plain_request_is_taken(vendor):
    assert vendor.read(request_to(vendor, good(vendor))).turns == [user("hi")]


def test_an_unknown_member_is_refused(vendor):
    with pytest.raises(Violation, match="unknown members"):
        vendor.read(request_to(vendor, {**good(vendor), "next_year": 1}))


def test_a_member_that_appears_twice_is_refused(vendor):
    text = json.dumps(good(vendor))
    with pytest.raises(AssertionError, match="twice"):
        vendor.read(request_to(vendor, text[:-1] + "," + text[1:]))


def test_another_key_is_refused(vendor):
    request = request_to(vendor, good(vendor))
    vendor.key = "another"
    with pytest.raises(Violation, match="key"):
        vendor.read(request)


def test_a_result_of_no_call_is_refused(vendor):
    wrong = ORPHANS["openai" if vendor.dialect == "azure" else vendor.dialect]
    with pytest.raises(Violation):
        vendor.read(request_to(vendor, {**good(vendor), **wrong}))


@pytest.mark.parametrize("wrong", [STOLEN_SEALS, IN_A_ROW], ids=["stolen seals", "roles in a row"])
def test_what_a_vendor_with_rules_of_its_own_refuses_is_refused(vendor, wrong):
    if vendor.dialect in wrong:
        with pytest.raises(Violation):
            vendor.read(request_to(vendor, {**good(vendor), **wrong[vendor.dialect]}))


def test_frames_are_those_that_aws_sends():
    hi = event_stream.event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Hi"}})
    assert hi.hex() == ("0000009400000057b4ab9aee0b3a6576656e742d74797065070011636f6e74656e74426c6f636b44656c74610d3a636f6e74656e742d74"
                        "7970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d747970650700056576656e747b22636f6e74656e74426c"
                        "6f636b496e646578223a302c2264656c7461223a7b2274657874223a224869227d7d1f944657")
    slow = event_stream.exception("throttlingException", "slow")
    assert slow.hex() == ("0000008300000061a9d144e50f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f"
                          "6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f"
                          "6e7b226d657373616765223a22736c6f77227d9350311c")


def test_a_signature_is_checked_as_aws_checks_it(monkeypatch):
    """By the example of WIRE.md, as botocore signs it."""
    monkeypatch.setattr("time.time", lambda: timegm((2025, 1, 2, 3, 4, 5)))
    signed = "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token"
    lines = ["POST /openai/v1/responses HTTP/1.1", "content-type: application/json", "host: bedrock-mantle.us-east-1.api.aws",
             "x-amz-content-sha256: 50329e51ad520f21b77bad0b01999930ff556cd1bf18434701251ba6c9f877bc", "x-amz-date: 20250102T030405Z",
             "x-amz-security-token: fixture-session-token",
             f"authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20250102/us-east-1/bedrock-mantle/aws4_request, SignedHeaders={signed}, "
             "Signature=dc20c8fbe516daf0ccae7e5b7a78fc2936870413a9f1af6e1b2d44b970ce411f"]
    credentials = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "bedrock-mantle")
    request = RecordedRequest("\r\n".join(lines).encode(), b'{"model":"gpt-4o","input":"hello"}', 0)
    check_signature(request, *credentials)
    request.headers["x-amz-security-token"] = "another"
    with pytest.raises(Violation, match="does not match"):
        check_signature(request, *credentials)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_client_and_the_vendor_of_its_dialect_understand_each_other_without_a_gateway(door, stream):
    vendor = VARIANTS["deepseek"]() if door.native == "openai" else VENDORS[door.native]()
    credential = dict(line.split(": ") for line in CREDENTIALS[vendor.dialect].format(vendor.key).split("\r\n"))

    def ask(question: Question):
        with RawClient(vendor.upstream.address) as client:
            client.send(request_bytes("POST", door.path, json_text.write(door.body(question, vendor.model, stream)), credential))
            response = client.read_response()
            response.headers["x-request-id"] = response.headers.get("request-id", "")
            return door.hear(response, stream)

    try:
        call = Call("call_1", "weather", '{"city": "Z\\u00fcrich",  "big": 12345678901234567890}')
        asked = user("What is this?", Image("image/png", "iVBORw0KGgo="))
        tools = {"weather": {"type": "object", "properties": {"city": {"type": "string"}}}}
        tokens = Tokens(1000, 70, 300, 40, 20)
        vendor.say(Said("I look.", (call,), (Thought("Hm.", "seal-1" if vendor.seals_thoughts else ""),), tokens=tokens), split=9)
        heard = ask(Question([asked], system="Be brief.", tools=tools, tool_choice="auto", schema=tools["weather"]))
        assert (heard.text, heard.finish, heard.tokens, heard.calls) == ("I look.", "tool_calls", tokens, [call])
        assert [thought.text for thought in heard.thoughts] == ["Hm."]
        answered = results(Result("call_1", "sun"))
        vendor.say(Said("Fine.", finish="length"))
        last = ask(Question([asked, heard, answered, user("So?")], system="Be brief.", tools=tools))
        assert (last.text, last.finish) == ("Fine.", "length")
        assert plain(vendor.last.turns) == [asked, Said("I look.", (call,)).as_turn(), answered, user("So?")]
        assert vendor.last.system == "Be brief."
        vendor.check()
    finally:
        vendor.upstream.close()
