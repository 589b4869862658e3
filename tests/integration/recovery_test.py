"""What becomes of a stream whose provider fails half-way, of a tier that is down, and of a call whose client leaves."""

import json
import threading
import time

import pytest

from support import answers
from support.answers import chunk, encode, event, events, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import error, stream, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import Lane, cost_nano
from support.ledger import rows
from support.raw_client import Truncated, request_bytes
from support.sse import Stream

STORY = "The parcel left the depot on Monday and reaches you on Thursday at the latest, before noon, if it does not rain."


def change_policy(config: dict) -> None:
    quick = {"connect": "700ms", "headers": "700ms", "first_content": "700ms", "idle": "700ms"}
    for provider in config["providers"].values():
        provider["timeouts"] = quick
    config["providers"]["dear"]["when_client_leaves"] = "drain"
    config["models"]["spare/small"]["supports"] = ["tools", "prefill"]
    config["classes"]["buffered"] = {"tier": "small", "recovery": "buffered", "buffer_max": "2KiB"}
    config["classes"]["continued"] = {"tier": "small", "recovery": "continue"}
    config["classes"]["climbing"] = {"tier": "small", "max_tier": "frontier", "when_tier_is_down": "climb"}
    config["classes"]["climbing_capped"] = {"tier": "small", "when_tier_is_down": "climb"}


def cut_after(text: str, pieces: int, how: str = "cut"):
    """Streams the role and so many words of the text, then breaks off."""
    def script(exchange):
        exchange.keep_open = False
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": ""})))
        for word in text.split(" ")[:pieces]:
            exchange.send_chunk(event(chunk({"content": word + " "})))
        # So that the client has the words before the gateway knows: else it may still fall back.
        time.sleep(0.2)
        if how == "cut":
            exchange.close()
        elif how == "error":
            exchange.send_chunk(event(answers.error_body("overloaded")))
            exchange.end_chunks()
        elif how == "no finish reason":
            exchange.send_chunk(event(b"[DONE]"))
            exchange.end_chunks()
        else:
            exchange.wait_for_peer_close(5)
    return script


def raw_stream(lane, class_name: str, headers: dict | None = None, **fields) -> tuple[dict, bytes, bool]:
    """The response's headers, every byte of its body, and whether HTTP says that it was whole."""
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True, **fields)), {"x-tierway-class": class_name, **(headers or {})}))
        response = client.read_head()
        try:
            client.read_body(response)
            return response, response.body, True
        except Truncated:
            return response, response.body, False


def error_event(body: bytes) -> dict:
    last = [line for line in body.split(b"\n") if line.startswith(b"data: ")][-1]
    return json.loads(last[6:])["error"]


@pytest.mark.parametrize("how, code", [("cut", "upstream_truncated"), ("error", "upstream_unavailable"), ("stall", "upstream_stalled"),
                                       ("no finish reason", "upstream_truncated")])
def test_by_default_a_broken_stream_ends_with_an_error_event_and_nothing_that_looks_whole(lane, how, code):
    go_on = threading.Event()

    def script(exchange):
        exchange.keep_open = False
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": "one "})))
        exchange.wait(go_on)
        cut_after("two", 0, how)(ExchangeWithoutHead(exchange))

    lane.cheap.push(script)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        response = client.read_head()
        client.read_until(response, b"\n\n")
        go_on.set()
        with pytest.raises(Truncated):
            client.read_body(response)
    failed = error_event(response.body)
    assert failed["code"] == code
    assert failed["tierway"]["delivered_events"] >= 1
    assert failed["tierway"]["resumable"] is True
    assert b"[DONE]" not in response.body and b"finish_reason\":\"" not in response.body
    assert not lane.spare.requests, "what the client has cannot be taken back"


class ExchangeWithoutHead:
    """Lets `cut_after` go on with a stream that has begun."""

    def __init__(self, exchange):
        self.__dict__["exchange"] = exchange

    def send_stream_head(self):
        pass

    def __getattr__(self, name):
        return getattr(self.exchange, name)

    def __setattr__(self, name, value):
        setattr(self.exchange, name, value)


@pytest.mark.parametrize("preamble", [
    pytest.param(event(chunk({"role": "assistant", "content": ""})), id="role"),
    pytest.param(event(chunk({"role": "assistant"})) + b": ping\n\n" + event({**chunk({}), "choices": []}), id="role, ping, empty choices"),
    pytest.param(b": ping\n\n", id="ping"),
])
@pytest.mark.parametrize("fault", ["cut", "error", "stall", "malformed"])
def test_before_the_first_content_any_failure_falls_back_unnoticed(lane, preamble, fault):
    def script(exchange):
        exchange.keep_open = False
        exchange.send_stream_head()
        exchange.send_chunk(preamble)
        if fault == "error":
            exchange.send_chunk(event(answers.error_body("overloaded")))
        elif fault == "malformed":
            exchange.send_chunk(b"data: {broken\n\n")
        elif fault == "stall":
            exchange.wait_for_peer_close(5)
        exchange.close()

    lane.cheap.push(script)
    lane.spare.push(stream(events(stream_chunks("Hello"))))
    seen = lane.gateway.stream()
    assert (seen.text, seen.done, seen.roles) == ("Hello", True, ["assistant"])
    assert len({each["id"] for each in seen.chunks}) == 1


