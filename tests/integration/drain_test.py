"""How serving ends: who is served to the end, who is told that it is over, and when the process has ended."""

import json
import signal
import threading
import time

import pytest

from support.answers import encode
from support.deadline import eventually
from support.fake_upstream import begun_stream, silent, whole
from support.gateway import CHAT, chat
from support.lane import Lane
from support.raw_client import RawClient, Response, Truncated, request_bytes
from support.sse import Stream

# What the process may take beyond its times: its own 2 s of last words, and a slow machine.
SLACK = 6.0


def drain_times(delay: str, timeout: str):
    return lambda config: config["server"].update(drain_delay=delay, drain_timeout=timeout)


def begin_stream(lane: Lane) -> tuple[RawClient, Response]:
    """A stream whose first words have come."""
    client = lane.gateway.connect()
    client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
    response = client.read_head()
    client.read_until(response, b"first")
    return client, response


def accepts(lane: Lane) -> bool:
    try:
        with lane.gateway.connect(timeout=1) as late:
            late.socket.settimeout(0.2)
            return not late.closed_by_peer()
    except (ConnectionRefusedError, ConnectionResetError, TimeoutError):
        return False


def end(lane: Lane, patience: float = 30) -> list[dict]:
    """The records, once the process has ended well."""
    assert lane.gateway.process.wait(patience) == 0
    return [json.loads(line) for line in lane.gateway.process.stdout.all()]


def test_sigterm_lets_a_live_stream_finish_and_takes_no_new_connection(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path) as lane:
        lane.cheap.push(begun_stream(go_on))
        idle = lane.gateway.connect()
        client, response = begin_stream(lane)
        lane.gateway.process.signal(signal.SIGTERM)
        assert idle.closed_by_peer(), "an idle connection has nothing to wait for"
        eventually(lambda: not accepts(lane), "no new connections")
        assert lane.gateway.process.alive()
        assert lane.gateway.admin("/readyz").status == 503
        go_on.set()
        client.read_body(response)
        assert Stream.parse(response.body).text == "first second"
        [record] = end(lane)
    assert record["outcome"] == "ok"


def test_sigint_ends_well_too(tmp_path):
    with Lane(tmp_path) as lane:
        lane.gateway.process.signal(signal.SIGINT)
        end(lane)


def test_new_connections_are_served_during_the_delay_and_told_to_close(tmp_path):
    with Lane(tmp_path, drain_times("2s", "10s")) as lane:
        lane.cheap.default = whole()
        kept = lane.gateway.connect()
        began = time.monotonic()
        lane.gateway.process.signal(signal.SIGTERM)
        eventually(lambda: lane.gateway.admin("/readyz").status == 503, "the end of readiness", timeout=1)
        for client in (kept, lane.gateway.connect()):
            client.send(request_bytes("POST", CHAT, encode(chat())))
            response = client.read_response()
            assert (response.status, response.headers.get("connection")) == (200, "close")
            assert client.closed_by_peer()
        assert time.monotonic() - began < 1.9, "too slow to show anything"
        end(lane)
        assert time.monotonic() - began >= 2, "the delay is kept though nothing is open"


def test_an_answer_that_begins_during_the_drain_says_that_the_connection_closes(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path) as lane:
        lane.cheap.push(whole(delay=go_on))
        with lane.gateway.connect() as client:
            client.send(request_bytes("POST", CHAT, encode(chat())))
            lane.cheap.wait_for_requests(1)
            lane.gateway.process.signal(signal.SIGTERM)
            eventually(lambda: lane.gateway.admin("/readyz").status == 503, "the drain")
            go_on.set()
            assert client.read_response().headers.get("connection") == "close"
        end(lane)


