"""Providers that fail: fallback inside the tier, clear errors, TLS that is verified before a byte is sent."""

import socket
import ssl
import threading
import time

import pytest

from support import answers
from support.answers import answer, encode, usage
from support.deadline import eventually
from support.fake_upstream import Exchange, FakeUpstream, error, refusing_port, reset, silent, stream, whole
from support.gateway import CHAT, chat
from support.lane import Lane
from support.raw_client import Truncated, request_bytes


def change_policy(config: dict) -> None:
    quick = {"connect": "700ms", "headers": "700ms", "first_content": "700ms", "idle": "700ms", "total_whole": "2500ms"}
    for provider in config["providers"].values():
        provider["timeouts"] = quick


FAULTS_THAT_FALL_BACK = {
    "500": error(500),
    "502 with HTML": whole(b"<html>Bad Gateway</html>", 502, {"Content-Type": "text/html"}),
    "503": error(503),
    "529": error(529),
    "429": error(429, code="rate_limit_exceeded"),
    "429 for a spent quota": error(429, code="insufficient_quota"),
    "401": error(401, code="invalid_api_key"),
    "403": error(403),
    "404 for the model": error(404, code="model_not_found"),
    "408": error(408),
    "RST before the head": reset,
    "FIN before the head": lambda exchange: exchange.close(),
    "FIN inside the head": lambda exchange: (exchange.send(b"HTTP/1.1 200 OK\r\nContent-"), exchange.close()),
    "a body shorter than its length": lambda exchange: (
        exchange.send_head(200, {"Content-Type": "application/json", "Content-Length": "500"}), exchange.send(b"{"), exchange.close()),
    "a chunked body without its end": lambda exchange: (
        exchange.send_head(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}),
        exchange.send_chunk(encode(answer())), exchange.close()),
    "no framing and a cut": lambda exchange: (
        exchange.send_head(200, {"Content-Type": "application/json"}), exchange.send(encode(answer())[:-20]), exchange.close()),
    "an error inside a 200": whole(answers.error_body("overloaded", "server_error")),
    "no JSON": whole(b"hello"),
    "an empty body": whole(b""),
    "no choices": whole({"id": "x", "object": "chat.completion", "model": "m"}),
    "not HTTP": lambda exchange: (exchange.send(b"SSH-2.0-OpenSSH_9.2\r\n"), exchange.close()),
    "length and chunks at once": lambda exchange: (
        exchange.send_head(200, {"Content-Length": "2", "Transfer-Encoding": "chunked"}), exchange.send(b"2\r\n{}\r\n0\r\n\r\n")),
    "a field of 64 KiB": whole(headers={"x-big": "a" * 65_536}),
    "a NUL in a field": lambda exchange: exchange.send(b"HTTP/1.1 200 OK\r\nx: a\0b\r\nContent-Length: 2\r\n\r\n{}"),
    "a flood of interim responses": lambda exchange: exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000),
    "a redirect": whole(b"", 302, {"Location": "http://127.0.0.1:1/"}),
    "a switch of protocols": lambda exchange: exchange.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("fault", FAULTS_THAT_FALL_BACK.values(), ids=FAULTS_THAT_FALL_BACK.keys())
def test_another_model_of_the_tier_answers_instead(lane, fault, streamed):
    # Not a script for one request: a pooled connection that dies without a byte is rightly replaced and asked once more.
    lane.cheap.default = fault
    lane.spare.push(stream() if streamed else whole())
    response = lane.gateway.ask(stream=streamed)
    assert response.status == 200, response.body
    record = lane.gateway.record_of(response)
    assert (record["model"], record["fallbacks"], record["escalation"]) == ("spare/small", 1, "none")
    assert record["attempts"][0]["error"]


def test_a_refused_connection_falls_back(tmp_path):
    with Lane(tmp_path, lambda config: config["providers"]["cheap"].update(base_url=f"http://127.0.0.1:{refusing_port()}/v1")) as lane:
        lane.spare.push(whole())
        response = lane.gateway.ask()
        assert response.headers["x-tierway-model"] == "spare/small"
        first = lane.gateway.record_of(response)["attempts"][0]
        assert (first["model"], first["cost_usd"], first["usage"]) == ("cheap/small", 0, "none")


def test_a_name_that_does_not_resolve_falls_back(tmp_path):
    with Lane(tmp_path, lambda config: config["providers"]["cheap"].update(base_url="http://nowhere.invalid/v1")) as lane:
        lane.spare.push(whole())
        assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"


