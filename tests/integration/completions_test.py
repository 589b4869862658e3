"""`/v1/completions`, the older API, as a door to chats."""

import threading

import pytest

from support import answers
from support.fake_upstream import error, stream, whole
from support.raw_client import Truncated, request_bytes
from support.sse import Stream

PATH = "/v1/completions"


def complete(lane, prompt="Once", model="auto", **fields):
    return lane.gateway.post({"model": model, "prompt": prompt, **fields}, path=PATH)


def test_a_prompt_is_what_a_user_says(lane):
    lane.cheap.push(whole(answers.answer("upon a time", finish="length")))
    response = complete(lane, logprobs=2)
    assert response.status == 200, response.body
    body = response.json()
    assert (body["object"], body["model"]) == ("text_completion", "cheap/small") and body["id"].startswith("cmpl-")
    assert body["choices"] == [{"text": "upon a time", "index": 0, "logprobs": None, "finish_reason": "length"}]
    assert body["usage"]["total_tokens"] == 15
    assert response.headers["x-tierway-dropped"] == "logprobs"
    asked = lane.cheap.last
    assert asked.request_line.startswith("POST /v1/chat/completions ")
    assert asked.json()["messages"] == [{"role": "user", "content": "Once"}] and 16 in asked.json().values()


@pytest.mark.parametrize("usage", [False, True])
def test_a_stream_is_of_pieces_and_ends_with_done(lane, usage):
    lane.cheap.push(stream(answers.stream_chunks("upon a time")))
    response = complete(lane, stream=True, **({"stream_options": {"include_usage": True}} if usage else {}))
    assert response.headers["content-type"].startswith("text/event-stream"), response
    heard = Stream.parse(response.body)
    pieces = [choice for chunk in heard.chunks for choice in chunk["choices"]]
    assert "".join(piece["text"] for piece in pieces) == "upon a time"
    assert [piece["finish_reason"] for piece in pieces if piece["finish_reason"]] == ["stop"]
    assert heard.done and {chunk["object"] for chunk in heard.chunks} == {"text_completion"}
    last = heard.chunks[-1]
    if usage:
        assert (last["choices"], last["usage"]["total_tokens"], last["tierway"]["tier"]) == ([], 15, "small")
    else:
        assert last["choices"] and "tierway" in heard.comments[-1]


def test_a_stream_that_breaks_off_ends_with_an_error(lane):
    go_on = threading.Event()

    def broken(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(answers.event(answers.chunk({"role": "assistant", "content": "upon"})))
        exchange.wait(go_on)
        exchange.cut()

    lane.cheap.push(broken)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", PATH, answers.encode({"model": "auto", "prompt": "Once", "stream": True})))
        response = client.read_head()
        client.read_until(response, b"\n\n")
        go_on.set()
        with pytest.raises(Truncated):
            client.read_body(response)
    heard = Stream.parse(response.body)
    assert heard.chunks[0]["choices"][0]["text"] == "upon"
    assert "error" in heard.chunks[-1] and not heard.done


def test_a_fallback_answers_a_completion_too(lane):
    lane.cheap.default = error(500)
    lane.spare.push(whole(answers.answer("upon")))
    assert complete(lane).json()["model"] == "spare/small"


@pytest.mark.parametrize("fields,param", [
    ({"suffix": "end"}, "suffix"), ({"echo": True}, "echo"), ({"best_of": 3}, "best_of"), ({"prompt": ["a", "b"]}, "prompt"),
    ({"prompt": [1, 2]}, "prompt"),
])
def test_what_has_no_words_in_a_conversation_is_refused(lane, fields, param):
    response = lane.gateway.post({"model": "auto", "prompt": "a", **fields}, path=PATH)
    assert (response.status, response.error["code"], response.error["param"]) == (400, "unsupported_parameter", param)
