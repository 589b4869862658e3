"""Traces: what a collector gets of each request, what providers are told, and that a collector never stands in a request's way."""

import json
import re
import secrets
import signal
import threading
import time
from pathlib import Path

import pytest

from support.answers import answer, encode, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import FakeUpstream, begun_stream, error, refusing_port, silent, stream, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import CLIENT_KEY, Lane, cost_nano
from support.otlp import CLIENT, FAILED, SERVER, UNSET, Span, of_trace, spans_at
from support.raw_client import Response, request_bytes

VERIFIED = {"x-tierway-class": "verified"}
PROMPT = "PROMPTMARK what is it?"
DRAFT = answer("ANSWERMARK", model="small-2026-01-01", used=usage(100, 20, cached=30))
WRONG = answer('{"correct": false, "confidence": 0.9}')


def collector_url(collector: FakeUpstream, host: str = "127.0.0.1") -> str:
    return f"{'https' if collector.tls else 'http'}://{host}:{collector.port}"


def inbound(sampled: bool = True) -> tuple[str, str, dict[str, str]]:
    """A caller's trace: its id, the caller's span, and the fields that say so."""
    trace, span = secrets.token_hex(16), secrets.token_hex(8)
    return trace, span, {"traceparent": f"00-{trace}-{span}-0{int(sampled)}", "tracestate": "vendor=opaque"}


def traced(url: str, **more):
    def change(config: dict) -> None:
        config["tracing"] = {"otlp": url, **more}
        climb = {"to": "frontier", "below": 0.6, "explore": 1}
        verifier = {"model": "spare/small", "wait": "2s", "prompt": "Check the sum."}
        config["classes"]["verified"] = {"tier": "small", "escalate": {**climb, "verifier": verifier}}

    return change


class Told:
    """One request of the scenario, with what its providers were told."""

    def __init__(self, lane: Lane, scripts: dict, headers: dict[str, str], sampled: bool = True, **fields):
        lane.reset()
        for name, pushed in scripts.items():
            lane.upstreams[name].push(*pushed)
        self.trace, self.caller, own = inbound(sampled)
        self.response: Response = lane.gateway.ask(PROMPT, {**own, **headers}, **fields)
        self.record = lane.gateway.record_of(self.response)
        self.parents = {name: [request.headers.get("traceparent") for request in upstream.requests]
                        for name, upstream in lane.upstreams.items()}
        self.states = {request.headers.get("tracestate") for upstream in lane.upstreams.values() for request in upstream.requests}


class Scenario:
    """Requests of every kind, asked one after another, so that their spans are waited for once."""

    def __init__(self, folder: Path):
        self.collector = FakeUpstream(default=whole({}))
        with self.collector, Lane(folder, traced(collector_url(self.collector), service_name="checkout",
                                                 resource={"deployment.environment.name": "test"})) as lane:
            self.plain = Told(lane, {"cheap": [whole(answer("42", used=usage(12, 7)))]}, {}, temperature=0.5, seed=7, max_tokens=99)
            self.cascade = Told(lane, {"cheap": [whole(DRAFT)], "spare": [whole(WRONG)], "dear": [whole()]}, VERIFIED)
            self.fallback = Told(lane, {"cheap": [error(503, "PROMPTMARK")] * 2, "spare": [whole()]}, {})
            self.failed = Told(lane, {"cheap": [error(400, "no", "invalid_value", "invalid_request_error")]}, {})
            self.streamed = Told(lane, {"cheap": [stream(stream_chunks("one two three"))]}, {}, stream=True)
            self.unsampled = Told(lane, {"cheap": [whole()]}, {}, sampled=False)
            self.unserved = lane.gateway.request("POST", "/v1/nothing/PROMPTMARK", b"{}")
            lane.cheap.push(whole())
            self.root = lane.gateway.ask(PROMPT, {"traceparent": "00-0-0-01"})
            self.root_record = lane.gateway.record_of(self.root)
            self.root_told = lane.cheap.last.headers["traceparent"]
            self.gone = self.leave(lane)
            wanted = 8  # Of each request but the unsampled one.
            eventually(lambda: len([span for span in spans_at(self.collector) if span.kind == SERVER]) >= wanted, "the spans", 20)
            sent = len(spans_at(self.collector))
            eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_trace_spans_total", result="exported") >= sent, "the count")
            self.metrics = lane.gateway.metrics()
        self.spans = spans_at(self.collector)

    @staticmethod
    def leave(lane: Lane) -> str:
        """A client that leaves in mid-stream; its trace."""
        lane.reset()
        go_on = threading.Event()
        lane.cheap.push(begun_stream(go_on))
        trace, _, headers = inbound()
        before = len(lane.gateway.decisions())
        with lane.gateway.connect() as client:
            client.send(request_bytes("POST", CHAT, encode(chat(stream=True)), headers))
            client.read_until(client.read_head(), b"first")
        assert lane.gateway.next_record(before)["outcome"] == "client_gone"
        go_on.set()
        return trace

    def of(self, told: Told) -> tuple[Span, list[Span]]:
        return of_trace(self.spans, told.trace)


