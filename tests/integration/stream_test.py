"""Streams: whatever the provider's bytes look like, the client sees clean events, at once, and never a false end."""

import json
import threading

import pytest

from support import answers
from support.answers import chunk, encode, event, events, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import error, stream, whole
from support.gateway import CHAT, chat
from support.raw_client import Truncated, request_bytes
from support.sse import Stream

TEXT = "Häuser, 日本 and 😀 are words."


def ask_and_read_cut(lane, upstream_script, **fields) -> bytes:
    """Asks for a stream that must end without its last chunk; all that came. The script goes wrong only after the client has its
    beginning: before that the gateway may still fall back."""
    lane.cheap.push(upstream_script)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True, **fields))))
        response = client.read_head()
        assert response.status == 200
        client.read_until(response, b"\n\n")
        upstream_script.go_on.set()
        with pytest.raises(Truncated):
            client.read_body(response)
        return response.body


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("split", [1, 2, 3, 7, None])
def test_events_may_be_cut_anywhere(lane, split, line_end):
    lane.cheap.push(stream(events(stream_chunks(TEXT), line_end=line_end), split=split))
    seen = lane.gateway.stream(stream_options={"include_usage": True})
    assert seen.text == TEXT
    assert seen.done
    assert seen.roles == ["assistant"]


def test_comments_of_the_provider_are_harmless(lane):
    chunks = stream_chunks("a b c")
    data = b": ping\n\n" + b"".join(b": one\n:two\n" + event(each) + b":\n\n" for each in chunks) + event(b"[DONE]")
    lane.cheap.push(stream(data))
    seen = lane.gateway.stream()
    assert (seen.text, seen.done) == ("a b c", True)


@pytest.mark.parametrize("data", [
    pytest.param(lambda plain: b"\xef\xbb\xbf" + plain, id="BOM"),
    pytest.param(lambda plain: plain.replace(b"data: ", b"data:"), id="no space after the colon"),
    pytest.param(lambda plain: plain.replace(b"data: ", b"event: chunk\nid: 7\nretry: 10\ndata: "), id="other fields"),
    pytest.param(lambda plain: plain.replace(b"\n", b"\r"), id="bare CR"),
    pytest.param(lambda plain: b"\n\n\n" + plain.replace(b"\n\n", b"\n\n\n\n"), id="empty lines"),
    pytest.param(lambda plain: plain.replace(b'"created":', b'\ndata: "created":'), id="data over several lines"),
])
def test_other_shapes_of_events_come_out_clean(lane, data):
    lane.cheap.push(stream(data(events(stream_chunks("a b c")))))
    seen = lane.gateway.stream()  # Stream.parse refuses everything but plain data and comment lines.
    assert (seen.text, seen.done) == ("a b c", True)


def test_a_stream_without_done_but_with_a_finish_reason_is_whole(lane):
    lane.cheap.push(stream(events(stream_chunks("a b c"), done=False)))
    seen = lane.gateway.stream()
    assert (seen.text, seen.done) == ("a b c", True)


def test_the_usage_chunk_is_stripped_when_nobody_asked_for_it(lane):
    lane.cheap.push(stream(stream_usage_events(answers.usage(7, 3))))
    seen = lane.gateway.stream()
    assert seen.usage_chunks == []
    assert all("usage" not in each for each in seen.chunks)
    assert all(each["choices"] for each in seen.chunks)


def stream_usage_events(used: dict) -> bytes:
    """As OpenAI sends it: every chunk carries `usage`, null but for the last."""
    chunks = stream_chunks("a b c", used=used)
    return events([{"usage": None, **each} for each in chunks])


def test_the_usage_chunk_is_kept_when_it_was_asked_for_and_discloses(lane):
    used = {**usage(7, 3), "x_provider": [1.0, 12345678901234567890]}
    lane.cheap.push(stream(stream_usage_events(used)))
    seen = lane.gateway.stream(stream_options={"include_usage": True})
    assert [each["usage"] for each in seen.usage_chunks] == [used]
    last = seen.chunks[-1]
    assert last["choices"] == []
    assert last["tierway"]["model"] == "cheap/small"
    assert seen.payloads[-1] == "[DONE]"
    assert all("usage" in each and each["usage"] is None for each in seen.chunks[:-1])


