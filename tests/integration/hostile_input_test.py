"""Bad input through the real socket: each gets its clear 4xx, the connection closes where framing is in doubt, the process lives.

The rows follow RELIABILITY.md section 2; none of them may reach a provider, and nothing behind a refused request is read as a second one."""

import json
import random
import time

import pytest

from support.answers import chunk, encode, event
from support.fake_upstream import whole
from support.gateway import CHAT, chat
from support.raw_client import RawClient, Response, Truncated, request_bytes

BODY = encode(chat("never to be forwarded"))
# What a smuggler would like to have read as a request of its own.
SECOND = request_bytes("POST", CHAT, encode(chat("smuggled")))
LINE = f"POST {CHAT} HTTP/1.1\r\n".encode()
HOST = b"Host: gateway.test\r\n"
TYPE = b"Content-Type: application/json\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
CHUNKED_BODY = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


def change_policy(config: dict) -> None:
    config["server"].update({"header_timeout": "400ms", "body_timeout": "400ms", "keep_alive_timeout": "600ms", "write_timeout": "500ms",
                             "body_max": "1MiB"})


def head(*lines: bytes, line: bytes = LINE) -> bytes:
    return line + b"".join(lines) + b"\r\n"


def with_field(field: bytes) -> bytes:
    return head(HOST, TYPE, LENGTH, field) + BODY