@pytest.fixture(name="seen", scope="module")
def seen_fixture(tmp_path_factory) -> Scenario:
    return Scenario(tmp_path_factory.mktemp("traces"))


def told_span(traceparent: str) -> str:
    version, _, span, flags = traceparent.split("-")
    assert (version, flags) == ("00", "01")
    return span


def test_a_request_is_a_child_of_its_callers_span_and_its_attempt_one_of_its_own(seen):
    server, [attempt] = seen.of(seen.plain)
    assert (server.kind, server.name, server.parent_id, server.status) == (SERVER, "POST /v1/chat/completions", seen.plain.caller, UNSET)
    assert server.flags & 0x300 == 0x300  # The parent is of another process.
    assert (attempt.kind, attempt.name, attempt.status) == (CLIENT, "chat small-2026", UNSET)
    [told] = seen.plain.parents["cheap"]
    assert told_span(told) == attempt.span_id
    assert seen.plain.states == {"vendor=opaque"}
    assert server.tracestate == attempt.tracestate == "vendor=opaque"


def test_a_requests_span_says_what_was_decided(seen):
    server, _ = seen.of(seen.plain)
    record = seen.plain.record
    said = server.attributes
    assert {name: said[f"tierway.{name}"] for name in ("request_id", "class", "tier", "model", "escalation", "policy", "outcome")} == {
        name: record[name] for name in ("request_id", "class", "tier", "model", "escalation", "policy", "outcome")}
    assert said["tierway.cost_usd"] == pytest.approx(cost_nano("cheap/small", 12, 7) * 1e-9)
    assert (said["http.request.method"], said["http.route"], said["http.response.status_code"]) == ("POST", CHAT, 200)
    assert server.resource == {"service.name": "checkout", "deployment.environment.name": "test",
                               "service.version": server.resource["service.version"],
                               "service.instance.id": server.resource["service.instance.id"]}


def test_an_attempts_span_speaks_opentelemetrys_words(seen):
    _, [attempt] = seen.of(seen.plain)
    said = attempt.attributes
    assert (said["gen_ai.operation.name"], said["gen_ai.request.model"], said["gen_ai.response.model"]) == ("chat", "small-2026", "upstream-model")
    assert (said["gen_ai.usage.input_tokens"], said["gen_ai.usage.output_tokens"]) == (12, 7)
    assert said["gen_ai.response.finish_reasons"] == ["stop"]
    assert (said["gen_ai.request.temperature"], said["gen_ai.request.seed"], said["gen_ai.request.max_tokens"]) == (0.5, 7, 99)
    assert said["server.address"] == "127.0.0.1"


def test_the_record_names_the_trace(seen):
    for told in (seen.plain, seen.cascade, seen.unsampled):
        assert told.record["trace_id"] == told.trace


def test_a_cascade_is_a_tree_of_draft_judge_and_answer(seen):
    server, attempts = seen.of(seen.cascade)
    assert [(span.attributes["tierway.purpose"], span.attributes["tierway.model"]) for span in attempts] == [
        ("draft", "cheap/small"), ("judge", "spare/small"), ("answer", "dear/frontier")]
    assert [told_span(seen.cascade.parents[name][0]) for name in ("cheap", "spare", "dear")] == [span.span_id for span in attempts]
    assert attempts[0].attributes["gen_ai.usage.cache_read.input_tokens"] == 30
    assert (server.attributes["tierway.escalation"], server.attributes["tierway.escalation_reason"]) == ("approved", "low_confidence")
    assert server.attributes["tierway.confidence"] < 0.6
    assert attempts[0].ended <= attempts[1].began <= attempts[1].ended <= attempts[2].began


