"""Opinions on a draft: a second model beside it and a verifier after it decide about escalation, are on the bill, and never stand
in a request's way."""

import json
import threading
import time

import pytest

from support.answers import answer, encode, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import FakeUpstream, error, silent, stream, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import Lane, cost_nano, nano, usd
from support.process import run
from support.raw_client import request_bytes
from support.sse import Stream

AGREED = {"x-tierway-class": "agreed"}
VERIFIED = {"x-tierway-class": "verified"}
BOTH = {"x-tierway-class": "both"}
SAMPLED = {"x-tierway-class": "sampled"}
CAPPED = {"x-tierway-class": "agreed", "x-tierway-max-tier": "small"}
JUDGE = {"input": 310, "output": 590}


def judge_nano(prompt: int, completion: int) -> int:
    return prompt * JUDGE["input"] + completion * JUDGE["output"]


class OpinionLane(Lane):
    """The lane with a provider more, whose models give opinions."""

    def __init__(self, folder, change=None):
        self.judge = FakeUpstream()

        def with_judge(config):
            quick = {"connect": "2s", "total_whole": "4s"}
            config["providers"]["judge"] = {"dialect": "openai", "base_url": self.judge.url(), "timeouts": quick}
            config["models"]["judge/second"] = {"price": {kind: milli / 1000 for kind, milli in JUDGE.items()}, "context": 100_000}
            config["models"]["judge/verifier"] = {"price": {kind: milli / 1000 for kind, milli in JUDGE.items()}}
            agreement = {"model": "judge/second", "wait": "500ms"}
            verifier = {"model": "judge/verifier", "wait": "500ms", "prompt": "Check the sum."}
            climb = {"to": "frontier", "below": 0.6, "explore": 1}
            config["classes"].update({
                "agreed": {"tier": "small", "escalate": {**climb, "agreement": agreement}},
                "verified": {"tier": "small", "escalate": {**climb, "verifier": verifier}},
                "both": {"tier": "small", "escalate": {**climb, "agreement": agreement, "verifier": verifier}},
                "sampled": {"tier": "small", "escalate": {**climb, "agreement": {"samples": 2, "wait": "500ms", "max_tokens": 77}}},
            })
            if change:
                change(config)

        super().__init__(folder, with_judge)
        self.upstreams["judge"] = self.judge


@pytest.fixture(name="lane", scope="module")
def lane_of_module(tmp_path_factory):
    with OpinionLane(tmp_path_factory.mktemp("opinions")) as lane:
        yield lane


@pytest.fixture(autouse=True)
def clean(request):
    lanes = [request.getfixturevalue(name) for name in request.fixturenames if name == "lane"]
    for lane in lanes:
        lane.reset()
    yield
    for lane in lanes:
        lane.check()


def sums(text: str) -> str:
    return f'{{"reasoning": "in its own words", "answer": "{text}"}}'


def opinions_of(record) -> list[tuple[str, str]]:
    return [(each["signal"], each["outcome"]) for each in record.get("opinions", [])]


def scores_of(record) -> dict[str, float]:
    return {each["signal"]: each["score"] for each in record["signals"]}


def purposes_of(record) -> list[tuple[str, str]]:
    return sorted((each["purpose"], each["model"]) for each in record["attempts"])


@pytest.mark.parametrize("streamed", [False, True])
def test_a_draft_that_a_second_model_agrees_with_is_kept_and_both_are_billed(lane, streamed):
    draft = sums("1,234.50")
    lane.cheap.push(stream(stream_chunks(draft, used=usage(12, 7))) if streamed else whole(answer(draft, used=usage(12, 7))))
    lane.judge.push(whole(answer("So it is \\boxed{1234.5}.", used=usage(14, 9))))
    response = lane.gateway.ask(headers=AGREED, stream=streamed)
    assert response.status == 200
    cost = cost_nano("cheap/small", 12, 7) + judge_nano(14, 9)
    assert response.headers["x-tierway-cost-usd"] == usd(cost)
    assert response.headers["x-tierway-model"] == "cheap/small"
    assert float(response.headers["x-tierway-confidence"]) > 0.9
    if streamed:
        assert Stream.parse(response.body).text == draft
    record = lane.gateway.record_of(response)
    assert purposes_of(record) == [("answer", "cheap/small"), ("judge", "judge/second")]
    assert sum(nano(each["cost_usd"]) for each in record["attempts"]) == cost
    assert opinions_of(record) == [("agreement", "ok")]
    assert scores_of(record)["agreement"] == 1.0
    assert not lane.dear.requests