def test_without_usage_the_disclosure_is_a_comment_before_done(lane):
    lane.cheap.push(stream())
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        body = client.read_response().body
    comment, done = body.split(b"\n\n")[-3:-1]
    assert done == b"data: [DONE]"
    assert comment.startswith(b": tierway {")
    assert json.loads(comment[len(b": tierway "):])["tier"] == "small"


def test_every_chunk_names_the_model_that_answered(lane):
    lane.cheap.push(stream(stream_chunks("a b c", model="small-2026-11")))
    seen = lane.gateway.stream(stream_options={"include_usage": True})
    assert {each["model"] for each in seen.chunks} == {"cheap/small"}


def test_unknown_fields_of_chunks_reach_the_client(lane):
    strange = chunk({"content": "x", "reasoning_content": "y", "x": [1.0]}, obfuscation="aB3", x_provider={"deep": [None]})
    lane.cheap.push(stream([chunk({"role": "assistant", "content": ""}), strange, chunk({}, "stop")]))
    seen = lane.gateway.stream()
    assert {**strange, "model": "cheap/small"} in seen.chunks


def test_the_first_event_is_with_the_client_before_the_second_exists(lane):
    go_on = threading.Event()

    def script(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": "first"})))
        exchange.wait(go_on)
        exchange.send_chunk(event(chunk({"content": " second"}, "stop")) + event(b"[DONE]"))
        exchange.end_chunks()

    lane.cheap.push(script)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        response = client.read_head()
        client.read_until(response, b"first")
        assert b"second" not in response.body
        go_on.set()
        client.read_body(response)
    assert Stream.parse(response.body).text == "first second"


def send_then(ending, chunks=None):
    """A script that begins a stream of three words and, once the client has them, goes wrong."""
    def script(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(events(stream_chunks("a b c")[:4] if chunks is None else chunks, done=False))
        exchange.wait(script.go_on)
        ending(exchange)

    script.go_on = threading.Event()
    return script


ENDINGS = {
    "FIN between chunks": lambda exchange: exchange.close(),
    "RST between chunks": lambda exchange: exchange.reset(),
    "FIN inside a chunk": lambda exchange: (exchange.send(b"ff\r\ndata: {"), exchange.close()),
    "FIN inside a chunk's head": lambda exchange: (exchange.send(b"f"), exchange.close()),
    "FIN after [DONE]'s chunk, without the last one, without a finish reason":
        lambda exchange: (exchange.send_chunk(event(b"[DONE]")), exchange.close()),
    "a proper end without a finish reason": lambda exchange: exchange.end_chunks(),
    "a proper end inside an event": lambda exchange: (exchange.send_chunk(b'data: {"id":'), exchange.end_chunks()),
    "an invalid chunk size": lambda exchange: (exchange.send(b"xyz\r\n"), exchange.wait_for_peer_close()),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
def test_a_cut_stream_ends_in_an_error_event_and_never_looks_complete(lane, ending):
    seen = Stream.parse(ask_and_read_cut(lane, send_then(ending)))
    assert seen.text == "a b c"
    assert not seen.done
    assert all(choice["finish_reason"] is None for each in seen.chunks for choice in each.get("choices", []))
    last = seen.chunks[-1]
    assert last["error"]["code"] in ("upstream_truncated", "upstream_malformed")
    assert set(last["error"]) >= {"message", "type", "param", "code"}


def test_a_cut_stream_is_recorded_with_what_it_cost(lane):
    before = len(lane.gateway.decisions())
    ask_and_read_cut(lane, send_then(lambda exchange: exchange.reset()))
    record = lane.gateway.next_record(before)
    assert (record["status"], record["outcome"], record["error_code"]) == (200, "upstream_error", "upstream_truncated")
    [attempt] = record["attempts"]
    assert (attempt["purpose"], attempt["usage"]) == ("failed", "counted")
    assert record["cost_usd"] > 0


def test_a_stream_that_stalls_ends_in_an_error_event(lane):
    seen = Stream.parse(ask_and_read_cut(lane, send_then(lambda exchange: exchange.wait_for_peer_close())))
    assert seen.chunks[-1]["error"]["code"] == "upstream_stalled"
    assert not lane.spare.requests


def test_an_error_event_inside_a_stream_is_passed_on_and_ends_it(lane):
    def ending(exchange):
        exchange.send_chunk(event(answers.error_body("The model fell over.", "server_error", "server_error")))
        exchange.wait_for_peer_close()

    seen = Stream.parse(ask_and_read_cut(lane, send_then(ending)))
    assert seen.text == "a b c"
    assert not seen.done
    assert seen.chunks[-1]["error"]["message"]


def test_the_end_of_a_failed_stream_discloses_who_failed(lane):
    last = Stream.parse(ask_and_read_cut(lane, send_then(lambda exchange: exchange.close()))).chunks[-1]
    disclosed = last.get("tierway") or last["error"].get("tierway")
    assert disclosed["model"] == "cheap/small"


PREAMBLES = {
    "an error event first": lambda exchange: exchange.send_chunk(event(answers.error_body())),
    "an error event after the role": lambda exchange: exchange.send_chunk(
        event(chunk({"role": "assistant", "content": ""}, id="chatcmpl-of-the-failed")) + event(answers.error_body())),
    "a cut after the role": lambda exchange: (
        exchange.send_chunk(event(chunk({"role": "assistant", "content": ""}, id="chatcmpl-of-the-failed"))), exchange.reset()),
    "a malformed first event": lambda exchange: exchange.send_chunk(b"data: {not json\n\n"),
    "only comments": lambda exchange: (exchange.send_chunk(b": ping\n\n"), exchange.wait_for_peer_close()),
    "an end without anything": lambda exchange: exchange.end_chunks(),
}


@pytest.mark.parametrize("preamble", PREAMBLES.values(), ids=PREAMBLES.keys())
def test_a_failure_before_the_first_content_falls_back_and_leaves_no_trace(lane, preamble):
    def script(exchange):
        exchange.keep_open = False
        exchange.send_stream_head()
        preamble(exchange)

    lane.cheap.push(script)
    lane.spare.push(stream())
    seen = lane.gateway.stream()
    assert seen.text == "The answer is 42."
    assert seen.roles == ["assistant"]
    assert {each["id"] for each in seen.chunks} == {answers.COMPLETION_ID}
    assert {each["model"] for each in seen.chunks} == {"spare/small"}
    assert seen.disclosure["fallbacks"] == 1


def test_an_error_before_the_stream_begins_is_a_plain_error_response(lane):
    lane.cheap.push(error(400, "Bad tool.", "invalid_value", "invalid_request_error"))
    response = lane.gateway.ask(stream=True)
    assert response.status == 400
    assert response.error["code"] == "invalid_value"
    assert "Bad tool." in response.error["message"]


def test_a_malformed_event_in_the_middle_is_dropped(lane):
    pieces = [event(each) for each in stream_chunks("a b c")]
    lane.cheap.push(stream(b"".join(pieces[:3]) + b"data: {broken\n\n" + b"".join(pieces[3:]) + event(b"[DONE]")))
    seen = lane.gateway.stream()
    assert (seen.text, seen.done) == ("a b c", True)


def test_a_malformed_event_inside_a_tool_call_breaks_the_stream(lane):
    call = {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{\"a\""}}]}
    begun = [chunk({"role": "assistant", "content": None}), chunk(call)]

    def ending(exchange):
        exchange.send_chunk(b"data: {broken\n\n")
        exchange.wait_for_peer_close()

    seen = Stream.parse(ask_and_read_cut(lane, send_then(ending, begun), tools=[{"type": "function", "function": {"name": "f"}}]))
    assert not seen.done
    assert seen.chunks[-1]["error"]["code"] == "upstream_malformed"


def test_tool_calls_arrive_as_they_were_sent(lane):
    arguments = ['{"ci', 'ty": "Zü', 'rich"}']
    chunks = [chunk({"role": "assistant", "content": None, "tool_calls": [
        {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}]})]
    chunks += [chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}) for piece in arguments]
    chunks += [chunk({}, "tool_calls"), chunk(choices=[], usage=usage())]
    lane.cheap.push(stream(chunks))
    seen = lane.gateway.stream(tools=[{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}])
    calls = [call for each in seen.chunks for choice in each["choices"] for call in choice["delta"].get("tool_calls", [])]
    assert "".join(call["function"]["arguments"] for call in calls) == '{"city": "Zürich"}'
    assert calls[0]["id"] == "call_1"