def test_a_fallback_shows_who_failed(seen):
    server, attempts = seen.of(seen.fallback)
    assert [span.status for span in attempts] == [FAILED] * (len(attempts) - 1) + [UNSET]
    assert attempts[0].attributes["error.type"] == "upstream_unavailable"
    assert attempts[0].attributes["http.response.status_code"] == 503
    assert server.status == UNSET
    assert server.attributes["tierway.fallbacks"] == 1
    assert len({span.span_id for span in attempts}) == len(attempts)


def test_what_a_provider_refuses_is_an_error_of_its_kind(seen):
    server, [attempt] = seen.of(seen.failed)
    assert attempt.status == FAILED
    assert attempt.attributes["http.response.status_code"] == 400
    assert server.attributes["http.response.status_code"] == seen.failed.response.status
    assert server.attributes["error.type"] == seen.failed.record["error_code"]


def test_a_streams_span_knows_when_it_began_to_speak(seen):
    server, [attempt] = seen.of(seen.streamed)
    assert attempt.attributes["gen_ai.request.stream"] is True
    first = attempt.attributes["gen_ai.response.time_to_first_chunk"]
    assert 0 <= first <= (attempt.ended - attempt.began) * 1e-9 + 0.000001
    assert server.attributes["tierway.stream"] is True


def test_a_client_that_left_is_no_failure_of_the_gateway(seen):
    server, attempts = of_trace(seen.spans, seen.gone)
    assert (server.status, server.attributes["error.type"], server.attributes["http.response.status_code"]) == (UNSET, "client_gone", 499)
    assert attempts[0].attributes["error.type"] == "client_gone"


def test_a_trace_that_its_caller_does_not_record_is_passed_on_and_not_exported(seen):
    assert not [span for span in seen.spans if span.trace_id == seen.unsampled.trace]
    [told] = seen.unsampled.parents["cheap"]
    assert re.fullmatch(f"00-{seen.unsampled.trace}-[0-9a-f]{{16}}-00", told)
    assert seen.unsampled.caller not in told


def test_a_request_with_an_invalid_parent_begins_a_trace(seen):
    server, [attempt] = of_trace(seen.spans, seen.root_record["trace_id"])
    assert server.parent_id == ""
    assert told_span(seen.root_told) == attempt.span_id


def test_a_path_that_nobody_serves_has_no_name_of_its_own(seen):
    [server] = [span for span in seen.spans if span.attributes.get("http.response.status_code") == 404]
    assert server.name == "POST"
    assert "http.route" not in server.attributes


def test_every_time_is_a_time_of_today(seen):
    now = time.time_ns()
    for span in seen.spans:
        assert now - 600_000_000_000 < span.began <= span.ended <= now


def test_spans_hold_no_prompt_no_answer_and_no_key(seen):
    exported = b"".join(request.body + request.head for request in seen.collector.requests).replace(b"/v1/nothing/PROMPTMARK", b"")
    for mark in ("PROMPTMARK", "ANSWERMARK", CLIENT_KEY, "sk-cheap", "sk-dear"):
        assert mark.encode() not in exported


def test_what_became_of_spans_is_counted(seen):
    assert sum_of(seen.metrics, "tierway_trace_spans_total", result="exported") == len(seen.spans)
    assert sum_of(seen.metrics, "tierway_trace_spans_total", result="dropped") == 0
    assert sum_of(seen.metrics, "tierway_trace_spans_total", result="failed") == 0


# A collector that is not well.

def asked(lane: Lane, times: int = 1) -> None:
    lane.cheap.default = whole()
    for _ in range(times):
        assert lane.gateway.ask(headers=inbound()[2]).status == 200


