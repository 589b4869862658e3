"""Every cent: exact costs, one decision record for each request however it ended, metrics that agree."""

import json
import threading

import pytest

from support.answers import answer, chunk, encode, event, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import error, reset, stream, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import PROVIDER_KEYS, Lane, cost_nano, nano, usd
from support.raw_client import request_bytes

JUDGED = {"x-tierway-class": "judged"}

USAGES = {
    "plain": {"prompt": 1000, "completion": 100},
    "zero stays zero": {"prompt": 0, "completion": 0},
    "cached reads": {"prompt": 1000, "completion": 100, "cached": 900},
    "cache writes": {"prompt": 1000, "completion": 100, "cache_write": 300},
    "reads and writes": {"prompt": 1000, "completion": 7, "cached": 600, "cache_write": 400},
    "reasoning is part of the output": {"prompt": 10, "completion": 5000, "reasoning": 4900},
    "large": {"prompt": 9_999_999, "completion": 1_234_567},
}


def priced(model: str, counts: dict) -> int:
    return cost_nano(model, **{name: count for name, count in counts.items() if name != "reasoning"})


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("counts", USAGES.values(), ids=USAGES.keys())
def test_the_cost_is_exact(lane, counts, streamed):
    lane.cheap.push(stream(stream_chunks(used=usage(**counts))) if streamed else whole(answer(used=usage(**counts))))
    before = len(lane.gateway.decisions())
    response = lane.gateway.ask(stream=streamed)
    record = lane.gateway.next_record(before)
    expected, baseline = priced("cheap/small", counts), priced("dear/frontier", counts)
    if not streamed:
        assert response.headers["x-tierway-cost-usd"] == usd(expected)
        assert response.headers["x-tierway-baseline-usd"] == usd(baseline)
    assert (nano(record["cost_usd"]), nano(record["baseline_usd"])) == (expected, baseline)
    [attempt] = record["attempts"]
    assert attempt["usage"] == "provider"
    assert attempt["prompt_tokens"] == counts["prompt"] and attempt["completion_tokens"] == counts["completion"]
    assert attempt.get("cached_tokens", 0) == counts.get("cached", 0)
    assert attempt.get("cache_write_tokens", 0) == counts.get("cache_write", 0)
    assert attempt.get("reasoning_tokens", 0) == counts.get("reasoning", 0)


def sold_in_lanes(config: dict) -> None:
    config["models"]["cheap/small"]["price"]["service_tiers"] = {"flex": 0.5, "priority": 2}


@pytest.fixture(name="lanes", scope="module")
def lanes_fixture(tmp_path_factory):
    with Lane(tmp_path_factory.mktemp("lanes"), sold_in_lanes) as one:
        yield one


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("asked, served, times", [
    ("flex", "flex", 0.5), ("fast", "priority", 2), ("priority", "default", 1), ("auto", "priority", 2), ("flex", None, 0.5), (None, None, 1),
    pytest.param(None, "scale", 2, id="a lane that nobody knows costs as the dearest one")])
def test_the_lane_that_a_provider_served_in_is_what_is_billed(lanes, asked, served, times, streamed):
    told = {"service_tier": served} if served else {}
    answers = [{**each, **told} for each in (stream_chunks(used=usage(1000, 100)) if streamed else [answer(used=usage(1000, 100))])]
    lanes.cheap.push(stream(answers) if streamed else whole(answers[0]))
    before = len(lanes.gateway.decisions())
    lanes.gateway.ask(stream=streamed, **({"service_tier": asked} if asked else {}))
    record = lanes.gateway.next_record(before)
    assert lanes.cheap.last.json().get("service_tier") == asked
    assert nano(record["cost_usd"]) == times * cost_nano("cheap/small", 1000, 100)
    assert nano(record["baseline_usd"]) == cost_nano("dear/frontier", 1000, 100), "the frontier sells one lane only"
    assert record["attempts"][0].get("service_tier", "standard") == {0.5: "flex", 1: "standard", 2: "other" if served == "scale" else "priority"}[times]
    assert record["estimate_usd"] >= record["cost_usd"] or asked == "auto" or served == "scale"