@pytest.mark.parametrize("how", ["cut", "error", "stall", "no finish reason"])
def test_a_buffered_answer_restarts_cleanly_on_another_model(lane, how):
    lane.cheap.push(cut_after(STORY, 5, how))
    lane.spare.push(stream(events(stream_chunks("Hello"))))
    head, body, whole_body = raw_stream(lane, "buffered")
    seen = Stream.parse(body)
    assert whole_body
    assert (seen.text, seen.done, seen.roles) == ("Hello", True, ["assistant"])
    assert head.headers["x-tierway-model"] == "spare/small"


def test_any_request_may_ask_to_be_buffered(lane):
    lane.cheap.push(cut_after(STORY, 5))
    lane.spare.push(stream(events(stream_chunks("Hello"))))
    _, body, whole_body = raw_stream(lane, "chat", {"x-tierway-recovery": "buffered"})
    assert whole_body and Stream.parse(body).text == "Hello"


def test_a_buffered_answer_beyond_its_bound_is_relayed(lane):
    lane.cheap.push(cut_after("word " * 400, 400))
    _, body, whole_body = raw_stream(lane, "buffered")
    assert not whole_body
    assert error_event(body)["code"] == "upstream_truncated"
    assert body.count(b"word ") == 400


@pytest.mark.parametrize("value, status", [("fail", 200), ("continue", 400), ("sometimes", 400)])
def test_the_recovery_that_a_request_asks_for_is_checked(lane, value, status):
    if status == 200:
        lane.cheap.push(whole())
    response = lane.gateway.ask(headers={"x-tierway-recovery": value})
    assert response.status == status
    if status == 400:
        assert response.error["code"] == "invalid_recovery"


@pytest.mark.parametrize("how", ["cut", "error", "stall"])
def test_a_model_with_prefill_continues_where_another_broke_off(lane, how):
    words = STORY.split(" ")
    lane.cheap.push(cut_after(STORY, 6, how))
    # It repeats the last words it was given, as models do.
    lane.spare.push(stream(events(stream_chunks(" ".join(words[2:]), used=usage(30, 20)))))
    before = len(lane.gateway.decisions())
    _, body, whole_body = raw_stream(lane, "continued", stream_options={"include_usage": True})
    seen = Stream.parse(body)
    assert whole_body
    assert (seen.text, seen.done, seen.roles) == (STORY, True, ["assistant"])
    assert len({each["id"] for each in seen.chunks if each["choices"]}) == 1
    asked = lane.spare.last.json()["messages"]
    assert asked[-1] == {"role": "assistant", "content": " ".join(words[:6]) + " "}
    assert asked[:-1] == lane.cheap.last.json()["messages"]
    record = lane.gateway.next_record(before)
    assert [each["purpose"] for each in record["attempts"]] == ["failed", "answer"]
    assert record["model"] == "spare/small"


def test_when_the_continuation_fails_the_first_error_is_reported(lane):
    lane.cheap.push(cut_after(STORY, 6))
    lane.spare.push(error(400, "A trailing assistant turn is not supported.", "invalid_value", "invalid_request_error"))
    _, body, whole_body = raw_stream(lane, "continued")
    assert not whole_body
    assert error_event(body)["code"] == "upstream_truncated"
    assert Stream.parse(body).text == " ".join(STORY.split(" ")[:6]) + " "


def stored(folder, budgets: list[dict]):
    def change(config: dict) -> None:
        change_policy(config)
        config["store"] = {"sqlite": str(folder / "ledger.db")}
        config["budgets"] = budgets
    return change


def test_a_continuation_is_on_the_ledger_like_every_attempt(tmp_path):
    with Lane(tmp_path / "lane", stored(tmp_path, [{"scope": "total", "usd": 1, "window": "month"}])) as lane:
        lane.cheap.push(cut_after(STORY, 6))
        lane.spare.push(stream(events(stream_chunks(" ".join(STORY.split(" ")[2:]), used=usage(30, 20)))))
        _, _, whole_body = raw_stream(lane, "continued", max_tokens=100)
        assert whole_body
        ledger = "SELECT model, purpose, cost_nano FROM attempts WHERE state = 'settled' ORDER BY attempt"
        charged = eventually(lambda: rows(tmp_path / "ledger.db", ledger), "the charges")
        assert [row[:2] for row in charged] == [("cheap/small", "failed"), ("spare/small", "answer")]
        assert charged[1][2] == cost_nano("spare/small", 30, 20)