def drain(lane: Lane) -> float:
    """SIGTERM; the seconds until the end."""
    began = time.monotonic()
    lane.gateway.process.stop()
    return time.monotonic() - began


def test_what_waits_is_exported_at_the_end(tmp_path):
    with FakeUpstream(default=whole({})) as collector, Lane(tmp_path, traced(collector_url(collector))) as lane:
        asked(lane, 3)
        assert drain(lane) < 4
        assert len(spans_at(collector)) == 6
        assert len(collector.requests) == 1, "three requests are one batch"


def test_what_passes_as_it_is_is_traced_too(tmp_path):
    with FakeUpstream(default=whole({})) as collector:
        def change(config: dict) -> None:
            traced(collector_url(collector))(config)
            config["pass_through"] = {"provider": "dear", "paths": ["images"]}

        with Lane(tmp_path, change) as lane:
            trace, _, headers = inbound()
            lane.dear.push(whole({"data": []}), error(503))
            assert lane.gateway.post({"model": "gpt-image-1", "prompt": PROMPT}, headers, "/v1/images/generations").status == 200
            assert lane.gateway.post({"model": "gpt-image-1", "prompt": PROMPT}, inbound()[2], "/v1/images/edits").status == 503
            drain(lane)
            told = [request.headers["traceparent"] for request in lane.dear.requests]
        server, [attempt] = of_trace(spans_at(collector), trace)
        assert (server.name, attempt.name) == ("POST /v1/images/{path}", "images gpt-image-1")
        assert (server.attributes["tierway.class"], attempt.attributes["tierway.model"]) == ("pass_through", "dear/images")
        assert told_span(told[0]) == attempt.span_id
        [failed] = [span for span in spans_at(collector) if span.kind == CLIENT and span.trace_id != trace]
        assert (failed.status, failed.span_id, failed.attributes["http.response.status_code"]) == (FAILED, told_span(told[1]), 503)
        assert b"PROMPTMARK" not in b"".join(request.body for request in collector.requests)


def test_a_collector_by_tls_gets_the_fields_of_the_configuration(tmp_path, certificates):
    with FakeUpstream(default=whole({}), tls=certificates.good.server_context()) as collector:
        change = traced(collector_url(collector, "localhost"), ca_file=str(certificates.trusted.file),
                        headers={"Authorization": "Bearer ${CHEAP_KEY}", "x-scope-orgid": "team"})
        with Lane(tmp_path, change) as lane:
            asked(lane)
            drain(lane)
            [export] = collector.requests
            assert export.headers["authorization"] == "Bearer sk-cheap-1111111111111111"
            assert export.headers["x-scope-orgid"] == "team"
            assert "sk-cheap" not in lane.gateway.process.log()
        assert len(spans_at(collector)) == 2


def test_a_collector_that_cannot_be_verified_gets_nothing(tmp_path, certificates):
    with FakeUpstream(default=whole({}), tls=certificates.unknown_authority.server_context()) as collector:
        with Lane(tmp_path, traced(collector_url(collector, "localhost"), ca_file=str(certificates.trusted.file))) as lane:
            asked(lane)
            drain(lane)
            assert "does not take spans" in lane.gateway.process.log()
        assert not collector.requests


def test_a_collector_that_is_busy_is_asked_again(tmp_path):
    with FakeUpstream(default=whole({})) as collector, Lane(tmp_path, traced(collector_url(collector))) as lane:
        collector.push(error(429, headers={"Retry-After": "1"}))
        asked(lane)
        collector.wait_for_requests(2)
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_trace_spans_total", result="exported") == 2, "the export")
        assert collector.requests[0].body == collector.requests[1].body
        eventually(lambda: "takes spans again" in lane.gateway.process.log(), "the good news")


def test_a_collector_that_is_down_costs_spans_and_nothing_else(tmp_path):
    with Lane(tmp_path, traced(f"http://127.0.0.1:{refusing_port()}")) as lane:
        asked(lane, 3)
        assert drain(lane) < 4
        assert len([line for line in lane.gateway.process.log().splitlines() if "does not take spans" in line]) == 1