FRAMING = {
    "CL and TE": head(HOST, TYPE, LENGTH, b"Transfer-Encoding: chunked\r\n") + CHUNKED_BODY,
    "TE and CL": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n", LENGTH) + CHUNKED_BODY,
    "TE unknown": head(HOST, TYPE, b"Transfer-Encoding: gzip\r\n") + CHUNKED_BODY,
    "TE chunked, identity": head(HOST, TYPE, b"Transfer-Encoding: chunked, identity\r\n") + CHUNKED_BODY,
    "TE chunked, chunked": head(HOST, TYPE, b"Transfer-Encoding: chunked, chunked\r\n") + CHUNKED_BODY,
    "TE twice": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + CHUNKED_BODY,
    "TE empty": head(HOST, TYPE, b"Transfer-Encoding:\r\n") + CHUNKED_BODY,
    "TE unknown with CL": head(HOST, TYPE, LENGTH, b"Transfer-Encoding: x\r\n") + BODY,
    "TE with a strange space": head(HOST, TYPE, b"Transfer-Encoding: \xa0chunked\r\n") + CHUNKED_BODY,
    "TE with a vertical tab": head(HOST, TYPE, b"Transfer-Encoding: \x0bchunked\r\n") + CHUNKED_BODY,
    "TE under HTTP/1.0": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n", line=f"POST {CHAT} HTTP/1.0\r\n".encode()) + CHUNKED_BODY,
    "TE folded": head(HOST, TYPE, b"Transfer-Encoding:\r\n chunked\r\n") + CHUNKED_BODY,
    "CL twice the same": head(HOST, TYPE, LENGTH, LENGTH) + BODY,
    "CL twice different": head(HOST, TYPE, LENGTH, b"Content-Length: 4\r\n") + BODY,
    "CL as a list": head(HOST, TYPE, b"Content-Length: 4, 4\r\n") + b"{  }",
    "CL with a sign": head(HOST, TYPE, b"Content-Length: +4\r\n") + b"{  }",
    "CL negative": head(HOST, TYPE, b"Content-Length: -1\r\n") + b"{  }",
    "CL in hexadecimal": head(HOST, TYPE, b"Content-Length: 0x4\r\n") + b"{  }",
    "CL with leading zeros": head(HOST, TYPE, b"Content-Length: 0004\r\n") + b"{  }",
    "CL beyond 64 bits": head(HOST, TYPE, b"Content-Length: 99999999999999999999\r\n"),
    "CL empty": head(HOST, TYPE, b"Content-Length:\r\n") + b"{  }",
    "a folded field": with_field(b"X-A: one\r\n two\r\n"),
    "a field that begins with a space": head(HOST, b" X-A: b\r\n", TYPE, LENGTH) + BODY,
    "no Host": head(TYPE, LENGTH) + BODY,
    "two Hosts": head(HOST, HOST, TYPE, LENGTH) + BODY,
    "a Host with a user and a path": head(b"Host: a@b/../\r\n", TYPE, LENGTH) + BODY,
    "an empty Host": head(b"Host:\r\n", TYPE, LENGTH) + BODY,
    "absolute form": head(HOST, TYPE, LENGTH, line=f"POST http://evil.test{CHAT} HTTP/1.1\r\n".encode()) + BODY,
    "a fragment in the target": head(HOST, TYPE, LENGTH, line=f"POST {CHAT}#x HTTP/1.1\r\n".encode()) + BODY,
    "byte 0xff in the target": head(HOST, TYPE, LENGTH, line=f"POST {CHAT}".encode() + b"\xff HTTP/1.1\r\n") + BODY,
    "a space in the target": head(HOST, TYPE, LENGTH, line=f"POST {CHAT} x HTTP/1.1\r\n".encode()) + BODY,
    "two spaces in the request line": head(HOST, TYPE, LENGTH, line=f"POST  {CHAT} HTTP/1.1\r\n".encode()) + BODY,
    "a tab in the request line": head(HOST, TYPE, LENGTH, line=f"POST\t{CHAT} HTTP/1.1\r\n".encode()) + BODY,
    "an underscore in a name": with_field(b"X_Tierway_Class: top\r\n"),
    "Connection that names a field": with_field(b"Connection: content-length\r\n"),
    "Connection that names our header": with_field(b"Connection: x-tierway-class\r\n"),
    "Upgrade": with_field(b"Connection: upgrade\r\nUpgrade: h2c\r\n"),
    "Expect anything else": with_field(b"Expect: the-unexpected\r\n"),
    "bare LF between fields": (LINE + HOST + TYPE + LENGTH).replace(b"\r\n", b"\n") + b"\n" + BODY,
    "bare LF in one field": with_field(b"X-A: b\nX-C: d\r\n"),
    "bare CR in a field": with_field(b"X-A: b\rX-C: d\r\n"),
    "NUL in a field": with_field(b"X-A: b\0c\r\n"),
    "a control character in a field": with_field(b"X-A: b\x01c\r\n"),
    "a space before the colon": with_field(b"X-A : b\r\n"),
    "no colon": with_field(b"nonsense\r\n"),
    "an empty name": with_field(b": b\r\n"),
    "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/1.0": head(HOST, TYPE, LENGTH, line=f"POST {CHAT} HTTP/1.0\r\n".encode()) + BODY,
    "HTTP/1.2": head(HOST, TYPE, LENGTH, line=f"POST {CHAT} HTTP/1.2\r\n".encode()) + BODY,
    "a TLS hello": bytes.fromhex("16030100a5010000a10303") + bytes(100) + b"\r\n\r\n",
    "nothing but line ends": b"\r\n\r\n\r\n\r\n",
    "a chunk size with a sign": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + b"+5\r\nhello\r\n0\r\n\r\n",
    "a chunk size with 0x": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + b"0x5\r\nhello\r\n0\r\n\r\n",
    "a chunk size beyond 64 bits": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    "a negative chunk size": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + b"-5\r\nhello\r\n0\r\n\r\n",
    "LF chunk ends": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + b"5\nhello\n0\n\n",
    "no line end after a chunk": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + b"5\r\nhello0\r\n\r\n",
}


def exchange_to_the_end(lane, data: bytes) -> tuple[Response, bool]:
    """Sends, reads one answer, and says whether the gateway then closed."""
    with lane.gateway.connect(timeout=5) as client:
        client.send_until_refused(data)
        response = client.read_response()
        return response, client.closed_by_peer()