def test_a_lane_whose_price_nobody_knows_is_not_asked_for(lanes):
    refused = lanes.gateway.ask(service_tier="scale")
    assert refused.status == 400
    assert refused.error["code"] == "model_capability_missing"
    assert "a price of the service tier" in refused.error["message"]
    # Only one model of the tier sells it: the other one is passed over.
    lanes.cheap.default = error(500)
    assert lanes.gateway.ask(service_tier="flex").status == 502
    assert not lanes.spare.requests


HOSTILE_USAGES = {
    "negative": {"prompt_tokens": -5, "completion_tokens": 10, "total_tokens": 5},
    "cached beyond the prompt": {"prompt_tokens": 10, "completion_tokens": 10, "total_tokens": 20,
                                 "prompt_tokens_details": {"cached_tokens": 1000}},
    "a string": {"prompt_tokens": "10", "completion_tokens": 10, "total_tokens": 20},
    "beyond 64 bits": {"prompt_tokens": 10**30, "completion_tokens": 10, "total_tokens": 20},
    "null": None,
    "an empty object": {},
    "an array": [1, 2],
}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("used", HOSTILE_USAGES.values(), ids=HOSTILE_USAGES.keys())
def test_a_usage_that_cannot_be_is_no_way_to_pay_less_than_nothing(lane, used, streamed):
    chunks = stream_chunks()
    chunks[-1]["usage"] = used
    lane.cheap.push(stream(chunks) if streamed else whole({**answer(), "usage": used}))
    before = len(lane.gateway.decisions())
    assert lane.gateway.ask(stream=streamed).status == 200
    record = lane.gateway.next_record(before)
    assert record["cost_usd"] >= 0
    assert record["attempts"][0]["usage"] in ("provider", "counted")


@pytest.mark.parametrize("streamed", [False, True])
def test_unknown_usage_is_counted_and_never_free(lane, streamed):
    text = "word " * 400
    plain = answer(text)
    del plain["usage"]
    lane.cheap.push(stream(stream_chunks(text)[:-1]) if streamed else whole(plain))
    before = len(lane.gateway.decisions())
    lane.gateway.ask("question " * 100, stream=streamed)
    [attempt] = lane.gateway.next_record(before)["attempts"]
    assert attempt["usage"] == "counted"
    assert 100 <= attempt["prompt_tokens"] <= 1000
    assert 250 <= attempt["completion_tokens"] <= 1500
    assert sum_of(lane.gateway.metrics(), "tierway_usage_missing_total", model="cheap/small") >= 1


def test_fractions_of_a_nano_dollar_are_rounded_up_once(tmp_path):
    def change(config):
        config["models"]["cheap/small"]["price"] = {"input": 0.0375, "output": 0.0125}

    with Lane(tmp_path, change) as lane:
        lane.cheap.push(whole(answer(used=usage(1, 1))), whole(answer(used=usage(3, 1))))
        assert lane.gateway.ask().headers["x-tierway-cost-usd"] == usd(50)  # 37.5 + 12.5
        assert lane.gateway.ask().headers["x-tierway-cost-usd"] == usd(125)  # 112.5 + 12.5


def test_a_context_tier_reprices_the_whole_request(tmp_path):
    def change(config):
        config["models"]["dear/frontier"]["price"] = {
            "input": 5.0, "output": 20.0, "cached_input": 0.5,
            "context_tiers": [{"above": 1000, "input": 10.0, "output": 30.0, "cached_input": 1.0},
                              {"above": 2000, "input": 40.0, "output": 60.0}]}

    expected = {
        (1000, 10, 0): 1000 * 5000 + 10 * 20000,
        (1001, 10, 0): 1001 * 10000 + 10 * 30000,
        (1001, 10, 1000): 1 * 10000 + 1000 * 1000 + 10 * 30000,
        # A cache price that a tier does not name keeps the base price's share of the input price (docs/configuration.md).
        (2001, 1, 2000): 1 * 40000 + 2000 * 4000 + 60000,
    }
    with Lane(tmp_path, change) as lane:
        for (prompt, completion, cached), cost in expected.items():
            lane.dear.push(whole(answer(used=usage(prompt, completion, cached))))
            assert lane.gateway.ask(model="dear/frontier").headers["x-tierway-cost-usd"] == usd(cost)