def test_interleaved_choices_arrive_in_order(lane):
    def piece(index, delta, finish=None):
        return chunk(choices=[{"index": index, "delta": delta, "finish_reason": finish}])

    chunks = [piece(0, {"role": "assistant", "content": "a"}), piece(1, {"role": "assistant", "content": "x"}),
              piece(1, {"content": "y"}, "stop"), piece(0, {"content": "b"}, "stop"), chunk(choices=[], usage=usage())]
    lane.cheap.push(stream(chunks))
    seen = lane.gateway.stream(n=2)
    assert [(c["index"], c["delta"].get("content")) for each in seen.chunks for c in each["choices"]] == [
        (0, "a"), (1, "x"), (1, "y"), (0, "b")]
    assert seen.done


def test_a_stream_in_which_one_choice_never_finishes_is_truncated(lane):
    def piece(index, delta, finish=None):
        return chunk(choices=[{"index": index, "delta": delta, "finish_reason": finish}])

    begun = [piece(0, {"content": "a"}, "stop"), piece(1, {"content": "x"})]
    seen = Stream.parse(ask_and_read_cut(lane, send_then(lambda exchange: exchange.send_chunk(event(b"[DONE]")), begun), n=2))
    assert not seen.done
    assert seen.chunks[-1]["error"]["code"] == "upstream_truncated"