@pytest.mark.parametrize("data", FRAMING.values(), ids=FRAMING.keys())
def test_framing_in_doubt_is_refused_and_the_connection_closes(lane, data):
    before = len(lane.gateway.decisions())
    response, closed = exchange_to_the_end(lane, data + SECOND)
    assert 400 <= response.status < 500, response
    assert response.error["type"] == "invalid_request_error"
    assert closed
    assert response.headers.get("connection") == "close"
    assert not lane.cheap.requests
    assert len(lane.gateway.decisions()) == before + 1, "what follows a refused request is not a request"


def test_a_method_in_lower_case_is_no_method(lane):
    response, closed = exchange_to_the_end(lane, head(HOST, TYPE, LENGTH, line=f"post {CHAT} HTTP/1.1\r\n".encode()) + BODY + SECOND)
    assert (response.status, closed) == (405, True)
    assert not lane.cheap.requests


OVERSIZED_HEADS = {
    "a target of 9,000 bytes": head(HOST, line=b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n"),
    "a field of 64 KiB": head(HOST, b"X-Big: " + b"a" * 65_536 + b"\r\n"),
    "a head of 20 KiB": head(HOST, *[b"X-%d: %s\r\n" % (i, b"a" * 1000) for i in range(20)]),
    "1,000 fields": head(HOST, *[b"X-%d: a\r\n" % i for i in range(1_000)]),
    "101 fields": head(HOST, *[b"X-%d: a\r\n" % i for i in range(101)]),
    "a head that never ends": LINE + HOST + b"X-A: b\r\n" * 100_000,
    "a megabyte of zeros": bytes(1 << 20),
    "a line that never ends": b"A" * (1 << 20),
}


@pytest.mark.parametrize("data", OVERSIZED_HEADS.values(), ids=OVERSIZED_HEADS.keys())
def test_a_head_beyond_its_bounds_is_refused(lane, data):
    with lane.gateway.connect(timeout=5) as client:
        client.send_until_refused(data)
        try:
            response = client.read_response()
        except Truncated:
            return  # The reset that follows unread bytes may overtake the answer.
        assert response.status in (400, 431)
        assert client.closed_by_peer()


def test_100_fields_are_still_fine(lane):
    lane.cheap.push(whole())
    response, _ = exchange_to_the_end(lane, head(HOST, TYPE, LENGTH, b"Connection: close\r\n", *[b"X-%d: a\r\n" % i for i in range(96)]) + BODY)
    assert response.status == 200


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_beyond_its_bound_is_refused(lane, announced):
    size = (1 << 20) + 1
    if announced:
        data = head(HOST, TYPE, b"Content-Length: %d\r\n" % size)
    else:
        data = head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + (b"10000\r\n" + b" " * 65_536 + b"\r\n") * 17
    response, closed = exchange_to_the_end(lane, data)
    assert response.status == 413
    assert closed
    assert "1" in response.error["message"]


def test_a_body_at_its_bound_is_fine(lane):
    lane.dear.push(whole())
    body = encode(chat("hi", model="dear/frontier"))
    response = lane.gateway.post(body + b" " * ((1 << 20) - len(body)))
    assert response.status == 200


CHUNK_TRICKS = {
    "a trailer of 70 kB": CHUNKED_BODY[:-2] + b"X-T: " + b"a" * 70_000 + b"\r\n\r\n",
    "a chunk extension of 4 MiB": b"%x;a=%s\r\n%s\r\n0\r\n\r\n" % (len(BODY), b"b" * (4 << 20), BODY),
    "a chunk extension": b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
    "trailers that never end": CHUNKED_BODY[:-2] + b"X-T: a\r\n" * 100_000,
}


@pytest.mark.parametrize("data", CHUNK_TRICKS.values(), ids=CHUNK_TRICKS.keys())
def test_what_hides_in_chunked_framing_is_refused_within_bounds(lane, data):
    before = lane.gateway.process.process.pid
    memory = resident_kib(before)
    with lane.gateway.connect(timeout=5) as client:
        client.send_until_refused(head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + data)
        try:
            response = client.read_response()
            assert 400 <= response.status < 500
            assert client.closed_by_peer()
        except Truncated:
            pass
    assert not lane.cheap.requests
    assert resident_kib(before) - memory < 16 * 1024


def resident_kib(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_small_trailers_are_dropped(lane):
    lane.cheap.push(whole())
    with lane.gateway.connect() as client:
        client.send(head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + CHUNKED_BODY[:-2] + b"X-Tierway-Class: top\r\n\r\n")
        response = client.read_response()
    assert response.status in (200, 400)
    if response.status == 200:
        assert response.headers["x-tierway-class"] == "chat"
        assert b"top" not in lane.cheap.last.head
    else:
        lane.cheap.scripts.clear()


SLOW = {
    "half a request line": LINE[:10],
    "half a head": LINE + HOST,
    "half a body": head(HOST, TYPE, LENGTH) + BODY[:10],
    "half a chunk": head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + b"ff\r\nabc",
}


@pytest.mark.parametrize("data", SLOW.values(), ids=SLOW.keys())
def test_a_request_that_stops_half_way_is_timed_out(lane, data):
    response, closed = exchange_to_the_end(lane, data)
    assert response.status == 408
    assert closed
    assert lane.gateway.decisions(1)[0]["status"] == 408


def test_a_head_that_drips_is_timed_out_although_bytes_keep_coming(lane):
    with lane.gateway.connect(timeout=5) as client:
        client.socket.settimeout(0.05)
        client.send(LINE + HOST)
        end = time.monotonic() + 3
        answer = b""
        while time.monotonic() < end and not answer:
            client.send_until_refused(b"X-A: b\r\n")
            try:
                answer = client.socket.recv(100)
            except TimeoutError:
                pass
        assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_client_that_stops_reading_is_left_and_so_is_the_provider(lane):
    def script(exchange):
        exchange.keep_open = False
        exchange.send_stream_head()
        piece = event(chunk({"content": "y" * 60_000}))
        for _ in range(1_000):
            exchange.send_chunk(piece)
        raise AssertionError("60 MB went to a client that reads nothing")

    lane.cheap.push(script)
    before = len(lane.gateway.decisions())
    with lane.gateway.connect() as client:
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        record = lane.gateway.next_record(before)
    assert (record["status"], record["outcome"]) == (499, "client_gone")
    assert record["duration_ms"] < 5_000


def test_an_idle_connection_is_closed_without_a_word(lane):
    before = len(lane.gateway.decisions())
    with lane.gateway.connect(timeout=5) as client:
        assert client.closed_by_peer()
    assert len(lane.gateway.decisions()) == before, "no request, no record"


def test_a_client_that_leaves_inside_its_request_harms_nobody(lane):
    for data in (LINE[:10], LINE + HOST, head(HOST, TYPE, LENGTH) + BODY[:10]):
        with lane.gateway.connect() as client:
            client.send(data)
    for data in (LINE[:10], head(HOST, TYPE, LENGTH) + BODY[:10]):
        client = lane.gateway.connect()
        client.send(data)
        client.reset()
    assert lane.gateway.alive()


def test_expect_100_continue_is_answered_before_the_body(lane):
    lane.cheap.push(whole())
    with lane.gateway.connect(timeout=5) as client:
        client.send(head(HOST, TYPE, LENGTH, b"Expect: 100-continue\r\n"))
        assert client.socket.recv(100).startswith(b"HTTP/1.1 100 ")
        client.send(BODY)
        assert client.read_response().status == 200


# Well-formed HTTP, bad JSON.

BAD_JSON = {
    "empty": b"",
    "not JSON": b"hello",
    "cut": b'{"model":"auto","messages":[',
    "trailing comma": b'{"model":"auto","messages":[],}',
    "two documents": BODY + BODY,
    "trailing garbage": BODY + b"x",
    "a comment": b"/* hi */" + BODY,
    "single quotes": BODY.replace(b'"', b"'"),
    "NaN": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"temperature":NaN}',
    "a leading zero": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"seed":01}',
    "a bare control character": b'{"model":"auto","messages":[{"role":"user","content":"a\nb"}]}',
    "a bad escape": b'{"model":"auto","messages":[{"role":"user","content":"\\x41"}]}',
    "invalid UTF-8": b'{"model":"auto","messages":[{"role":"user","content":"\xff\xfe"}]}',
    "overlong UTF-8": b'{"model":"auto","messages":[{"role":"user","content":"\xc0\xaf"}]}',
    "an encoded surrogate": b'{"model":"auto","messages":[{"role":"user","content":"\xed\xa0\x80"}]}',
    "UTF-16": BODY.decode().encode("utf-16"),
    "a BOM": b"\xef\xbb\xbf" + BODY,
    "NUL bytes": bytes(100),
    "depth 100,000": b'{"model":"auto","messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "depth 500": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"x":' + b"[" * 500 + b"]" * 500 + b"}",
    "a duplicate model": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"model":"dear/frontier"}',
    "a duplicate model, escaped": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"m\\u006fdel":"dear/frontier"}',
    "duplicate messages": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"messages":[]}',
    "a duplicate unknown key": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"x":1,"x":2}',
    "an array": b"[]",
    "a string": b'"hi"',
    "null": b"null",
    "a number": b"1e9999",
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON.keys())
def test_a_body_that_is_no_proper_json_object_is_refused_with_a_reason(lane, body):
    data = head(HOST, TYPE, b"Content-Length: %d\r\n" % len(body)) + body
    with lane.gateway.connect() as client:
        client.send_until_refused(data)
        response = client.read_response()
        assert response.status == 400
        assert response.error["type"] == "invalid_request_error"
        assert response.error["code"]
        # The framing was fine, so the connection may go on.
        if response.headers.get("connection") != "close":
            lane.cheap.push(whole())
            client.send(SECOND)
            assert client.read_response().status == 200