def test_an_error_names_neither_the_providers_address_nor_its_key(tmp_path):
    port = refusing_port()

    def change(config):
        for name in ("cheap", "spare"):
            config["providers"][name]["base_url"] = f"http://127.0.0.1:{port}/v1"

    with Lane(tmp_path, change) as lane:
        response = lane.gateway.ask()
        assert response.status == 502
        assert response.error["code"] == "upstream_unavailable"
        told = str(response.headers) + response.body.decode()
        assert "127.0.0.1" not in told and str(port) not in told


def test_a_fallback_never_leaves_the_tier(lane):
    lane.cheap.default = error(503)
    lane.spare.default = error(503)
    response = lane.gateway.ask()
    assert response.status == 503
    assert response.error["code"] == "upstream_unavailable"
    assert not lane.dear.requests
    assert len(lane.cheap.requests) + len(lane.spare.requests) == 3


@pytest.mark.parametrize("streamed", [False, True])
def test_a_silent_provider_is_left_at_its_timeout_and_not_asked_again(lane, streamed):
    lane.cheap.push(silent)
    lane.spare.push(stream() if streamed else whole())
    began = time.monotonic()
    response = lane.gateway.ask(stream=streamed)
    took = time.monotonic() - began
    assert response.status == 200
    # A whole answer arrives with its head, so only its total limit ends the wait.
    assert (0.6 if streamed else 2.4) <= took <= (2.0 if streamed else 4.5)
    assert lane.gateway.record_of(response)["model"] == "spare/small"
    assert len(lane.cheap.requests) == 1


def test_when_all_are_silent_the_answer_is_a_timeout(lane):
    lane.cheap.push(silent)
    lane.spare.push(silent)
    response = lane.gateway.ask(stream=True)
    assert response.status == 504
    assert response.error["code"] == "upstream_timeout"
    assert (len(lane.cheap.requests), len(lane.spare.requests)) == (1, 1)


def test_a_provider_that_sends_only_comments_has_no_content_in_time(lane):
    def script(exchange):
        exchange.keep_open = False
        exchange.send_stream_head()
        for _ in range(60):
            exchange.send_chunk(b": ping\n\n")
            time.sleep(0.05)

    lane.cheap.push(script)
    lane.spare.push(stream())
    response = lane.gateway.ask(stream=True)
    assert lane.gateway.record_of(response)["model"] == "spare/small"


def test_a_rate_limit_is_passed_on_with_a_wait_that_sdks_obey(lane):
    lane.cheap.default = error(429, code="rate_limit_exceeded", headers={"Retry-After": "7"})
    lane.spare.default = error(429, code="rate_limit_exceeded", headers={"Retry-After": "9"})
    response = lane.gateway.ask()
    assert response.status == 429
    assert response.error["code"] == "rate_limit_exceeded"
    assert 1 <= int(response.headers["retry-after"]) <= 9
    assert response.headers["retry-after-ms"]
    assert (len(lane.cheap.requests), len(lane.spare.requests)) == (1, 1), "nobody is asked again before its time"


def test_a_short_wait_that_a_provider_asks_for_is_kept(lane):
    lane.cheap.push(error(429, headers={"Retry-After": "1"}), whole())
    began = time.monotonic()
    assert lane.gateway.ask(model="cheap/small").status == 200
    assert 1.0 <= time.monotonic() - began <= 3.0


def test_a_spent_quota_is_not_worth_a_retry_of_the_client(lane):
    lane.cheap.default = error(429, code="insufficient_quota", type_="insufficient_quota")
    lane.spare.default = error(402)
    response = lane.gateway.ask()
    assert response.status == 429
    assert response.error["code"] == "insufficient_quota"
    assert response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("status, code", [(400, "context_length_exceeded"), (400, "unsupported_value"), (413, None), (422, None)])
def test_a_refusal_of_the_request_itself_is_final_and_passed_on(lane, status, code, streamed):
    lane.cheap.push(error(status, "The provider's own words.", code, "invalid_request_error"))
    response = lane.gateway.ask(stream=streamed)
    assert response.status == status
    assert "The provider's own words." in response.error["message"]
    assert response.error["type"] == "invalid_request_error"
    if code:
        assert response.error["code"] == code
    assert not lane.spare.requests
    assert lane.gateway.record_of(response)["attempts"][0]["cost_usd"] == 0


@pytest.mark.parametrize("status", [401, 403])
def test_the_gateways_own_bad_credentials_are_not_blamed_on_the_client(lane, status):
    lane.cheap.default = error(status, "Incorrect API key provided: sk-cheap-1111111111111111", "invalid_api_key")
    lane.spare.default = error(status, "no", "invalid_api_key")
    response = lane.gateway.ask()
    assert response.status == 502
    assert response.error["code"] == "upstream_refused_credentials"
    assert b"sk-cheap" not in response.body
    assert (len(lane.cheap.requests), len(lane.spare.requests)) == (1, 1)