def test_a_long_stream_arrives_whole_and_in_order(lane):
    words = " ".join(f"w{i}" for i in range(5000))
    lane.cheap.push(stream(events(stream_chunks(words)), split=4096))
    assert lane.gateway.stream().text == words


def test_an_event_of_a_megabyte_arrives_whole(lane):
    text = "x" * 1_000_000
    lane.cheap.push(stream([chunk({"role": "assistant", "content": text}), chunk({}, "stop")]))
    assert lane.gateway.stream().text == text


def test_a_slow_reader_holds_the_upstream_back_instead_of_filling_the_gateways_memory(lane):
    sent = threading.Event()
    piece = event(chunk({"content": "y" * 60_000}))

    def script(exchange):
        exchange.keep_open = False
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": "x"})))
        for _ in range(1000):
            exchange.send_chunk(piece)
        sent.set()

    lane.cheap.push(script)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        response = client.read_head()
        client.read_until(response, b'"x"')
        assert not sent.wait(1.0), "60 MB were taken from the provider while the client read nothing"
    eventually(lambda: lane.gateway.decisions(1)[0]["status"] == 499, "the record of the client that left")


def test_a_provider_that_streams_although_it_was_not_asked_to_is_not_relayed_as_an_answer(lane):
    lane.cheap.push(stream())
    lane.spare.push(whole())
    response = lane.gateway.ask()
    assert response.headers["x-tierway-model"] == "spare/small"


def test_a_whole_answer_to_a_stream_request_is_no_stream(lane):
    lane.cheap.push(whole())
    lane.spare.push(stream())
    seen = lane.gateway.stream()
    assert seen.disclosure["model"] == "spare/small"


def test_disclosure_headers_are_there_when_the_stream_begins(lane):
    lane.cheap.push(stream())
    response = lane.gateway.ask(stream=True)
    for name in ("x-tierway-request-id", "x-request-id", "x-tierway-class", "x-tierway-class-confidence", "x-tierway-classifier",
                 "x-tierway-tier", "x-tierway-model", "x-tierway-escalation", "x-tierway-policy"):
        assert response.headers.get(name), name
    assert Stream.parse(response.body).disclosure["request_id"] == response.request_id