MESSAGES = [{"role": "user", "content": "hi"}]
WRONG_FIELDS = {
    "no model": ({"messages": MESSAGES}, "model"),
    "model is null": ({"model": None, "messages": MESSAGES}, "model"),
    "model is a number": ({"model": 5, "messages": MESSAGES}, "model"),
    "model is empty": ({"model": "", "messages": MESSAGES}, "model"),
    "model is 10 kB long": ({"model": "m" * 10_000, "messages": MESSAGES}, "model"),
    "no messages": ({"model": "auto"}, "messages"),
    "messages is a string": ({"model": "auto", "messages": "hi"}, "messages"),
    "messages is empty": ({"model": "auto", "messages": []}, "messages"),
    "a message is a string": ({"model": "auto", "messages": ["hi"]}, "messages[0]"),
    "a message without role": ({"model": "auto", "messages": [{"content": "hi"}]}, "messages[0].role"),
    "an unknown role": ({"model": "auto", "messages": [{"role": "king", "content": "hi"}]}, "messages[0].role"),
    "content is a number": ({"model": "auto", "messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
    "stream is a string": ({"model": "auto", "messages": MESSAGES, "stream": "true"}, "stream"),
    "stream is a number": ({"model": "auto", "messages": MESSAGES, "stream": 1}, "stream"),
    "stream_options without stream": ({"model": "auto", "messages": MESSAGES, "stream_options": {"include_usage": True}}, "stream_options"),
    "stream_options is an array": ({"model": "auto", "messages": MESSAGES, "stream": True, "stream_options": []}, "stream_options"),
    "n is zero": ({"model": "auto", "messages": MESSAGES, "n": 0}, "n"),
    "n is negative": ({"model": "auto", "messages": MESSAGES, "n": -1}, "n"),
    "n is huge": ({"model": "auto", "messages": MESSAGES, "n": 129}, "n"),
    "n is beyond 64 bits": ({"model": "auto", "messages": MESSAGES, "n": 10**30}, "n"),
    "n is a fraction": ({"model": "auto", "messages": MESSAGES, "n": 1.5}, "n"),
    "n is a string": ({"model": "auto", "messages": MESSAGES, "n": "2"}, "n"),
    "max_tokens is 2^31": ({"model": "auto", "messages": MESSAGES, "max_tokens": 2**31}, "max_tokens"),
    "max_tokens is zero": ({"model": "auto", "messages": MESSAGES, "max_tokens": 0}, "max_tokens"),
    "max_completion_tokens is 2^63": ({"model": "auto", "messages": MESSAGES, "max_completion_tokens": 2**63}, "max_completion_tokens"),
    "logprobs is a number": ({"model": "auto", "messages": MESSAGES, "logprobs": 5}, "logprobs"),
    "top_logprobs without logprobs": ({"model": "auto", "messages": MESSAGES, "top_logprobs": 5}, "top_logprobs"),
    "response_format is a string": ({"model": "auto", "messages": MESSAGES, "response_format": "json"}, "response_format"),
    "json_schema without schema": ({"model": "auto", "messages": MESSAGES, "response_format": {"type": "json_schema"}},
                                   "response_format.json_schema"),
    "tools is an object": ({"model": "auto", "messages": MESSAGES, "tools": {}}, "tools"),
    "a tool is a string": ({"model": "auto", "messages": MESSAGES, "tools": ["f"]}, "tools[0]"),
    "a thousand tools": ({"model": "auto", "messages": MESSAGES, "tools": [{"type": "function", "function": {"name": "f"}}] * 1000}, "tools"),
}


@pytest.mark.parametrize("body, param", WRONG_FIELDS.values(), ids=WRONG_FIELDS.keys())
def test_a_wrong_field_is_named(lane, body, param):
    response = lane.gateway.post(encode(body))
    assert response.status == 400
    assert response.error["param"] == param
    assert response.error["code"]
    assert not lane.cheap.requests


@pytest.mark.parametrize("path, status", [("/", 404), ("/v1", 404), ("/v1/", 404), ("/v1/chat/completions/", 404), ("//v1/chat/completions", 404),
                                          ("/v1/chat/../chat/completions", 404), ("/V1/chat/completions", 404), ("/v1/chat%2Fcompletions", 404),
                                          ("/v1/responses/", 404), ("/metrics", 404), ("/api/decisions", 404)])
def test_only_exact_paths_exist(lane, path, status):
    response = lane.gateway.post(chat(), path=path)
    assert response.status == status
    assert response.error["message"]
    assert not lane.cheap.requests


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_another_method_is_refused(lane, method):
    response = lane.gateway.request(method, CHAT)
    assert response.status == 405
    assert "POST" in response.error["message"]


def test_a_head_request_gets_no_body(lane):
    with lane.gateway.connect() as client:
        client.send(request_bytes("HEAD", CHAT) + request_bytes("GET", "/v1/models"))
        first = client.read_head()
        assert first.status == 405
        if first.headers.get("connection") != "close":
            assert client.read_response().json()["object"] == "list"


def test_random_bytes_never_harm_the_process(lane):
    source = random.Random(20261123)
    for _ in range(150):
        kind = source.randrange(3)
        if kind == 0:
            data = source.randbytes(source.randrange(1, 3000))
        else:
            data = bytearray(head(HOST, TYPE, LENGTH) + BODY if kind == 1 else head(HOST, TYPE, b"Transfer-Encoding: chunked\r\n") + CHUNKED_BODY)
            for _ in range(source.randrange(1, 6)):
                data[source.randrange(len(data))] = source.randrange(256)
        lane.cheap.default = lane.spare.default = lane.dear.default = whole()
        with RawClient(lane.gateway.address, timeout=5) as client:
            client.send_until_refused(bytes(data))
            client.send_until_refused(b"\r\n\r\n")
            try:
                status = client.read_response().status
                assert status == 200 or 400 <= status < 500, data
            except Truncated:
                pass
    assert lane.gateway.alive()


def test_an_error_quotes_hostile_text_safely(lane):
    name = 'x"\\\r\n\u0000<script>\u2028'
    response = lane.gateway.ask(model=name)
    assert response.status == 404
    assert json.loads(response.body)["error"]["code"] == "model_not_found"
    for key, value in response.headers.items():
        assert "script" not in key + value