@pytest.mark.parametrize("streamed", [False, True])
def test_a_draft_that_a_second_model_disagrees_with_is_escalated(lane, streamed):
    lane.cheap.push(stream(stream_chunks(sums("41"))) if streamed else whole(answer(sums("41"), used=usage(12, 7))))
    lane.judge.push(whole(answer("The answer is 42.", used=usage(14, 9))))
    better = stream_chunks("42", used=usage(15, 3))
    lane.dear.push(stream(better) if streamed else whole(answer("42", used=usage(15, 3))))
    response = lane.gateway.ask(headers=AGREED, stream=streamed)
    record = lane.gateway.record_of(response)
    assert purposes_of(record) == [("answer", "dear/frontier"), ("draft", "cheap/small"), ("judge", "judge/second")]
    assert (record["escalation"], record["escalation_reason"]) == ("approved", "low_confidence")
    assert scores_of(record)["agreement"] == 0.0
    assert sum(nano(each["cost_usd"]) for each in record["attempts"]) == nano(record["cost_usd"])


def test_a_second_model_is_asked_at_the_same_time_and_for_the_same(lane):
    both_there = threading.Barrier(2)

    def meet(body):
        send = whole(body)

        def script(exchange):
            both_there.wait(10)
            send(exchange)

        return script

    lane.cheap.push(meet(answer("42")))
    lane.judge.push(meet(answer("42")))
    response = lane.gateway.ask(headers=AGREED, temperature=0.3, n=1, stream=False, user="me", max_tokens=50)
    assert response.status == 200
    assert lane.judge.last.json() == {"model": "second", "messages": chat()["messages"], "temperature": 0.3, "max_tokens": 50}


def test_the_same_model_is_sampled_again(lane):
    def script(exchange):
        body = exchange.request.json()
        choices = [{"index": i, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
                   for i, text in enumerate(["42", "41"] if body.get("n") == 2 else ["42"])]
        whole(answer(choices=choices, used=usage(10, 5)))(exchange)

    lane.cheap.default = script
    record = lane.gateway.record_of(lane.gateway.ask(headers=SAMPLED))
    assert scores_of(record)["agreement"] == 0.5
    sampled = next(each.json() for each in lane.cheap.requests if "n" in each.json())
    assert (sampled["n"], sampled["temperature"], sampled["max_tokens"]) == (2, 0.7, 77)


@pytest.mark.parametrize("script, outcome", [
    (error(500), "upstream_unavailable"), (error(429, code="rate_limit_exceeded"), "rate_limit_exceeded"),
    (whole(b"<html>"), "upstream_malformed"), (whole(answer(choices=[])), "upstream_malformed")])
def test_an_opinion_that_fails_is_absent(lane, script, outcome):
    lane.cheap.push(whole(answer("42")))
    lane.judge.push(script)
    response = lane.gateway.ask(headers=AGREED)
    assert response.status == 200
    assert response.headers["x-tierway-model"] == "cheap/small"
    record = lane.gateway.record_of(response)
    assert "agreement" not in scores_of(record)
    ((signal, noted),) = opinions_of(record)
    assert signal == "agreement"
    assert noted == outcome
    assert record["confidence"] == pytest.approx(0.75, abs=0.01)
    assert sum_of(lane.gateway.metrics(), "tierway_opinions_total", **{"class": "agreed"}, outcome=noted, signal="agreement") >= 1


def test_an_opinion_that_is_slow_is_not_waited_for_beyond_its_time(lane):
    lane.cheap.push(whole(answer("42")))
    lane.judge.push(silent)
    began = time.monotonic()
    response = lane.gateway.ask(headers=AGREED)
    assert 0.4 < time.monotonic() - began < 3
    assert response.status == 200
    record = lane.gateway.record_of(response)
    assert opinions_of(record) == [("agreement", "late")]
    # What was sent may be billed: what is not known is not free.
    judged = next(each for each in record["attempts"] if each["purpose"] == "judge")
    assert judged["usage"] == "estimated" and nano(judged["cost_usd"]) > 0
    assert nano(response.headers["x-tierway-cost-usd"]) == nano(record["cost_usd"])


def test_nobody_waits_for_an_opinion_that_cannot_save_the_draft(lane):
    lane.cheap.push(whole(answer("4", finish="length")))
    lane.judge.default = silent
    lane.dear.push(whole(answer("42")))
    began = time.monotonic()
    response = lane.gateway.ask(headers=AGREED)
    assert time.monotonic() - began < 0.45
    assert response.json()["model"] == "dear/frontier"
    assert opinions_of(lane.gateway.record_of(response)) == [("agreement", "not_needed")]


def test_an_opinion_ends_with_the_draft_that_it_was_for(lane):
    lane.cheap.push(error(400, "no", code="invalid_value", type_="invalid_request_error"))
    lane.judge.default = silent
    response = lane.gateway.ask(headers=AGREED)
    assert response.status == 400
    assert opinions_of(lane.gateway.record_of(response)) == [("agreement", "not_needed")]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("draft_first", [False, True])
def test_a_client_that_leaves_ends_both_calls(lane, streamed, draft_first):
    closed = threading.Semaphore(0)

    def wait_for_the_end(exchange):
        if exchange.wait_for_peer_close():
            closed.release()

    if draft_first:
        lane.cheap.push(stream(stream_chunks("42")) if streamed else whole(answer("42")))
    else:
        lane.cheap.push(wait_for_the_end)
    lane.judge.push(wait_for_the_end)
    before = len(lane.gateway.decisions())
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=streamed)), AGREED))
        lane.judge.wait_for_requests(1)
        lane.cheap.wait_for_requests(1)
        time.sleep(0.05)
    for _ in range(1 if draft_first else 2):
        assert closed.acquire(timeout=5)
    eventually(lambda: len(lane.gateway.decisions()) > before, "the record")
    record = lane.gateway.decisions()[0]
    assert record["outcome"] == "client_gone"
    assert "judge" in [each["purpose"] for each in record["attempts"]]


