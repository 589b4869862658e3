"""What the process cannot take on is refused at once and in words; what it has taken on does not notice."""

import signal
import threading

from support.answers import encode
from support.deadline import eventually
from support.fake_upstream import Exchange, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import Lane
from support.raw_client import RawClient, Response, Truncated, request_bytes

REQUEST = request_bytes("POST", CHAT, encode(chat()))


def held(go_on: threading.Event):
    """A script that answers when the test says so."""
    def script(exchange: Exchange) -> None:
        exchange.wait(go_on)
        whole()(exchange)

    return script


def limited(**limits):
    def change(config: dict) -> None:
        config["server"].update(limits)
        for provider in config["providers"].values():
            provider["timeouts"]["headers"] = "60s"

    return change


def begin(lane: Lane, request: bytes = REQUEST) -> RawClient:
    client = lane.gateway.connect()
    client.send(request)
    return client


def overloads(lane: Lane, reason: str) -> float:
    return sum_of(lane.gateway.metrics(), "tierway_overload_total", reason=reason)


def reload(lane: Lane) -> None:
    before = sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success")
    lane.gateway.write_config(lane.config)
    lane.gateway.process.signal(signal.SIGHUP)
    eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success") > before, "the reload")


def says_come_back(response: Response) -> None:
    assert response.status == 503
    assert response.error["code"] == "overloaded"
    assert response.headers["retry-after"] == "1"
    assert response.headers["retry-after-ms"] == "1000"


def test_a_request_beyond_the_places_is_refused_and_recorded_and_the_others_are_served(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path, limited(in_flight_max=2)) as lane:
        lane.cheap.default = held(go_on)
        inside = [begin(lane) for _ in range(2)]
        lane.cheap.wait_for_requests(2)
        assert sum_of(lane.gateway.metrics(), "tierway_requests_in_flight") == 2
        for number in range(1, 4):
            refused = lane.gateway.ask()
            says_come_back(refused)
            record = lane.gateway.record_of(refused)
            assert (record["status"], record["error_code"], record["cost_usd"]) == (503, "overloaded", 0)
            assert overloads(lane, "in_flight") == number
        assert lane.gateway.request("GET", "/v1/models").status == 200, "what costs nothing needs no place"
        assert len(lane.cheap.requests) == 2
        go_on.set()
        assert [client.read_response().status for client in inside] == [200, 200]
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_requests_in_flight") == 0, "both places free")
        assert lane.gateway.ask().status == 200


def test_a_client_that_leaves_gives_its_place_back(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path, limited(in_flight_max=1)) as lane:
        lane.cheap.default = held(go_on)
        client = begin(lane)
        lane.cheap.wait_for_requests(1)
        says_come_back(lane.gateway.ask())
        client.close()
        go_on.set()
        eventually(lambda: lane.gateway.ask().status == 200, "the place")


def test_the_places_follow_a_reload(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path, limited(in_flight_max=1)) as lane:
        lane.cheap.default = held(go_on)
        first = begin(lane)
        lane.cheap.wait_for_requests(1)
        lane.config["server"]["in_flight_max"] = 2
        reload(lane)
        second = begin(lane)
        lane.cheap.wait_for_requests(2)
        go_on.set()
        assert [first.read_response().status, second.read_response().status] == [200, 200]


def test_a_connection_beyond_the_maximum_is_told_so_whether_it_asks_or_not(tmp_path):
    with Lane(tmp_path, limited(connections_max=2)) as lane:
        lane.cheap.default = whole()
        inside = [begin(lane) for _ in range(2)]
        for client in inside:
            assert client.read_response().status == 200
        with lane.gateway.connect() as silent:
            says_come_back(silent.read_response())
            assert silent.closed_by_peer()
        with lane.gateway.connect() as asking:
            asking.send_until_refused(REQUEST)
            says_come_back(asking.read_response())
            assert asking.closed_by_peer()
        assert overloads(lane, "connections") == 2
        inside[0].send(REQUEST)
        assert inside[0].read_response().status == 200, "those inside do not notice"
        inside[1].close()

        def welcome() -> bool:
            with lane.gateway.connect() as client:
                client.send_until_refused(REQUEST)
                try:
                    return client.read_response().status == 200
                except Truncated:
                    return False

        eventually(welcome, "a free place")


def test_a_crowd_beyond_the_maximum_holds_no_descriptors_for_long(tmp_path):
    with Lane(tmp_path, limited(connections_max=1)) as lane:
        lane.cheap.default = whole()
        inside = begin(lane)
        assert inside.read_response().status == 200
        crowd = [lane.gateway.connect() for _ in range(400)]
        eventually(lambda: overloads(lane, "connections") == 400, "all of them turned away")
        told = 0
        for client in crowd:
            try:
                told += client.read_response().status == 503
            except Truncated:
                pass
        assert 256 <= told <= 400
        for client in crowd:
            assert client.closed_by_peer(), "the silent are closed too"
            client.close()
        inside.send(REQUEST)
        assert inside.read_response().status == 200


def test_without_memory_requests_and_connections_are_refused_until_there_is_some(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path, limited(memory_max="64MiB", body_max="16MiB")) as lane:
        for upstream in lane.upstreams.values():
            upstream.default = held(go_on)
        big = request_bytes("POST", CHAT, encode(chat("word " * 2_000_000)), {"x-tierway-class": "top"})
        # What is held, each a body of 10 MB, fills the limit; with sanitizers the process is beyond it from the start.
        clients: list[RawClient] = []

        def full() -> bool:
            clients.append(lane.gateway.connect())
            clients[-1].send_until_refused(big)
            return overloads(lane, "connections") > 0

        eventually(full, "the limit")
        with lane.gateway.connect() as late:
            says_come_back(late.read_response())
        assert "server.memory_max" in lane.gateway.process.log()
        assert sum_of(lane.gateway.metrics(), "process_resident_memory_bytes") > 60 << 20
        lane.config["server"]["memory_max"] = "off"
        reload(lane)
        go_on.set()
        eventually(lambda: lane.gateway.ask().status == 200, "a place")