def test_a_continuation_that_no_budget_pays_for_is_not_sent(tmp_path):
    # Enough for one attempt's estimate, and not for the second one's beside what the first may have cost.
    with Lane(tmp_path / "lane", stored(tmp_path, [{"scope": "total", "usd": 0.0001, "window": "month"}])) as lane:
        lane.cheap.push(cut_after(STORY, 6))
        _, body, whole_body = raw_stream(lane, "continued", max_tokens=200)
        assert not whole_body
        assert error_event(body)["code"] == "upstream_truncated", "what broke is the error, not the budget"
        assert not lane.spare.requests


def test_a_continuation_never_makes_a_request_cost_more_than_it_may(tmp_path):
    def change(config: dict) -> None:
        change_policy(config)
        # 230 tokens of the spare model's answer are 0.000094 USD: enough for one attempt, not for another beside what it cost.
        config["gate"] = {"usd_per_request": 1, "action": "reject"}
        config["classes"]["continued"]["usd_per_request"] = 0.0001

    with Lane(tmp_path, change) as lane:
        lane.cheap.push(cut_after(STORY, 6))
        _, body, whole_body = raw_stream(lane, "continued", max_tokens=230)
        assert not whole_body
        assert error_event(body)["code"] == "upstream_truncated", "what broke is the error, not what it would have cost"
        assert not lane.spare.requests
        assert lane.gateway.next_record(0)["attempts_declined"] == 1


@pytest.mark.parametrize("fields", [{"response_format": {"type": "json_object"}}, {"logprobs": True}])
def test_what_cannot_be_spliced_is_not_continued(lane, fields):
    lane.cheap.push(cut_after(STORY, 6))
    _, _, whole_body = raw_stream(lane, "continued", **fields)
    assert not whole_body
    assert not lane.spare.requests


def test_a_tool_call_is_not_continued(lane):
    def script(exchange):
        exchange.keep_open = False
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": "Let me see. "})))
        call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{\"a\""}}
        exchange.send_chunk(event(chunk({"tool_calls": [call]})))
        exchange.close()

    lane.cheap.push(script)
    _, body, whole_body = raw_stream(lane, "continued")
    assert not whole_body and not lane.spare.requests
    assert error_event(body)["tierway"]["resumable"] is False


@pytest.mark.parametrize("streamed", [False, True])
def test_a_class_may_climb_when_its_tier_is_down(lane, streamed):
    lane.cheap.default = lane.spare.default = error(503)
    lane.dear.push(stream() if streamed else whole())
    response = lane.gateway.ask(stream=streamed, headers={"x-tierway-class": "climbing"})
    assert response.status == 200
    assert response.headers["x-tierway-escalation"] == "approved; reason=tier_down"
    assert response.headers["x-tierway-model"] == "dear/frontier"
    assert response.headers["x-tierway-tier"] == "frontier"


def test_a_tier_that_is_down_needs_the_approver_too(lane):
    lane.cheap.default = lane.spare.default = error(503)
    response = lane.gateway.ask(headers={"x-tierway-class": "climbing_capped"})
    assert response.status == 503
    assert response.headers["x-tierway-escalation"] == "denied; reason=class_ceiling"
    assert not lane.dear.requests


def test_a_refused_request_does_not_climb(lane):
    lane.cheap.default = error(400, "no", "invalid_value", "invalid_request_error")
    assert lane.gateway.ask(headers={"x-tierway-class": "climbing"}).status == 400
    assert not lane.dear.requests and not lane.spare.requests


def test_attempts_are_bounded_over_all_tiers(lane):
    lane.cheap.default = lane.spare.default = lane.dear.default = error(503)
    assert lane.gateway.ask(headers={"x-tierway-class": "climbing"}).status == 503
    asked = [len(each.requests) for each in (lane.cheap, lane.spare, lane.dear)]
    assert sum(asked) <= 4 and asked[2] == 1


def test_the_error_shown_is_the_first_providers_own(lane):
    lane.cheap.default = error(429, "Slow down, cheap.", "rate_limit_exceeded", headers={"Retry-After": "20"})
    lane.spare.default = error(500, "Boom.")
    response = lane.gateway.ask()
    assert response.status == 429
    assert "Slow down, cheap." in response.error["message"]


# The client leaves.