def test_clients_that_leave_at_any_moment_do_no_harm(lane):
    lane.cheap.default = whole(answer("42"))
    lane.judge.default = whole(answer("41"))
    lane.dear.default = whole(answer("42"))
    body = request_bytes("POST", CHAT, encode(chat()), BOTH)
    for step in range(60):
        with lane.gateway.connect() as client:
            client.send(body)
            time.sleep(step / 5_000)
    eventually(lambda: lane.gateway.metrics()["tierway_requests_in_flight"] == 0, "the end of all requests")
    assert lane.gateway.ask(headers=BOTH).status == 200


def test_a_verifier_that_calls_the_draft_wrong_escalates_it(lane):
    lane.cheap.push(whole(answer("41", used=usage(12, 7))))
    lane.judge.push(whole(answer('```json\n{"correct": false, "confidence": 0.9}\n```', used=usage(80, 11))))
    lane.dear.push(whole(answer("42", used=usage(15, 3))))
    response = lane.gateway.ask(headers=VERIFIED)
    assert response.json()["model"] == "dear/frontier"
    cost = cost_nano("cheap/small", 12, 7) + judge_nano(80, 11) + cost_nano("dear/frontier", 15, 3)
    assert response.headers["x-tierway-cost-usd"] == usd(cost)
    asked = lane.judge.last.json()
    assert (asked["model"], asked["max_tokens"]) == ("verifier", 512)
    system, user = asked["messages"]
    assert system["content"].startswith("Check the sum.") and "JSON object" in system["content"]
    assert "\n41\n" in user["content"] and "stream" not in asked


def test_a_verifier_that_calls_the_draft_right_keeps_it(lane):
    lane.cheap.push(stream(stream_chunks("42")))
    lane.judge.push(whole(answer('{"correct": true, "confidence": 0.8}')))
    response = lane.gateway.ask(headers=VERIFIED, stream=True)
    assert Stream.parse(response.body).text == "42"
    assert scores_of(lane.gateway.record_of(response))["verifier"] == 0.9


@pytest.mark.parametrize("script, outcomes", [
    (whole(answer("I would say so.")), ["ok", "no_verdict"]), (silent, ["late"])])
