"""The cascade: the cheap answer is judged, kept or escalated; nothing of a rejected draft reaches the client, its cost does."""

import threading

import pytest

from support import answers
from support.answers import answer, chunk, event, events, logprobs, stream_chunks, usage
from support.fake_upstream import error, stream, whole
from support.gateway import CHAT, chat
from support.lane import Lane, cost_nano, nano, usd
from support.raw_client import Truncated, request_bytes
from support.sse import Stream

JUDGED = {"x-tierway-class": "judged"}
CAPPED = {"x-tierway-class": "judged", "x-tierway-max-tier": "small"}
DRAFT = "DRAFTMARK"
SURE, UNSURE = -0.01, -3.0
SCHEMA = {"type": "json_schema", "json_schema": {"name": "city", "strict": True, "schema": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}}
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]


def tool_call(name: str, arguments: str) -> dict:
    return {"tool_calls": [{"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}]}


WEAK_DRAFTS = {
    "low log-probabilities": (answer(f"{DRAFT} is it", logprobs=logprobs(f"{DRAFT} is it", UNSURE)), {}),
    "hedging": (answer(f"{DRAFT}: I'm not sure, I don't know, I cannot determine this."), {}),
    "empty": (answer("", id=DRAFT), {}),
    "cut off at the limit": (answer(f"{DRAFT} and then", finish="length"), {}),
    "repeats itself": (answer(f"{DRAFT} " * 300), {}),
    "breaks the schema": (answer('{"town": "DRAFTMARK"}'), {"response_format": SCHEMA}),
    "is no JSON although a schema was asked for": (answer(f"{DRAFT}, I think"), {"response_format": SCHEMA}),
    "tool arguments miss a required field": (
        answer(None, finish="tool_calls", message=tool_call("weather", '{"town":"DRAFTMARK"}')), {"tools": TOOLS}),
    "calls a tool that was not offered": (
        answer(None, finish="tool_calls", message=tool_call("wether_DRAFTMARK", '{"city":"x"}')), {"tools": TOOLS}),
}


def test_a_confident_cheap_answer_is_kept(lane):
    text = "Paris is the capital of France."
    lane.cheap.push(whole(answer(text, logprobs=logprobs(text, SURE), used=usage(12, 7))))
    response = lane.gateway.ask(headers=JUDGED)
    assert response.json()["model"] == "cheap/small"
    assert response.headers["x-tierway-escalation"] == "none"
    assert float(response.headers["x-tierway-confidence"]) >= 0.6
    assert response.headers["x-tierway-cost-usd"] == usd(cost_nano("cheap/small", 12, 7))
    assert not lane.dear.requests


@pytest.mark.parametrize("draft, fields", WEAK_DRAFTS.values(), ids=WEAK_DRAFTS.keys())
def test_a_weak_whole_answer_is_escalated_and_nothing_of_it_is_seen(lane, draft, fields):
    lane.cheap.push(whole({**draft, "usage": usage(100, 20)}, headers={"openai-processing-ms": DRAFT}))
    good = answer('{"city": "Paris"}', used=usage(101, 30))
    lane.dear.push(whole(good))
    response = lane.gateway.ask(headers=JUDGED, **fields)
    assert response.status == 200
    assert response.json()["model"] == "dear/frontier"
    assert DRAFT.encode() not in response.body
    assert DRAFT not in str(response.headers)
    assert response.headers["x-tierway-escalation"] == "approved; reason=low_confidence"
    assert float(response.headers["x-tierway-confidence"]) < 0.6
    assert response.headers["x-tierway-tier"] == "frontier"
    assert response.headers["x-tierway-attempts"] == "2"
    assert response.headers["x-tierway-fallbacks"] == "0"
    expected = cost_nano("cheap/small", 100, 20) + cost_nano("dear/frontier", 101, 30)
    assert response.headers["x-tierway-cost-usd"] == usd(expected)
    assert response.headers["x-tierway-baseline-usd"] == usd(cost_nano("dear/frontier", 101, 30))
    record = lane.gateway.record_of(response)
    assert [(each["purpose"], each["model"]) for each in record["attempts"]] == [
        ("draft", "cheap/small"), ("answer", "dear/frontier")]
    assert (record["bound_tier"], record["tier"]) == ("small", "frontier")
    assert record["signals"]


@pytest.mark.parametrize("text, probability", [(f"{DRAFT} maybe so", UNSURE), (f"{DRAFT}. I'm not sure, I don't know.", None)])
def test_a_weak_streamed_answer_is_escalated_and_nothing_of_it_is_seen(lane, text, probability):
    chunks = [chunk({"role": "assistant", "content": ""}, id=DRAFT)]
    chunks += [chunk({"content": word + " "}, id=DRAFT, logprobs=probability and logprobs(word, probability)) for word in text.split()]
    chunks += [chunk({}, "stop", id=DRAFT), chunk(choices=[], usage=usage(100, 20), id=DRAFT)]
    lane.cheap.push(stream(chunks, headers={"openai-processing-ms": DRAFT}))
    lane.dear.push(stream(stream_chunks("The better answer.", used=usage(101, 30))))
    response = lane.gateway.ask(headers=JUDGED, stream=True, stream_options={"include_usage": True})
    assert DRAFT.encode() not in response.body
    assert DRAFT not in str(response.headers)
    seen = Stream.parse(response.body)
    assert seen.text == "The better answer."
    assert seen.roles == ["assistant"]
    assert {each["model"] for each in seen.chunks} == {"dear/frontier"}
    assert seen.usage_chunks[0]["usage"] == usage(101, 30)
    disclosed = seen.disclosure
    assert (disclosed["escalation"], disclosed["escalation_reason"]) == ("approved", "low_confidence")
    assert disclosed["model"] == "dear/frontier"
    assert nano(disclosed["cost_usd"]) == cost_nano("cheap/small", 100, 20) + cost_nano("dear/frontier", 101, 30)


def test_a_confident_streamed_answer_is_kept(lane):
    lane.cheap.push(stream(stream_chunks("Paris is the capital of France.", used=usage(12, 7))))
    response = lane.gateway.ask(headers=JUDGED, stream=True)
    seen = Stream.parse(response.body)
    assert seen.text == "Paris is the capital of France."
    assert (seen.disclosure["model"], seen.disclosure["escalation"]) == ("cheap/small", "none")
    assert response.headers["x-tierway-confidence"]  # Known when a held stream begins.
    assert response.headers["x-tierway-cost-usd"] == usd(cost_nano("cheap/small", 12, 7))


@pytest.mark.parametrize("streamed", [False, True])
def test_a_denied_escalation_serves_the_cheap_answer_and_says_so(lane, streamed):
    text = "I'm not sure, I don't know, I cannot determine this."
    lane.cheap.push(stream(stream_chunks(text)) if streamed else whole(answer(text)))
    response = lane.gateway.ask(headers=CAPPED, stream=streamed)
    assert response.status == 200
    assert response.headers["x-tierway-escalation"] == "denied; reason=request_ceiling"
    assert response.headers["x-tierway-model"] == "cheap/small"
    got = Stream.parse(response.body).text if streamed else response.json()["choices"][0]["message"]["content"]
    assert got == text
    assert not lane.dear.requests


@pytest.mark.parametrize("streamed", [False, True])
def test_a_denied_escalation_of_a_strict_class_is_an_error_and_the_draft_is_billed(lane, streamed):
    chunks = [chunk({"role": "assistant", "content": DRAFT}), chunk({}, "length"), chunk(choices=[], usage=usage(100, 20))]
    lane.cheap.push(stream(chunks) if streamed else whole(answer(DRAFT, finish="length", used=usage(100, 20))))
    response = lane.gateway.ask(headers={"x-tierway-class": "strict_judged", "x-tierway-max-tier": "small"}, stream=streamed)
    assert response.status == 403
    assert response.error["code"] == "escalation_not_approved"
    assert DRAFT.encode() not in response.body
    assert response.headers["x-tierway-cost-usd"] == usd(cost_nano("cheap/small", 100, 20))
    record = lane.gateway.record_of(response)
    assert (record["outcome"], record["attempts"][0]["purpose"]) == ("denied", "draft")


@pytest.mark.parametrize("streamed", [False, True])
def test_log_probabilities_are_asked_of_the_provider_and_taken_out_again(lane, streamed):
    text = "Paris is the capital of France."
    chunks = stream_chunks(text)
    for each in chunks[1:-2]:
        each["choices"][0]["logprobs"] = logprobs("w", SURE)
    lane.cheap.push(stream(chunks) if streamed else whole(answer(text, logprobs=logprobs(text, SURE))))
    response = lane.gateway.ask(headers=JUDGED, stream=streamed)
    assert lane.cheap.last.json()["logprobs"] is True
    assert b'"logprob"' not in response.body
    signals = {each["signal"]: each["score"] for each in lane.gateway.record_of(response)["signals"]}
    assert signals["logprob"] > 0.5


@pytest.mark.parametrize("streamed", [False, True])
def test_log_probabilities_that_the_client_asked_for_are_kept(lane, streamed):
    text = "Paris is the capital of France."
    probabilities = logprobs(text, SURE)
    chunks = [chunk({"role": "assistant", "content": text}, logprobs=probabilities), chunk({}, "stop")]
    lane.cheap.push(stream(chunks) if streamed else whole(answer(text, logprobs=probabilities)))
    response = lane.gateway.ask(headers=JUDGED, stream=streamed, logprobs=True, top_logprobs=3)
    found = Stream.parse(response.body).chunks[0] if streamed else response.json()
    assert found["choices"][0]["logprobs"] == probabilities
    assert lane.cheap.last.json()["top_logprobs"] == 3


def test_log_probabilities_are_not_asked_of_a_model_that_has_none(lane):
    lane.cheap.push(error(503))
    lane.spare.push(whole())
    assert lane.gateway.ask(headers=JUDGED).status == 200
    assert "logprobs" not in lane.spare.last.json()


def test_the_second_tier_is_asked_for_exactly_what_the_client_wrote(lane):
    lane.cheap.push(whole(answer("", finish="length")))
    lane.dear.push(whole())
    body = b'{"messages":[{"role":"user","content":"hi"}], "model" : "auto", "seed":123456789012345678901234567890}'
    assert lane.gateway.post(body, JUDGED).status == 200
    assert lane.dear.last.body == body.replace(b'"auto"', b'"frontier"')


@pytest.fixture(name="impatient", scope="module")
def impatient_fixture(tmp_path_factory):
    """A gateway that keeps a held stream alive very soon."""
    def change(config):
        config["server"].update({"stream_keepalive_after": "200ms", "stream_keepalive_every": "200ms"})

    with Lane(tmp_path_factory.mktemp("impatient"), change) as lane:
        yield lane


def test_a_held_stream_is_kept_alive_by_comments_and_then_answers(impatient):
    lane = impatient
    lane.reset()
    go_on = threading.Event()

    def script(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": DRAFT})))
        exchange.wait(go_on)
        exchange.send_chunk(events([chunk({}, "length"), chunk(choices=[], usage=usage(100, 20))]))
        exchange.end_chunks()

    lane.cheap.push(script)
    lane.dear.push(stream(stream_chunks("The better answer.")))
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, answers.encode(chat(stream=True)), JUDGED))
        response = client.read_head()
        assert response.status == 200
        while response.body.count(b"\n\n") < 2:
            response.body += client.read_chunk()
        assert all(line.startswith(b":") for line in response.body.split(b"\n") if line)
        go_on.set()
        client.read_body(response)
    seen = Stream.parse(response.body)
    assert seen.text == "The better answer."
    assert DRAFT.encode() not in response.body
    assert seen.disclosure["model"] == "dear/frontier"


def test_an_error_after_keep_alives_is_told_inside_the_stream(impatient):
    lane = impatient
    lane.reset()
    go_on = threading.Event()

    def script(exchange):
        exchange.wait(go_on)
        error(500)(exchange)

    lane.cheap.push(script)
    lane.spare.default = error(500)
    lane.cheap.default = error(500)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, answers.encode(chat(stream=True)), JUDGED))
        response = client.read_head()
        response.body += client.read_chunk()
        assert response.body.startswith(b":")
        go_on.set()
        with pytest.raises(Truncated):
            client.read_body(response)
    seen = Stream.parse(response.body)
    assert not seen.done
    assert seen.chunks[-1]["error"]["code"] == "upstream_unavailable"


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("fault", [error(503), error(400, "cannot"), error(401)], ids=["503", "400", "401"])
def test_when_the_frontier_fails_after_an_approved_escalation_the_draft_is_served(lane, streamed, fault):
    text = "I'm not sure, I don't know, I cannot determine this."
    lane.cheap.push(stream(stream_chunks(text, used=usage(100, 20))) if streamed else whole(answer(text, used=usage(100, 20))))
    lane.dear.default = fault
    response = lane.gateway.ask(headers=JUDGED, stream=streamed)
    assert response.status == 200
    got = Stream.parse(response.body).text if streamed else response.json()["choices"][0]["message"]["content"]
    assert got == text
    record = lane.gateway.record_of(response)
    assert (record["model"], record["tier"]) == ("cheap/small", "small")
    assert response.headers["x-tierway-model"] == "cheap/small"
    assert [each["purpose"] for each in record["attempts"] if each["model"] == "cheap/small"] == ["answer"]
    assert all(each["purpose"] == "failed" for each in record["attempts"] if each["model"] == "dear/frontier")