def test_a_collector_that_is_silent_fills_the_queue_and_delays_the_end_by_two_seconds_at_most(tmp_path):
    with FakeUpstream(default=silent) as collector, Lane(tmp_path, traced(collector_url(collector))) as lane:
        # One span each: more than may wait (2,048) and be under way (512) together.
        with lane.gateway.connect() as client:
            for _ in range(54):
                client.send(request_bytes("GET", "/v1/nothing") * 50)
                assert {client.read_response().status for _ in range(50)} == {404}
        dropped = eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_trace_spans_total", result="dropped"), "dropped spans")
        assert 2700 - 2048 - 512 <= dropped < 2700
        asked(lane)
        assert drain(lane) < 6  # Two seconds, and a slow machine.
        assert "spans could not be exported" in lane.gateway.process.log()


def test_a_collector_may_refuse_some(tmp_path):
    partial = {"partialSuccess": {"rejectedSpans": "1", "errorMessage": "too old"}}
    with FakeUpstream(default=whole(partial)) as collector, Lane(tmp_path, traced(collector_url(collector))) as lane:
        asked(lane)
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_trace_spans_total", result="failed") == 1, "the rejection")
        assert sum_of(lane.gateway.metrics(), "tierway_trace_spans_total", result="exported") == 1
        eventually(lambda: "too old" in lane.gateway.process.log(), "the warning")


def test_a_reload_turns_tracing_on_and_finds_another_collector(tmp_path):
    with FakeUpstream(default=whole({})) as collector, FakeUpstream(default=whole({})) as other, Lane(tmp_path) as lane:
        asked(lane)
        for target in (collector, other):
            before = sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success")
            lane.config["tracing"] = {"otlp": collector_url(target)}
            lane.gateway.write_config(lane.config)
            lane.gateway.process.signal(signal.SIGHUP)
            eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success") > before, "the reload")
            asked(lane)
            if target is collector:
                target.wait_for_requests(1)
        drain(lane)
        assert [len(spans_at(each)) for each in (collector, other)] == [2, 2]


# Without a collector.

def test_a_callers_trace_passes_as_it_came_and_is_in_the_record(tmp_path):
    with Lane(tmp_path) as lane:
        lane.cheap.push(whole())
        trace, _, headers = inbound()
        response = lane.gateway.ask(headers=headers)
        assert lane.cheap.last.headers["traceparent"] == headers["traceparent"]
        assert lane.cheap.last.headers["tracestate"] == headers["tracestate"]
        assert lane.gateway.record_of(response)["trace_id"] == trace
        lane.cheap.push(whole())
        without = lane.gateway.ask(headers={"traceparent": "not one", "tracestate": "a=1"})
        assert "traceparent" not in lane.cheap.last.headers
        assert "tracestate" not in lane.cheap.last.headers
        assert "trace_id" not in lane.gateway.record_of(without)


def test_a_trace_stays_inside_the_boundary_when_it_must(tmp_path):
    def change(config: dict) -> None:
        config["tracing"] = {"propagate": "inside"}

    with Lane(tmp_path, change) as lane:
        lane.cheap.push(error(503), error(503), error(503))
        lane.spare.default = whole()
        _, _, headers = inbound()
        lane.gateway.ask(headers=headers)
        assert all("traceparent" not in request.headers for request in lane.cheap.requests)
        assert lane.spare.last.headers["traceparent"] == headers["traceparent"]
        lane.cheap.scripts.clear()


# Logs.

def test_records_go_on_in_a_new_file_when_the_old_one_is_rotated_away(tmp_path):
    def change(config: dict) -> None:
        config["log"] = {"decisions": "./decisions.jsonl"}

    with Lane(tmp_path, change) as lane:
        lane.cheap.default = whole()
        file, rotated = tmp_path / "decisions.jsonl", tmp_path / "decisions.jsonl.1"
        first = lane.gateway.record_of(lane.gateway.ask())["request_id"]  # It is settled.
        file.rename(rotated)
        lane.gateway.process.signal(signal.SIGHUP)
        eventually(file.exists, "the new file")
        second = lane.gateway.ask().request_id
        lane.gateway.process.stop()
        assert [json.loads(line)["request_id"] for line in rotated.read_text().splitlines()] == [first]
        assert [json.loads(line)["request_id"] for line in file.read_text().splitlines()] == [second]