def test_a_verifier_without_a_verdict_is_absent(lane, script, outcomes):
    lane.cheap.push(whole(answer("42")))
    lane.judge.push(script)
    response = lane.gateway.ask(headers=VERIFIED)
    assert response.status == 200
    record = lane.gateway.record_of(response)
    assert opinions_of(record) == [("verifier", outcome) for outcome in outcomes]
    assert "verifier" not in scores_of(record)


def test_a_verifier_is_asked_only_where_its_word_counts(lane):
    lane.cheap.push(whole(answer("42")))
    lane.judge.push(whole(answer("42")))
    record = lane.gateway.record_of(lane.gateway.ask(headers=BOTH))
    assert opinions_of(record) == [("agreement", "ok")]


def test_a_second_model_that_stood_in_for_the_first_does_not_agree_with_itself(tmp_path):
    def change(config):
        config["tiers"]["small"] = ["cheap/small", "judge/second"]

    with OpinionLane(tmp_path, change) as lane:
        lane.cheap.default = error(503)
        lane.judge.default = whole(answer("42"))
        response = lane.gateway.ask(headers=AGREED)
        assert response.json()["model"] == "judge/second"
        record = lane.gateway.record_of(response)
        assert opinions_of(record) == [("agreement", "same_model")]
        assert "agreement" not in scores_of(record)


def test_a_named_model_is_not_judged(lane):
    lane.cheap.push(whole(answer("42")))
    response = lane.gateway.ask(headers=AGREED, model="cheap/small")
    assert opinions_of(lane.gateway.record_of(response)) == []


def test_a_budget_that_cannot_pay_for_an_opinion_pays_for_the_answer(tmp_path):
    def change(config):
        # Enough for the answer of at most ten tokens, not for what a judge may cost beside it.
        config["budgets"] = [{"scope": "total", "usd": 0.0002, "window": "day"}]
        config["classes"]["agreed"]["escalate"]["agreement"]["max_tokens"] = 1000

    with OpinionLane(tmp_path, change) as lane:
        lane.cheap.push(whole(answer("42", used=usage(10, 5))))
        response = lane.gateway.ask(headers=AGREED, max_tokens=10)
        assert response.status == 200
        record = lane.gateway.record_of(response)
        assert purposes_of(record) == [("answer", "cheap/small")]
        assert opinions_of(record)[0][1] in ("budget_exceeded", "request_exceeds_budget")
        assert not lane.judge.requests


def test_a_cost_ceiling_has_no_room_for_an_opinion(tmp_path):
    def change(config):
        config["gate"] = {"usd_per_request": 0.0001}
        config["classes"]["agreed"]["escalate"]["agreement"]["max_tokens"] = 1000

    with OpinionLane(tmp_path, change) as lane:
        lane.cheap.push(whole(answer("42")))
        record = lane.gateway.record_of(lane.gateway.ask(headers=AGREED, max_tokens=10))
        assert opinions_of(record) == [("agreement", "request_cost")]
        assert not lane.judge.requests


def test_the_bill_adds_up_to_the_ledger_and_the_metrics(tmp_path):
    def change(config):
        config["store"] = {"sqlite": str(tmp_path / "ledger.db")}
        config["budgets"] = [{"scope": "total", "usd": 5.0, "window": "day"}]

    with OpinionLane(tmp_path, change) as lane:
        lane.cheap.default = whole(answer("42", used=usage(12, 7)))
        lane.judge.default = whole(answer("42", used=usage(14, 9)))
        total = 0
        for _ in range(5):
            response = lane.gateway.ask(headers=AGREED)
            total += nano(response.headers["x-tierway-cost-usd"])
        assert total == 5 * (cost_nano("cheap/small", 12, 7) + judge_nano(14, 9))
        def counted():
            return sum_of(lane.gateway.metrics(), "tierway_cost_usd_total", kind="judge", model="judge/second")

        eventually(lambda: counted() == pytest.approx(5 * judge_nano(14, 9) / 1e9), "the metric of what judges cost")
        rows = {}

        def settled():
            rows.clear()
            done = run("report", "--ledger", str(tmp_path / "ledger.db"), "--by", "purpose", "--json")
            for row in json.loads(done.stdout, parse_float=str)["rows"]:
                rows[row["purpose"]] = nano(row["cost_usd"])
            return sum(rows.values()) == total

        eventually(settled, "the ledger to hold it all")
        assert rows == {"answer": 5 * cost_nano("cheap/small", 12, 7), "judge": 5 * judge_nano(14, 9)}