def test_a_stream_that_escalated_and_then_broke_before_its_content_serves_the_draft(lane):
    lane.cheap.push(stream(stream_chunks("I don't know. I'm not sure. I cannot determine this.")))

    def broken(exchange):
        exchange.send_stream_head()
        exchange.reset()

    lane.dear.default = broken
    seen = lane.gateway.stream(headers=JUDGED)
    assert seen.text.startswith("I don't know.")
    assert seen.done
    assert seen.disclosure["model"] == "cheap/small"


def test_an_escalated_stream_is_delivered_as_it_comes(lane):
    go_on = threading.Event()
    lane.cheap.push(stream([chunk({"role": "assistant", "content": DRAFT}), chunk({}, "length")]))

    def script(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": "first"})))
        exchange.wait(go_on)
        exchange.send_chunk(events([chunk({"content": " second"}, "stop")]))
        exchange.end_chunks()

    lane.dear.push(script)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, answers.encode(chat(stream=True)), JUDGED))
        response = client.read_head()
        client.read_until(response, b"first")
        go_on.set()
        client.read_body(response)
    assert Stream.parse(response.body).text == "first second"


def test_the_least_confident_of_several_choices_counts(lane):
    good = {"index": 0, "message": {"role": "assistant", "content": "Paris."}, "finish_reason": "stop"}
    bad = {"index": 1, "message": {"role": "assistant", "content": ""}, "finish_reason": "length"}
    lane.cheap.push(whole(answer(choices=[good, bad])))
    lane.dear.push(whole())
    response = lane.gateway.ask(headers=JUDGED, n=2)
    assert response.headers["x-tierway-model"] == "dear/frontier"


def test_a_class_that_does_not_escalate_is_not_judged(lane):
    lane.cheap.push(whole(answer("", finish="length")))
    response = lane.gateway.ask()
    assert response.headers["x-tierway-model"] == "cheap/small"
    assert "x-tierway-confidence" not in response.headers


def test_a_model_that_the_client_named_is_not_judged(lane):
    lane.cheap.push(whole(answer("", finish="length")))
    response = lane.gateway.ask(model="cheap/small", headers=JUDGED)
    assert response.headers["x-tierway-model"] == "cheap/small"
    assert response.headers["x-tierway-escalation"] == "none"


def test_the_rule_for_json_schemas_leads_into_the_cascade(lane):
    lane.cheap.push(whole(answer('{"city": "Paris"}')))
    response = lane.gateway.ask(response_format=SCHEMA)
    assert response.headers["x-tierway-class"] == "judged"
    assert response.json()["model"] == "cheap/small"