def test_the_error_of_a_provider_is_never_html(lane):
    lane.cheap.default = lane.spare.default = whole(b"<html>oops</html>", 500, {"Content-Type": "text/html"})
    response = lane.gateway.ask()
    assert response.status == 502
    assert response.error["code"] == "upstream_unavailable"
    assert b"<html>" not in response.body


def test_a_redirect_is_not_followed(lane):
    trap = FakeUpstream(default=whole())
    lane.cheap.default = lane.spare.default = whole(b"", 307, {"Location": f"http://127.0.0.1:{trap.port}/v1/chat/completions"})
    assert lane.gateway.ask().status == 502
    assert trap.connections == 0
    trap.close()


class EarlyUpstream(FakeUpstream):
    """Refuses as soon as it has seen the beginning of a request, and reads the rest without interest."""

    def _serve_requests(self, sock, number):
        sock.recv(1000)
        data = encode(answers.error_body("too long", "invalid_request_error", "context_length_exceeded"))
        sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n"
                     b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(65536):
            pass


def test_a_provider_that_refuses_before_it_has_read_everything_is_understood(tmp_path):
    with EarlyUpstream() as upstream:
        with Lane(tmp_path, lambda config: config["providers"]["dear"].update(base_url=upstream.url())) as lane:
            response = lane.gateway.ask("x" * 4_000_000, model="dear/frontier")
            assert response.status == 400
            assert response.error["code"] == "context_length_exceeded"


# TLS.

def tls_lane(folder, upstream: FakeUpstream, ca_file: str, host: str = "localhost") -> Lane:
    def change(config):
        change_policy(config)
        config["providers"]["cheap"].update(base_url=upstream.url(host), ca_file=ca_file)

    return Lane(folder, change)


def test_a_verified_provider_is_asked_over_tls_with_its_name(tmp_path, certificates):
    with FakeUpstream(default=whole(), tls=certificates.good.server_context()) as upstream:
        with tls_lane(tmp_path, upstream, str(certificates.trusted.file)) as lane:
            assert lane.gateway.ask().headers["x-tierway-model"] == "cheap/small"
            assert lane.gateway.ask().status == 200
        assert upstream.sni[0] == "localhost"
        assert upstream.last.headers["host"] == f"localhost:{upstream.port}"
        assert len({request.connection for request in upstream.requests}) == 1


def test_a_stream_over_tls_arrives_whole_however_it_is_cut(tmp_path, certificates):
    with FakeUpstream(stream(split=3), tls=certificates.good.server_context()) as upstream:
        with tls_lane(tmp_path, upstream, str(certificates.trusted.file)) as lane:
            assert lane.gateway.stream().text == "The answer is 42."


def test_an_address_is_verified_as_an_address(tmp_path, certificates):
    with FakeUpstream(default=whole(), tls=certificates.good.server_context()) as upstream:
        with tls_lane(tmp_path, upstream, str(certificates.trusted.file), host="127.0.0.1") as lane:
            assert lane.gateway.ask().headers["x-tierway-model"] == "cheap/small"
        assert upstream.sni == [None], "an address is no server name (RFC 6066 section 3)"


@pytest.mark.parametrize("leaf", ["expired", "not_yet_valid", "wrong_host", "unknown_authority", "self_signed"])
def test_a_provider_that_cannot_prove_who_it_is_gets_not_one_byte_of_the_request(tmp_path, certificates, leaf):
    with FakeUpstream(default=whole(), tls=getattr(certificates, leaf).server_context()) as upstream:
        with tls_lane(tmp_path, upstream, str(certificates.trusted.file)) as lane:
            lane.spare.push(whole())
            response = lane.gateway.ask()
            assert response.headers["x-tierway-model"] == "spare/small"
            [refused, _] = lane.gateway.record_of(response)["attempts"]
            assert any(word in refused["error"].lower() for word in ("certificate", "verify", "host")), refused
            assert refused["cost_usd"] == 0
            eventually(lambda: upstream.handshake_errors or upstream.connections, "the handshake")
        assert upstream.plain_bytes == 0
        assert not upstream.requests


def test_the_systems_authorities_are_trusted_when_no_file_is_named_and_ours_is_not_among_them(tmp_path, certificates):
    with FakeUpstream(default=whole(), tls=certificates.good.server_context()) as upstream:
        def change(config):
            config["providers"]["cheap"]["base_url"] = upstream.url("localhost")

        with Lane(tmp_path, change) as lane:
            lane.spare.push(whole())
            assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"
        assert upstream.plain_bytes == 0


def test_tls_before_1_2_is_refused(tmp_path, certificates):
    try:
        context = certificates.good.server_context(ssl.TLSVersion.TLSv1_1)
    except (ValueError, ssl.SSLError):
        pytest.skip("this Python cannot offer TLS 1.1")
    with FakeUpstream(default=whole(), tls=context) as upstream:
        with tls_lane(tmp_path, upstream, str(certificates.trusted.file)) as lane:
            lane.spare.push(whole())
            assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"
        assert upstream.plain_bytes == 0