def test_a_stream_that_outlasts_the_drain_gets_the_error_in_band_and_no_false_end(tmp_path):
    with Lane(tmp_path, drain_times("1ms", "500ms")) as lane:
        lane.cheap.push(begun_stream(threading.Event()))
        client, response = begin_stream(lane)
        began = time.monotonic()
        lane.gateway.process.signal(signal.SIGTERM)
        with pytest.raises(Truncated):
            client.read_body(response)
        assert client.closed_by_peer(), "FIN, not more bytes"
        seen = Stream.parse(response.body)
        assert not seen.done
        assert seen.chunks[-1]["error"]["code"] == "server_shutting_down"
        assert not any(choice.get("finish_reason") for each in seen.chunks for choice in each.get("choices", []))
        [record] = end(lane)
        assert 0.5 <= time.monotonic() - began < 0.5 + SLACK
        lane.cheap.closing = True
    assert (record["status"], record["error_code"]) == (200, "server_shutting_down")


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_request_without_an_answer_yet_is_told_to_come_again(tmp_path, stream):
    with Lane(tmp_path, drain_times("1ms", "300ms")) as lane:
        lane.cheap.push(silent)
        with lane.gateway.connect() as client:
            client.send(request_bytes("POST", CHAT, encode(chat(stream=stream))))
            lane.cheap.wait_for_requests(1)
            lane.gateway.process.signal(signal.SIGTERM)
            response = client.read_response()
            assert client.closed_by_peer()
        assert (response.status, response.error["code"]) == (503, "server_shutting_down")
        assert int(response.headers["retry-after"]) >= 1
        assert response.headers["connection"] == "close"
        [record] = end(lane)
        assert not lane.spare.requests, "nobody else is asked"
    assert (record["status"], record["error_code"]) == (503, "server_shutting_down")


@pytest.mark.parametrize("part", [b"POST /v1/chat", request_bytes("POST", CHAT, b"x" * 1000)[:-500]], ids=["head", "body"])
def test_a_request_that_is_still_arriving_is_told_to_come_again(tmp_path, part):
    with Lane(tmp_path, drain_times("1ms", "300ms")) as lane:
        with lane.gateway.connect() as client:
            client.send(part)
            time.sleep(0.1)  # Nothing tells from outside that the bytes were read.
            lane.gateway.process.signal(signal.SIGTERM)
            response = client.read_response()
        assert (response.status, response.error["code"]) == (503, "server_shutting_down")
        assert len(end(lane)) == 1


def test_a_client_that_reads_nothing_does_not_hold_the_end(tmp_path):
    def flood(exchange):
        exchange.send_stream_head()
        while True:
            exchange.send_chunk(b'data: {"choices":[{"index":0,"delta":{"content":"' + b"x" * 50_000 + b'"}}]}\n\n')

    with Lane(tmp_path, drain_times("1ms", "1s")) as lane:
        lane.cheap.push(flood)
        client = lane.gateway.connect()
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        client.read_head()
        began = time.monotonic()
        lane.gateway.process.signal(signal.SIGTERM)
        [record] = end(lane)
        assert time.monotonic() - began < 1 + SLACK
        client.close()
    assert record["outcome"] == "client_gone"


def test_a_second_signal_ends_at_once(tmp_path):
    with Lane(tmp_path, drain_times("60s", "120s")) as lane:
        lane.cheap.push(begun_stream(threading.Event()))
        client, _ = begin_stream(lane)
        lane.gateway.process.signal(signal.SIGTERM)
        eventually(lambda: lane.gateway.admin("/readyz").status == 503, "the drain")
        lane.gateway.process.signal(signal.SIGTERM)
        end(lane, SLACK)
        client.close()
        lane.cheap.closing = True


def test_a_hangup_does_not_end_the_drain(tmp_path):
    with Lane(tmp_path, drain_times("1s", "120s")) as lane:
        lane.gateway.process.signal(signal.SIGTERM)
        eventually(lambda: lane.gateway.admin("/readyz").status == 503, "the drain")
        lane.gateway.process.signal(signal.SIGHUP)
        time.sleep(0.2)
        assert lane.gateway.process.alive()
        end(lane)