@pytest.mark.parametrize("leave", ["FIN", "RST"])
@pytest.mark.parametrize("phase", ["before the head", "before the first content", "mid-stream"])
def test_a_client_that_leaves_takes_the_upstream_call_with_it(lane, phase, leave):
    closed = []

    def script(exchange):
        exchange.keep_open = False
        if phase != "before the head":
            exchange.send_stream_head()
        if phase == "mid-stream":
            exchange.send_chunk(event(chunk({"role": "assistant", "content": "a "})))
        arrived.set()
        if exchange.wait_for_peer_close(5):
            closed.append(time.monotonic())

    arrived = threading.Event()
    lane.cheap.push(script)
    before = len(lane.gateway.decisions())
    client = lane.gateway.connect()
    client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
    assert arrived.wait(5)
    if phase == "mid-stream":
        response = client.read_head()
        client.read_until(response, b"\n\n")
    time.sleep(0.05)
    left = time.monotonic()
    client.reset() if leave == "RST" else client.close()
    eventually(lambda: closed, "the upstream connection's end")
    assert closed[0] - left < 0.5, "promised: 100 ms; a loaded machine is given more"
    record = lane.gateway.next_record(before)
    assert (record["status"], record["class"]) == (499, "chat")
    assert record["outcome"] == "client_gone"
    assert len(record["attempts"]) == 1


@pytest.mark.parametrize("streamed", [False, True])
def test_a_provider_that_bills_anyway_is_read_to_its_end(lane, streamed):
    go_on = threading.Event()

    def script(exchange):
        exchange.wait(go_on)
        (stream(events(stream_chunks("Hello", used=usage(12, 34)))) if streamed else whole(answers.answer(used=usage(12, 34))))(exchange)

    lane.dear.push(script)
    client = lane.gateway.connect()
    client.send(request_bytes("POST", CHAT, encode(chat(stream=streamed)), {"x-tierway-class": "top"}))
    lane.dear.wait_for_requests(1)
    client.close()
    time.sleep(0.2)
    go_on.set()
    record = eventually(lambda: next((each for each in lane.gateway.decisions(1) if each["status"] == 499 and each["stream"] == streamed
                                      and each["class"] == "top"), None), "the record")
    [attempt] = record["attempts"]
    assert (attempt["usage"], attempt["prompt_tokens"], attempt["completion_tokens"]) == ("provider", 12, 34)


# Breakers.

def breaker_policy(config: dict) -> None:
    change_policy(config)
    config["breaker"] = {"consecutive_failures": 3, "open_first": "1s", "open_max": "2s"}
    config["retry"] = {"attempts": 3, "backoff_first": "10ms", "backoff_max": "20ms"}


def test_a_model_that_keeps_failing_is_left_alone_and_comes_back(tmp_path):
    with Lane(tmp_path, breaker_policy) as lane:
        lane.cheap.default = error(503)
        lane.spare.default = whole()
        for _ in range(6):
            assert lane.gateway.ask().status == 200
        assert len(lane.cheap.requests) == 3, "the breaker is open after three failures"
        state = {each["model"]: each for each in lane.gateway.admin("/api/models").json()}
        assert state["cheap/small"]["breaker"] == "open" and 0 < state["cheap/small"]["open_for_seconds"] <= 1
        assert state["spare/small"]["breaker"] == "closed" and state["spare/small"]["tiers"] == "small"
        metrics = lane.gateway.metrics()
        assert sum_of(metrics, "tierway_upstream_breaker_state", model="cheap/small", state="open") == 1
        assert sum_of(metrics, "tierway_upstream_breaker_state", model="cheap/small", state="closed") == 0
        assert sum_of(metrics, "tierway_upstream_failures_total", model="cheap/small", code="upstream_unavailable") == 3
        lane.cheap.default = whole()
        time.sleep(1.1)
        assert lane.gateway.ask().headers["x-tierway-model"] == "cheap/small", "the probe succeeds and closes it"
        assert lane.gateway.ask().headers["x-tierway-model"] == "cheap/small"


def test_a_tier_whose_models_all_rest_answers_503_at_once_with_a_wait(tmp_path):
    with Lane(tmp_path, breaker_policy) as lane:
        lane.cheap.default = lane.spare.default = error(503)
        for _ in range(4):
            lane.gateway.ask()
        asked = len(lane.cheap.requests) + len(lane.spare.requests)
        began = time.monotonic()
        response = lane.gateway.ask()
        assert time.monotonic() - began < 0.5
        assert (response.status, response.error["code"]) == (503, "upstream_unavailable")
        assert 1 <= int(response.headers["retry-after"]) <= 2
        assert len(lane.cheap.requests) + len(lane.spare.requests) == asked, "nobody was asked"


def test_a_rate_limited_model_rests_for_its_stated_time(tmp_path):
    with Lane(tmp_path, breaker_policy) as lane:
        lane.cheap.default = error(429, headers={"Retry-After": "1"})
        lane.spare.default = whole()
        for _ in range(4):
            assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"
        assert len(lane.cheap.requests) == 1
        lane.cheap.default = whole()
        time.sleep(1.1)
        assert lane.gateway.ask().headers["x-tierway-model"] == "cheap/small"