def test_a_plain_server_behind_https_is_refused(tmp_path, certificates):
    with FakeUpstream(default=whole()) as upstream:
        def change(config):
            change_policy(config)
            config["providers"]["cheap"].update(base_url=upstream.url("localhost").replace("http:", "https:"),
                                                ca_file=str(certificates.trusted.file))

        with Lane(tmp_path, change) as lane:
            lane.spare.push(whole())
            assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"
        assert not upstream.requests


@pytest.mark.parametrize("behaviour", ["stalls", "cuts"])
def test_a_handshake_that_does_not_end_is_left_at_the_connect_timeout(tmp_path, certificates, behaviour):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def accept():
            try:
                sock, _ = listener.accept()
                sock.recv(1000)
                if behaviour == "cuts":
                    sock.close()
                else:
                    sock.recv(1000)
            except OSError:
                pass

        threading.Thread(target=accept, daemon=True).start()
        port = listener.getsockname()[1]

        def change(config):
            change_policy(config)
            config["providers"]["cheap"].update(base_url=f"https://localhost:{port}/v1", ca_file=str(certificates.trusted.file))

        with Lane(tmp_path, change) as lane:
            lane.spare.push(whole())
            began = time.monotonic()
            assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"
            assert time.monotonic() - began < 3


def test_a_tls_connection_cut_without_goodbye_is_a_truncated_answer(tmp_path, certificates):
    """Without framing only close_notify tells a whole answer from a cut one (RFC 8446 section 6.1)."""
    def cut(exchange):
        exchange.send_head(200, {"Content-Type": "application/json", "Connection": "close"})
        exchange.send(encode(answer()))
        exchange.cut()

    with FakeUpstream(cut, tls=certificates.good.server_context()) as upstream:
        with tls_lane(tmp_path, upstream, str(certificates.trusted.file)) as lane:
            lane.spare.push(whole())
            response = lane.gateway.ask()
            assert response.headers["x-tierway-model"] == "spare/small"


def test_a_tls_stream_cut_in_the_middle_never_looks_complete(tmp_path, certificates):
    def cut(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(answers.events(answers.stream_chunks("a b c", used=usage())[:4], done=False))
        exchange.cut()

    with FakeUpstream(cut, tls=certificates.good.server_context()) as upstream:
        with tls_lane(tmp_path, upstream, str(certificates.trusted.file)) as lane:
            with lane.gateway.connect() as client:
                client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
                response = client.read_head()
                with pytest.raises(Truncated):
                    client.read_body(response)
            assert b"upstream_truncated" in response.body
            assert b"[DONE]" not in response.body


class BlackHole:
    """An address that swallows connections: its queue is full and nobody accepts."""

    def __init__(self, host: str, port: int):
        self._listener = socket.socket(socket.AF_INET6)
        self._listener.bind((host, port))
        self._listener.listen(0)
        self._queued = []
        for _ in range(4):
            queued = socket.socket(socket.AF_INET6)
            queued.settimeout(0.2)
            try:
                queued.connect((host, port))
            except TimeoutError:
                pass
            self._queued.append(queued)
        with socket.socket(socket.AF_INET6) as probe:
            probe.settimeout(0.2)
            with pytest.raises(TimeoutError):
                probe.connect((host, port))

    def __enter__(self) -> "BlackHole":
        return self

    def __exit__(self, *_) -> None:
        for each in (*self._queued, self._listener):
            each.close()


def addresses_of_localhost() -> list[str]:
    return [found[4][0] for found in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)]


@pytest.mark.skipif("::1" not in addresses_of_localhost(), reason="localhost has one address here")
def test_an_address_that_swallows_connections_costs_a_moment_once(tmp_path):
    def change(config):
        config["providers"]["cheap"]["base_url"] = f"http://localhost:{upstream.port}/v1"
        config["providers"]["cheap"]["timeouts"]["connect"] = "5s"

    def answer_and_close(exchange: Exchange) -> None:
        whole()(exchange)
        exchange.close()

    with FakeUpstream(default=answer_and_close) as upstream, BlackHole("::1", upstream.port), Lane(tmp_path, change) as lane:
        took = []
        for _ in range(2):
            began = time.monotonic()
            answered = lane.gateway.ask()
            took.append(time.monotonic() - began)
            assert (answered.status, answered.headers["x-tierway-attempts"]) == (200, "1")
        assert took[0] < 4, "not the whole time for connecting"
        assert took[1] < 0.1 or took[1] < took[0] / 2, "the address that answered is asked first"