def test_failed_attempts_that_never_reached_a_model_cost_nothing(lane):
    lane.cheap.push(error(503))
    lane.spare.push(whole(answer(used=usage(10, 5))))
    response = lane.gateway.ask()
    assert response.headers["x-tierway-cost-usd"] == usd(cost_nano("spare/small", 10, 5))
    attempts = lane.gateway.record_of(response)["attempts"]
    assert [(each["purpose"], each["usage"]) for each in attempts] == [("failed", "none"), ("answer", "provider")]
    assert attempts[0]["error"]


ENDINGS_WITHOUT_UPSTREAM = {
    "bad HTTP": (b"GET / HTTP/1.0\r\n\r\n", 400),
    "bad JSON": (request_bytes("POST", CHAT, b"{"), 400),
    "no such path": (request_bytes("GET", "/v2/nothing"), 404),
    "wrong method": (request_bytes("GET", CHAT), 405),
    "unknown model": (request_bytes("POST", CHAT, encode(chat(model="nobody/knows"))), 404),
    "not JSON by its type": (request_bytes("POST", CHAT, b"a=b", {"Content-Type": "application/x-www-form-urlencoded"}), 415),
    "the list of models": (request_bytes("GET", "/v1/models"), 200),
}


@pytest.mark.parametrize("data, status", ENDINGS_WITHOUT_UPSTREAM.values(), ids=ENDINGS_WITHOUT_UPSTREAM.keys())
def test_a_request_that_reaches_no_provider_has_one_record_too(lane, data, status):
    before = len(lane.gateway.decisions())
    with lane.gateway.connect() as client:
        client.send(data)
        assert client.read_response().status == status
    record = lane.gateway.next_record(before)
    assert record["status"] == status
    assert record["cost_usd"] == 0
    assert not record.get("attempts")
    assert record["outcome"] == ("ok" if status == 200 else "client_error")


def test_the_record_of_a_dead_upstream_shows_every_attempt(lane):
    lane.cheap.default = reset
    lane.spare.default = error(500)
    response = lane.gateway.ask()
    assert response.status == 502
    record = lane.gateway.record_of(response)
    assert (record["outcome"], record["error_code"]) == ("upstream_error", "upstream_unavailable")
    assert len(record["attempts"]) == 3
    assert response.headers["x-tierway-attempts"] == "3"
    assert all(each["error"] and each["purpose"] == "failed" for each in record["attempts"])


def gone_record(lane, before: int) -> dict:
    record = lane.gateway.next_record(before)
    assert (record["status"], record["outcome"]) == (499, "client_gone")
    return record


@pytest.mark.parametrize("leave", ["close", "reset"])
@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_leaves_before_the_first_byte_is_recorded_and_the_upstream_is_left(lane, streamed, leave):
    left = threading.Event()

    def script(exchange):
        assert exchange.wait_for_peer_close(5), "the upstream connection was not closed"
        left.set()

    lane.cheap.push(script)
    before = len(lane.gateway.decisions())
    client = lane.gateway.connect()
    client.send(request_bytes("POST", CHAT, encode(chat(stream=streamed, max_tokens=300))))
    lane.cheap.wait_for_requests(1)
    getattr(client, leave)()
    assert left.wait(5)
    record = gone_record(lane, before)
    [attempt] = record["attempts"]
    # The provider had the request, and may have written all that it was allowed to: whoever leaves just before an answer pays for it.
    assert (attempt["usage"], attempt["completion_tokens"]) == ("estimated", 300)
    assert cost_nano("cheap/small", 0, 300) < nano(record["cost_usd"]) <= nano(record["estimate_usd"])
    assert not lane.spare.requests


def test_what_broke_off_before_it_said_anything_is_charged_its_estimate(lane):
    def half_an_answer(exchange):
        exchange.keep_open = False
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":")
        exchange.close()

    lane.cheap.default = lane.spare.default = half_an_answer
    before = len(lane.gateway.decisions())
    assert lane.gateway.ask(max_tokens=300).error["code"] == "upstream_truncated"
    attempts = lane.gateway.next_record(before)["attempts"]
    assert {attempt["usage"] for attempt in attempts} == {"estimated"}
    assert {attempt["completion_tokens"] for attempt in attempts} == {300}


