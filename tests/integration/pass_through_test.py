"""What a provider answers as it is: audio, images, files. It passes in pieces, both ways, with our credential, and is accounted for."""

import contextlib
import hashlib
import json
import signal
import socket
import threading

import pytest

from support.answers import encode
from support.deadline import PATIENCE, eventually
from support.fake_upstream import Exchange, error, reset, whole
from support.gateway import sum_of
from support.lane import CLIENT_KEY, PROVIDER_KEYS, Lane
from support.raw_client import Truncated, request_bytes

IMAGE_USAGE = {"input_tokens": 50, "output_tokens": 100, "total_tokens": 150, "input_tokens_details": {"text_tokens": 10, "image_tokens": 40}}
IMAGE_COST = 50 * 5_000 + 100 * 40_000
RESERVED = 40_000_000


def passing(**more):
    def change(config: dict) -> None:
        config["pass_through"] = {"provider": "dear", "prices": {"gpt-image-1": {"input": 5, "output": 40}}, "usd_per_request": 0.04, **more}

    return change


@pytest.fixture(name="lane", scope="module")
def lane_fixture(tmp_path_factory):
    with Lane(tmp_path_factory.mktemp("pass"), passing(paths=["audio", "files", "images", "moderations", "batches"])) as made:
        yield made


@pytest.fixture(autouse=True)
def fresh(request):
    if "lane" in request.fixturenames:
        request.getfixturevalue("lane").reset()


class OnePeer:
    """A provider that takes one connection and shows how much has come by it."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._count = 0
        self._ended = threading.Event()
        self._peer: socket.socket | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"

    def _run(self) -> None:
        try:
            self._peer, _ = self._listener.accept()
            while data := self._peer.recv(1 << 20):
                self._count += len(data)
        except OSError:
            pass
        self._ended.set()

    def received(self, size: int) -> bool:
        return bool(eventually(lambda: self._count >= size, f"{size} bytes"))

    def left(self) -> bool:
        return self._ended.wait(PATIENCE)

    def answer(self, data: bytes) -> None:
        assert self._peer
        self._peer.sendall(data)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # Wakes who waits for a connection.
        self._listener.close()
        if self._peer:
            self._peer.close()
        self._thread.join()


@contextlib.contextmanager
def one_peer(lane: Lane):
    """The passing provider is this peer, within the block."""
    peer = OnePeer()
    provider = lane.config["providers"]["dear"]
    before = provider["base_url"]
    try:
        provider["base_url"] = peer.url
        reload(lane)
        yield peer
    finally:
        peer.close()
        provider["base_url"] = before
        reload(lane)


def reload(lane: Lane) -> None:
    def done() -> float:
        return sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success")

    before = done()
    lane.gateway.write_config(lane.config)
    lane.gateway.process.signal(signal.SIGHUP)
    eventually(lambda: done() > before, "the reload")


def form(*parts: tuple[str, bytes], boundary: bytes = b"B") -> bytes:
    return b"".join(b"--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n" % (boundary, name.encode(), value)
                    for name, value in parts) + b"--%s--\r\n" % boundary


FORM = {"Content-Type": "multipart/form-data; boundary=B"}


def test_a_file_passes_up_byte_for_byte_with_our_credential_and_nothing_that_names_the_client(lane):
    content = bytes(range(256)) * 5_000
    lane.dear.push(whole({"id": "file-1", "object": "file"}))
    body = form(("purpose", b"batch"), ("file", content))
    response = lane.gateway.request("POST", "/v1/files?x=1", body, {
        **FORM, "Authorization": f"Bearer {CLIENT_KEY}", "Cookie": "a=b", "x-tierway-class": "top", "OpenAI-Organization": "org",
        "Idempotency-Key": "k1"})
    assert (response.status, response.json()) == (200, {"id": "file-1", "object": "file"})
    asked = lane.dear.last
    assert asked.request_line == "POST /v1/files?x=1 HTTP/1.1"
    assert asked.body == body
    assert asked.headers["authorization"] == f"Bearer {PROVIDER_KEYS['DEAR_KEY']}"
    assert (asked.headers["content-type"], asked.headers["idempotency-key"]) == (FORM["Content-Type"], "k1")
    assert not {"cookie", "x-tierway-class", "openai-organization"} & set(asked.headers)
    record = lane.gateway.record_of(response)
    assert (record["class"], record["outcome"], record["cost_usd"], record["model"]) == ("pass_through", "ok", 0, "dear/files")
    assert response.headers["x-tierway-class"] == "pass_through"


def upload(size: int) -> bytes:
    """The head of a POST whose body follows."""
    return request_bytes("POST", "/v1/files", b"", {"Content-Type": "application/octet-stream", "Content-Length": str(size)})


def test_a_body_is_passed_on_before_it_has_arrived_whole(lane):
    with one_peer(lane) as peer, lane.gateway.connect() as client:
        client.send(upload(3_000_000))
        client.send(b"x" * 1_000_000)
        assert peer.received(900_000), "two thirds are still to come"
        client.send(b"x" * 2_000_000)
        assert peer.received(3_000_000)
        peer.answer(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        assert client.read_response().status == 200


def test_a_chunked_body_stays_chunked_and_whole(lane):
    lane.dear.takes_chunks = True
    lane.dear.push(whole({"ok": True}))
    head = request_bytes("POST", "/v1/files", b"", {"Content-Type": "application/octet-stream", "Transfer-Encoding": "chunked"})
    pieces = [b"a" * 70_000, b"b", b"c" * 200_000]
    with lane.gateway.connect() as client:
        client.send(head)
        for piece in pieces:
            client.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        client.send(b"0\r\n\r\n")
        assert client.read_response().status == 200
        assert lane.dear.last.headers["transfer-encoding"] == "chunked"
        assert lane.dear.last.body == b"".join(pieces)
        lane.dear.push(whole({"again": True}))
        client.send(request_bytes("GET", "/v1/files/file-1"))
        assert client.read_response().json() == {"again": True}, "a body that was taken whole leaves the connection usable"


def test_an_answer_passes_down_as_it_comes(lane):
    go_on = threading.Event()

    def speech(exchange: Exchange) -> None:
        exchange.send_head(200, {"Content-Type": "audio/mpeg", "Transfer-Encoding": "chunked", "Content-Disposition": "attachment",
                                 "Set-Cookie": "secret=1", "x-request-id": "req-9"})
        exchange.send_chunk(b"\xff\xfb" * 1_000)
        exchange.wait(go_on)
        exchange.send_chunk(b"\x00" * 1_000)
        exchange.end_chunks()

    lane.dear.push(speech)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", "/v1/audio/speech", encode({"model": "tts-1", "input": "hi", "voice": "alloy"})))
        head = client.read_head()
        assert (head.headers["content-type"], head.headers["content-disposition"]) == ("audio/mpeg", "attachment")
        assert "set-cookie" not in head.headers
        assert head.headers["x-tierway-upstream-request-id"] == "req-9"
        assert head.headers["x-tierway-model"] == "dear/tts-1"
        came = b""
        while len(came) < 2_000:
            came += client.read_chunk()
        assert came == b"\xff\xfb" * 1_000, "before the provider has sent the rest"
        go_on.set()
        client.read_body(head)
    record = lane.gateway.record_of(head)
    assert (record["asked_model"], record["attempts"][0]["usage"]) == ("tts-1", "estimated")


def test_reported_tokens_of_a_priced_model_are_billed_exactly(lane):
    before = sum_of(lane.gateway.metrics(), "tierway_cost_usd_total", model="dear/images")
    lane.dear.push(whole({"created": 1, "data": [{"b64_json": "A" * 100_000}], "usage": IMAGE_USAGE}))
    response = lane.gateway.post({"model": "gpt-image-1", "prompt": "a cat"}, path="/v1/images/generations")
    assert response.json()["usage"] == IMAGE_USAGE
    record = lane.gateway.record_of(response)
    assert round(record["cost_usd"] * 1e9) == IMAGE_COST
    assert record["attempts"][0]["prompt_tokens"] == 50
    metrics = lane.gateway.metrics()
    assert round((sum_of(metrics, "tierway_cost_usd_total", model="dear/images") - before) * 1e9) == IMAGE_COST
    assert sum_of(metrics, "tierway_tokens_total", model="dear/images", type="output") >= 100


def test_the_model_of_a_form_is_found_behind_its_file(lane):
    lane.dear.push(whole({"data": [], "usage": IMAGE_USAGE}))
    body = form(("image", b"\x89PNG" * 50_000), ("model", b"gpt-image-1"), ("prompt", b"a cat"))
    response = lane.gateway.request("POST", "/v1/images/edits", body, FORM)
    record = lane.gateway.record_of(response)
    assert (record["asked_model"], round(record["cost_usd"] * 1e9)) == ("gpt-image-1", IMAGE_COST)


def test_a_streams_usage_is_read_in_passing(lane):
    def events(exchange: Exchange) -> None:
        exchange.send_stream_head()
        exchange.send_chunk(b'event: image_generation.partial_image\ndata: {"b64_json":"' + b"A" * 50_000 + b'"}\n\n')
        exchange.send_chunk(b'data: {"type":"image_generation.completed","usage":' + encode(IMAGE_USAGE) + b"}\n\n")
        exchange.end_chunks()

    lane.dear.push(events)
    response = lane.gateway.post({"model": "gpt-image-1", "prompt": "a cat", "stream": True}, path="/v1/images/generations")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.body.count(b"data: ") == 2
    assert round(lane.gateway.record_of(response)["cost_usd"] * 1e9) == IMAGE_COST


def test_what_reports_nothing_costs_what_was_reserved_and_is_counted(lane):
    lane.dear.push(whole({"text": "hello", "usage": {"type": "duration", "seconds": 9}}))
    response = lane.gateway.request("POST", "/v1/audio/transcriptions", form(("model", b"whisper-1"), ("file", b"RIFF")), FORM)
    record = lane.gateway.record_of(response)
    assert round(record["cost_usd"] * 1e9) == RESERVED
    assert sum_of(lane.gateway.metrics(), "tierway_usage_missing_total", model="dear/audio") >= 1


@pytest.mark.parametrize("method,path", [("GET", "/v1/files"), ("GET", "/v1/files/file-1/content"), ("DELETE", "/v1/files/file-1"),
                                         ("POST", "/v1/moderations")])
def test_what_only_looks_or_checks_is_free(lane, method, path):
    lane.dear.push(whole({"object": "list", "data": []}))
    response = lane.gateway.request(method, path, encode({"input": "x"}) if method == "POST" else b"")
    assert response.status == 200
    assert lane.gateway.record_of(response)["cost_usd"] == 0


def test_ranges_and_conditions_reach_the_provider(lane):
    lane.dear.push(whole(b"ab", status=206, headers={"Content-Range": "bytes 0-1/9", "ETag": '"e"'}), whole(b"", status=304))
    part = lane.gateway.request("GET", "/v1/files/file-1/content", headers={"Range": "bytes=0-1"})
    assert (part.status, part.body, part.headers["content-range"], part.headers["etag"]) == (206, b"ab", "bytes 0-1/9", '"e"')
    assert lane.dear.last.headers["range"] == "bytes=0-1"
    with lane.gateway.connect() as client:
        client.send(request_bytes("GET", "/v1/files/file-1/content", headers={"If-None-Match": '"e"'}))
        head = client.read_head()
        assert head.status == 304
        assert "transfer-encoding" not in head.headers


@pytest.mark.parametrize("path", ["/v1/files/../models", "/v1/files/%2e%2e/chat/completions", "/v1/files//x", "/v1/vector_stores",
                                  "/v1/organization/users", "/v1/filesx", "/v1/files/"])
def test_no_other_path_passes(lane, path):
    response = lane.gateway.request("GET", path)
    assert (response.status, response.error["code"]) == (404, "unknown_path")
    assert not lane.dear.requests


def test_other_methods_do_not_pass(lane):
    response = lane.gateway.request("PUT", "/v1/files/file-1", b"x")
    assert response.status == 405
    assert not lane.dear.requests


def test_a_refusal_keeps_its_status_and_code_and_shows_no_credential(lane):
    said = f"Incorrect API key provided: {PROVIDER_KEYS['DEAR_KEY']}."
    lane.dear.push(error(400, "That is no image.", code="invalid_image", type_="image_generation_user_error"),
                   error(401, said, code="invalid_api_key"))
    refused = lane.gateway.post({"model": "gpt-image-1", "prompt": "x"}, path="/v1/images/generations")
    assert refused.status == 400
    assert refused.error["message"].endswith("That is no image.")
    record = lane.gateway.record_of(refused)
    assert (record["cost_usd"], record["outcome"]) == (0, "upstream_error")
    hidden = lane.gateway.post({"model": "gpt-image-1", "prompt": "x"}, path="/v1/images/generations")
    assert PROVIDER_KEYS["DEAR_KEY"].encode() not in hidden.body
    assert PROVIDER_KEYS["DEAR_KEY"] not in json.dumps(lane.gateway.record_of(hidden))


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_what_was_refused_costs_nothing(lane, status):
    lane.dear.push(error(status))
    refused = lane.gateway.post({"model": "gpt-image-1", "prompt": "x"}, path="/v1/images/generations")
    assert refused.status >= 400
    assert lane.gateway.record_of(refused)["cost_usd"] == 0


def test_a_provider_that_refuses_a_body_halfway_is_heard(lane):
    said = encode({"error": {"message": "Too large.", "type": "invalid_request_error", "param": None, "code": None}})
    with one_peer(lane) as peer, lane.gateway.connect() as client:
        client.send(upload(20_000_000))
        client.send(b"x" * 100_000)
        assert peer.received(50_000)
        peer.answer(b"HTTP/1.1 413 Payload Too Large\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
                    b"Connection: close\r\n\r\n%s" % (len(said), said))
        client.send(b"x" * 100_000)
        response = client.read_response()
        assert response.status == 413
        assert response.error["message"].endswith("Too large.")
        assert client.closed_by_peer(), "the rest of the body is no request"


def test_an_answer_that_is_cut_never_looks_whole(lane):
    def cut(exchange: Exchange) -> None:
        exchange.send_head(200, {"Content-Type": "audio/mpeg", "Content-Length": "100000"})
        exchange.send(b"x" * 5_000)
        exchange.close()

    lane.dear.push(cut)
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", "/v1/audio/speech", encode({"model": "tts-1", "input": "hi"})))
        head = client.read_head()
        with pytest.raises(Truncated):
            client.read_body(head)
    record = lane.gateway.record_of(head)
    assert (record["error_code"], record["outcome"]) == ("upstream_truncated", "upstream_error")
    assert round(record["cost_usd"] * 1e9) == RESERVED, "what is not known is not given back"


def test_a_provider_that_resets_gives_an_error_in_words(lane):
    lane.dear.push(reset)
    response = lane.gateway.request("GET", "/v1/files")
    assert response.status == 502
    assert response.error["code"] == "upstream_unavailable"


def test_a_client_that_leaves_halfway_ends_the_call(lane):
    before = len(lane.gateway.decisions())
    with one_peer(lane) as peer:
        client = lane.gateway.connect()
        client.send(upload(3_000_000))
        client.send(b"x" * 500_000)
        assert peer.received(400_000)
        client.close()
        record = lane.gateway.next_record(before)
        assert (record["status"], record["outcome"], record["cost_usd"]) == (499, "client_gone", 0)
        assert peer.left()


def test_a_body_beyond_the_bound_is_refused(tmp_path):
    with Lane(tmp_path, passing(body_max="1MiB")) as lane:
        lane.dear.takes_chunks = True
        stated = lane.gateway.connect()
        stated.send(upload((1 << 20) + 1))
        response = stated.read_response()
        assert response.status == 413
        assert "pass_through.body_max" in response.error["message"]
        assert stated.closed_by_peer()
        with lane.gateway.connect() as client:
            client.send_until_refused(request_bytes("POST", "/v1/files", b"", {"Transfer-Encoding": "chunked"}))
            for _ in range(20):
                client.send_until_refused(b"%x\r\n%s\r\n" % (65_536, b"x" * 65_536))
            assert client.read_response().status == 413


def test_keys_pass_only_where_they_may_and_each_to_its_own_account(tmp_path):
    keys = {name: f"tw-{name}-0000000000000000" for name in ("plain", "shared", "own")}

    def change(config: dict) -> None:
        passing()(config)
        more = {"plain": {}, "shared": {"pass_through": True}, "own": {"pass_through": "cheap"}}
        config["keys"] = [{"id": name, "sha256": hashlib.sha256(key.encode()).hexdigest(), **more[name]} for name, key in keys.items()]

    with Lane(tmp_path, change) as lane:
        for upstream in lane.upstreams.values():
            upstream.default = whole({"object": "list", "data": []})
        ask = lambda name: lane.gateway.request("GET", "/v1/files", headers={"Authorization": f"Bearer {keys[name]}"})  # noqa: E731
        refused = ask("plain")
        assert (refused.status, refused.error["code"]) == (403, "pass_through_not_allowed")
        assert ask("shared").status == 200
        assert (len(lane.dear.requests), len(lane.cheap.requests)) == (1, 0)
        assert ask("own").status == 200
        assert (len(lane.dear.requests), len(lane.cheap.requests)) == (1, 1)
        assert lane.cheap.last.headers["authorization"] == f"Bearer {PROVIDER_KEYS['CHEAP_KEY']}"
        assert lane.gateway.request("GET", "/v1/files").status == 401


def test_a_hard_budget_is_never_overshot(tmp_path):
    def change(config: dict) -> None:
        passing()(config)
        config["budgets"] = [{"scope": "total", "usd": 0.1, "window": "month"}]
        config["store"] = {"sqlite": str(tmp_path / "ledger.db")}

    with Lane(tmp_path, change) as lane:
        lane.dear.default = whole({"text": "hello"})
        statuses = [lane.gateway.request("POST", "/v1/audio/transcriptions", form(("model", b"whisper-1")), FORM).status for _ in range(4)]
        assert statuses == [200, 200, 429, 429], "0.04 each of 0.1"
        assert lane.gateway.request("GET", "/v1/files").status == 200, "what is free needs no room"
        spent = sum(record["cost_usd"] for record in lane.gateway.decisions())
        assert spent == 0.08
        report = lane.gateway.admin("/api/spend?by=class,model").json()
        assert "dear/audio" in json.dumps(report)


def test_without_the_section_nothing_passes(tmp_path):
    with Lane(tmp_path) as lane:
        response = lane.gateway.request("GET", "/v1/files")
        assert (response.status, response.error["code"]) == (404, "unknown_path")