@pytest.mark.parametrize("leave", ["close", "reset"])
def test_a_client_that_leaves_in_the_middle_of_a_stream_is_recorded_and_the_upstream_is_left(lane, leave):
    left = threading.Event()

    def script(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": "some words of an answer"})))
        assert exchange.wait_for_peer_close(5), "the upstream connection was not closed"
        left.set()

    lane.cheap.push(script)
    before = len(lane.gateway.decisions())
    client = lane.gateway.connect()
    client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
    client.read_until(client.read_head(), b"some words")
    getattr(client, leave)()
    assert left.wait(5)
    record = gone_record(lane, before)
    assert record["model"] == "cheap/small"
    assert record["cost_usd"] > 0
    assert record["attempts"][0]["completion_tokens"] > 0


def test_a_client_that_leaves_while_a_stream_is_held_is_recorded_with_the_draft(lane):
    begun = threading.Event()

    def script(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": "a draft"})))
        begun.set()
        assert exchange.wait_for_peer_close(5)

    lane.cheap.push(script)
    before = len(lane.gateway.decisions())
    client = lane.gateway.connect()
    client.send(request_bytes("POST", CHAT, encode(chat(stream=True)), JUDGED))
    assert begun.wait(5)
    client.close()
    assert gone_record(lane, before)["cost_usd"] > 0
    assert not lane.dear.requests


def test_a_client_that_leaves_after_the_draft_keeps_the_draft_on_the_bill(lane):
    lane.cheap.push(whole(answer("", finish="length", used=usage(100, 20))))

    def script(exchange):
        assert exchange.wait_for_peer_close(5)

    lane.dear.push(script)
    before = len(lane.gateway.decisions())
    client = lane.gateway.connect()
    client.send(request_bytes("POST", CHAT, encode(chat()), JUDGED))
    lane.dear.wait_for_requests(1)
    client.close()
    record = gone_record(lane, before)
    assert record["attempts"][0]["purpose"] == "draft"
    assert nano(record["cost_usd"]) > cost_nano("cheap/small", 100, 20)


def test_a_client_that_leaves_after_the_last_event_is_a_success(lane):
    lane.cheap.push(stream())
    before = len(lane.gateway.decisions())
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        client.read_response()
    record = lane.gateway.next_record(before)
    assert (record["status"], record["outcome"]) == (200, "ok")


def test_a_record_holds_neither_prompt_nor_answer_nor_secret(lane):
    lane.cheap.push(whole(answer("CANARY-ANSWER")))
    headers = {"Authorization": "Bearer CANARY-CLIENT-KEY", "x-tierway-session": "CANARY-SESSION"}
    response = lane.gateway.ask("CANARY-PROMPT", headers, user="CANARY-USER")
    line = json.dumps(lane.gateway.record_of(response))
    metrics = lane.gateway.admin("/metrics").body.decode()
    for place in (line, metrics, lane.gateway.process.log()):
        assert "CANARY" not in place
        assert not any(key in place for key in PROVIDER_KEYS.values())


def test_a_record_says_how_the_decision_was_made(lane):
    lane.cheap.push(whole(answer(used=usage(9, 4))))
    record = lane.gateway.record_of(lane.gateway.ask(headers=JUDGED))
    assert record["asked_model"] == "auto"
    assert (record["class"], record["classifier"], record["bound_tier"], record["tier"]) == ("judged", "declared", "small", "small")
    assert (record["model"], record["method"], record["path"], record["stream"]) == ("cheap/small", "POST", CHAT, False)
    assert {each["signal"] for each in record["signals"]} >= {"completeness", "hedging", "degenerate"}
    assert record["principal"] == "local"
    assert record["confidence"] >= 0.6
    assert record["estimate_usd"] > 0
    assert record["duration_ms"] >= record["overhead_ms"] >= 0
    assert len(record["policy"]) == 12
    assert record["time"].endswith("Z")


def test_metrics_agree_with_what_happened(lane):
    def snapshot():
        return lane.gateway.metrics()

    before = snapshot()
    lane.cheap.push(whole(answer(used=usage(100, 10))), whole(answer("", finish="length", used=usage(200, 20))), error(503))
    lane.dear.push(whole(answer(used=usage(210, 30))))
    lane.spare.push(whole(answer(used=usage(50, 5))))
    lane.gateway.ask()
    lane.gateway.ask(headers=JUDGED)
    lane.gateway.ask()
    # Settlement follows the answer; what is in the record is in the metrics.
    lane.gateway.record_of(lane.gateway.ask(model="nobody/knows"))
    after = snapshot()

    def grew(name: str, **labels: str) -> float:
        return sum_of(after, name, **labels) - sum_of(before, name, **labels)

    assert grew("tierway_requests_total", **{"class": "chat", "tier": "small", "model": "cheap/small", "outcome": "ok"}) == 1
    assert grew("tierway_requests_total", **{"class": "judged", "tier": "frontier", "model": "dear/frontier", "outcome": "ok"}) == 1
    assert grew("tierway_requests_total", model="spare/small", outcome="ok") == 1
    assert grew("tierway_cost_usd_total", kind="draft") == pytest.approx(cost_nano("cheap/small", 200, 20) * 1e-9)
    assert grew("tierway_cost_usd_total", kind="answer", model="dear/frontier") == pytest.approx(cost_nano("dear/frontier", 210, 30) * 1e-9)
    assert grew("tierway_baseline_cost_usd_total") == pytest.approx(
        (cost_nano("dear/frontier", 100, 10) + cost_nano("dear/frontier", 210, 30) + cost_nano("dear/frontier", 50, 5)) * 1e-9)
    assert grew("tierway_tokens_total", model="cheap/small", type="input") == 300
    assert grew("tierway_tokens_total", model="cheap/small", type="output") == 30
    assert grew("tierway_escalations_total", **{"from": "small", "to": "frontier", "reason": "low_confidence", "verdict": "approved"}) == 1
    assert grew("tierway_fallbacks_total", **{"from": "cheap/small", "to": "spare/small"}) == 1
    assert grew("tierway_confidence_count", **{"class": "judged"}) == 1
    assert grew("tierway_requests_total", model="none", outcome="client_error") == 1
    assert grew("tierway_requests_total") == grew("tierway_request_duration_seconds_count") == 4
    assert grew("gen_ai_client_token_usage_sum", gen_ai_token_type="input") == 560
    text = lane.gateway.admin("/metrics").body.decode()
    for label in ("nobody/knows", "local", "gpt-4o"):
        assert f'"{label}"' not in text


def test_the_sum_of_the_records_is_what_the_providers_billed(lane):
    billed = 0
    before = len(lane.gateway.decisions())
    for i in range(10):
        used = usage(100 + i, 10 + i)
        if i % 3 == 0:
            lane.cheap.push(whole(answer("", finish="length", used=used)))
            lane.dear.push(whole(answer(used=used)))
            billed += cost_nano("dear/frontier", 100 + i, 10 + i)
        else:
            lane.cheap.push(whole(answer(used=used)))
        billed += cost_nano("cheap/small", 100 + i, 10 + i)
        assert lane.gateway.ask(headers=JUDGED).status == 200
    records = eventually(lambda: (found := lane.gateway.decisions()) and len(found) == before + 10 and found, "ten records")
    assert sum(nano(record["cost_usd"]) for record in records[:10]) == billed


def test_decision_records_are_json_lines_on_standard_output(lane):
    lane.cheap.push(whole())
    response = lane.gateway.ask()

    def written() -> list[dict]:
        return [record for line in lane.gateway.process.stdout.all() if (record := json.loads(line))["request_id"] == response.request_id]

    kept = lane.gateway.record_of(response)
    del kept["sequence"]  # The log's own.
    assert eventually(written, "the record on standard output")[0] == kept


def test_decision_records_can_go_to_a_file(tmp_path):
    def change(config):
        config["log"] = {"decisions": str(tmp_path / "decisions.jsonl")}

    with Lane(tmp_path / "lane", change) as lane:
        lane.cheap.push(whole())
        request_id = lane.gateway.ask().request_id
        lane.gateway.process.stop()
        assert lane.gateway.process.stdout.all() == []
    [line] = (tmp_path / "decisions.jsonl").read_text().splitlines()
    assert json.loads(line)["request_id"] == request_id


def test_every_line_of_the_log_is_json_even_when_the_provider_sends_line_ends(lane):
    lane.cheap.push(error(500, 'a line\n{"level":"info","message":"forged"}\r\n', headers={"x-evil": "a"}))
    lane.spare.push(whole())
    assert lane.gateway.ask("forge\n{}").status == 200
    for line in lane.gateway.process.stderr.all():
        assert {"time", "level", "message"} <= set(json.loads(line))
