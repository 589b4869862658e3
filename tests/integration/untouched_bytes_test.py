"""Every request field we do not act on reaches the provider byte for byte; every response field reaches the client."""

import json
import re
import threading
import time

import pytest

from support import answers
from support.answers import answer, encode
from support.fake_upstream import stream, whole
from support.gateway import CHAT, chat
from support.lane import CLIENT_KEY, PROVIDER_KEYS, Lane
from support.raw_client import request_bytes


def with_model(body: bytes, name: str) -> bytes:
    """The body with its top-level model replaced, nothing else touched."""
    changed, count = re.subn(rb'("model"\s*:\s*)"auto"', lambda found: found[1] + encode(name), body)
    assert count == 1
    return changed


ODD_BODIES = {
    "indented": json.dumps(chat("hi"), indent=4).encode(),
    "tabs and CRLF": b'{\r\n\t"model"\t:\t"auto",\r\n\t"messages" : [ {"role":"user" , "content":"hi"} ]\r\n}\r\n',
    "white space around": b' \n {"model":"auto","messages":[{"role":"user","content":"hi"}]} \n\n ',
    "model last": b'{"messages":[{"role":"user","content":"hi"}],"model":"auto"}',
    "unknown fields of all kinds": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"x_new":{"deep":[1,[2,{"a":null}]],'
                                   b'"t":true},"future_flag":false,"empty":{},"none":[],"":0}',
    "numbers that no double holds": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"seed":123456789012345678901234567890,'
                                    b'"temperature":1.0,"top_p":1E0,"tiny":1e-400,"huge":1e9999,"minus":-0,"point":-0.0e+00}',
    "escapes": b'{"model":"auto","messages":[{"role":"user","content":"\\u0048\\/\\b\\f\\n\\r\\t\\"\\\\ \\ud83d\\ude00"}],"user":"\\u00e9"}',
    "a lone surrogate's escape": b'{"model":"auto","messages":[{"role":"user","content":"\\ud800"}]}',
    "raw Unicode": '{"model":"auto","messages":[{"role":"user","content":"日本語 – é \u2028 😀"}],"ключ":"значение"}'.encode(),
    "an escaped model key's neighbour": b'{"model":"auto","Model":"x","models":["auto2"],"messages":[{"role":"user","content":"hi","model":"auto3"}]}',
    "model text inside the prompt": b'{"model":"auto","messages":[{"role":"user","content":"{\\"model\\":\\"other\\"}"}]}',
    "parameters of tools": b'{"model":"auto","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f",'
                           b'"parameters":{"type" : "object","properties":{"model":{"type":"string"}}}}}],"tool_choice":"auto"}',
}


@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES.keys())
def test_a_request_body_reaches_the_provider_byte_for_byte_but_for_the_model(lane, body):
    lane.cheap.push(whole())
    response = lane.gateway.post(body)
    assert response.status == 200, response.body
    assert lane.cheap.last.body == with_model(body, "small-2026")


def test_one_connection_carries_bodies_of_all_sizes_whether_or_not_it_was_idle_between_them(lane):
    # A connection keeps its buffer for the next request, and gives a large one back when it has been idle for two sweeps of 50 ms.
    with lane.gateway.connect() as client:
        for size, pause in [(300_000, 0.0), (300_000, 0.3), (10, 0.3), (300_000, 0.0), (2_500_000, 0.3), (70_000, 0.0), (10, 0.0)]:
            body = encode(chat("".join(f"word{i} " for i in range(size // 8))[:size], model="dear/frontier"))
            lane.dear.push(whole())
            client.send(request_bytes("POST", CHAT, body))
            response = client.read_response()
            assert response.status == 200, response.body
            assert lane.dear.last.body == body.replace(b'"dear/frontier"', b'"frontier"', 1)
            time.sleep(pause)


@pytest.mark.parametrize("size", [1_000, 100_000, 5_000_000])
def test_a_body_of_any_size_arrives_whole(lane, size):
    text = "".join(f"word{i} " for i in range(size // 8))[:size]
    lane.dear.push(whole())
    body = encode(chat(text, model="dear/frontier"))
    response = lane.gateway.post(body)
    assert response.status == 200, response.body
    assert lane.dear.last.body == body.replace(b'"dear/frontier"', b'"frontier"', 1)


def test_an_answer_of_megabytes_arrives_whole(lane):
    text = "0123456789abcdef" * 200_000
    lane.cheap.push(whole(answer(text)))
    response = lane.gateway.ask()
    assert response.json()["choices"][0]["message"]["content"] == text


def test_a_chunked_request_body_reaches_the_provider_whole_and_with_a_length(lane):
    lane.cheap.push(whole())
    body = encode(chat("sent in pieces"))
    head = request_bytes("POST", CHAT, headers={"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
    pieces = [body[i:i + 7] for i in range(0, len(body), 7)]
    with lane.gateway.connect() as client:
        client.send(head + b"".join(b"%X\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n")
        assert client.read_response().status == 200
    assert lane.cheap.last.body == with_model(body, "small-2026")
    assert lane.cheap.last.headers["content-length"] == str(len(lane.cheap.last.body))
    assert "transfer-encoding" not in lane.cheap.last.headers


def test_a_request_that_arrives_byte_by_byte_is_the_same_request(lane):
    lane.cheap.push(whole())
    data = request_bytes("POST", CHAT, encode(chat("drop by drop")))
    with lane.gateway.connect() as client:
        for i in range(len(data)):
            client.send(data[i:i + 1])
        assert client.read_response().status == 200
    assert lane.cheap.last.json()["messages"][0]["content"] == "drop by drop"


def test_pipelined_requests_are_answered_in_order(lane):
    lane.cheap.push(*[whole(answer(f"answer {i}")) for i in range(3)])
    requests = b"".join(request_bytes("POST", CHAT, encode(chat(f"question {i}"))) for i in range(3))
    with lane.gateway.connect() as client:
        client.send(requests)
        texts = [client.read_response().json()["choices"][0]["message"]["content"] for _ in range(3)]
    assert texts == ["answer 0", "answer 1", "answer 2"]


def test_connections_to_the_provider_and_from_the_client_are_reused(lane):
    lane.cheap.default = whole()
    with lane.gateway.connect() as client:
        for _ in range(5):
            client.send(request_bytes("POST", CHAT, encode(chat())))
            assert client.read_response().status == 200
    assert len({request.connection for request in lane.cheap.requests}) == 1


def test_a_connection_is_reused_after_a_stream(lane):
    lane.cheap.default = stream()
    with lane.gateway.connect() as client:
        for _ in range(8):
            client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
            assert client.read_response().body.endswith(b"data: [DONE]\n\n")
    # A request that overtakes the last chunk of the stream before it finds that connection still busy.
    assert len({request.connection for request in lane.cheap.requests}) <= 2


def test_a_pooled_connection_that_the_provider_closed_is_replaced_unnoticed(lane):
    def answer_and_close(exchange):
        whole()(exchange)
        exchange.close()

    lane.cheap.push(answer_and_close, answer_and_close, whole())
    with lane.gateway.connect() as client:
        for _ in range(3):
            client.send(request_bytes("POST", CHAT, encode(chat())))
            response = client.read_response()
            assert response.status == 200, response.body
            assert response.headers["x-tierway-attempts"] == "1"
    assert not lane.spare.requests


@pytest.mark.parametrize("header", ["Authorization", "Api-Key", "X-Api-Key", "Cookie", "Proxy-Authorization"])
def test_the_clients_credentials_never_reach_the_provider(lane, header):
    lane.cheap.push(whole())
    assert lane.gateway.ask(headers={header: f"Bearer {CLIENT_KEY}"}).status == 200
    assert CLIENT_KEY.encode() not in lane.cheap.last.head
    assert lane.cheap.last.headers["authorization"] == f"Bearer {PROVIDER_KEYS['CHEAP_KEY']}"


def test_a_provider_without_a_key_gets_no_authorization(lane):
    lane.spare.push(whole())
    assert lane.gateway.ask(model="spare/small", headers={"Authorization": f"Bearer {CLIENT_KEY}"}).status == 200
    assert "authorization" not in lane.spare.last.headers


@pytest.mark.parametrize("name, value", [("x-tierway-class", "chat"), ("X-Tierway-Session", "one"), ("x-tierway-acknowledge-usd", "5"),
                                         ("x-tierway-anything", "at all")])
def test_no_inbound_gateway_header_is_forwarded(lane, name, value):
    lane.cheap.push(whole())
    assert lane.gateway.ask(headers={name: value}).status == 200
    assert b"x-tierway" not in lane.cheap.last.head.lower()


def test_the_request_to_the_provider_is_built_anew(lane):
    lane.cheap.push(whole())
    assert lane.gateway.ask(headers={"Expect": "100-continue", "TE": "trailers", "Connection": "keep-alive, te", "X-Forwarded-Host": "evil"}
                            ).status == 200
    sent = lane.cheap.last
    assert sent.request_line == f"POST {CHAT} HTTP/1.1"
    assert sent.headers["host"] == f"127.0.0.1:{lane.cheap.port}"
    assert sent.headers["content-length"] == str(len(sent.body))
    assert sent.headers["content-type"] == "application/json"
    assert not {"expect", "te", "transfer-encoding", "upgrade"} & set(sent.headers)


def test_only_known_headers_reach_the_provider(lane):
    lane.cheap.push(whole())
    sent = {"User-Agent": "OpenAI/JS 7.57.0", "Accept-Encoding": "gzip, br", "X-Stainless-Lang": "js", "Origin": "https://a.test",
            "OpenAI-Organization": "org-client", "X-Anything": "1", "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    assert lane.gateway.ask(headers=sent).status == 200
    received = lane.cheap.last.headers
    assert set(received) <= {"host", "content-type", "content-length", "authorization", "accept", "user-agent", "connection", "traceparent"}
    assert received["traceparent"] == sent["traceparent"]
    assert "OpenAI/JS" not in received.get("user-agent", "")


def test_the_query_of_the_client_does_not_choose_the_providers_path(lane):
    lane.cheap.push(whole())
    response = lane.gateway.post(chat(), path=CHAT + "?api-version=1&x=../../admin")
    assert response.status == 200
    assert ".." not in lane.cheap.last.request_line


@pytest.mark.parametrize("field", ["api_base", "base_url", "api_key", "extra_headers", "baseURL", "API-KEY"])
def test_a_body_cannot_redirect_the_gateways_call(lane, field):
    response = lane.gateway.ask(**{field: "http://127.0.0.1:1/"})
    assert response.status == 400
    assert response.error["code"] == "unsupported_parameter"
    assert response.error["param"] == field
    assert not lane.cheap.requests


def test_unknown_fields_of_the_answer_reach_the_client_byte_for_byte(lane):
    body = (b'{ "id":"chatcmpl-1", "object" : "chat.completion","created":1,"model":"small-2026-11-01",'
            b'"choices":[{"index":0,"message":{"role":"assistant","content":"hi \\u00e9","refusal":null,"reasoning_content":"so",'
            b'"annotations":[]},"logprobs":null,"finish_reason":"stop"}],\n'
            b'"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5,"cost_in_gold":1e9999,"x":{"y":[1.0,2e0]}},'
            b'"system_fingerprint":"fp_1","x_provider":{"a":[1,2,{"b":12345678901234567890123}]}}\n')
    lane.cheap.push(whole(body))
    response = lane.gateway.ask()
    assert response.body.strip() == body.replace(b'"small-2026-11-01"', b'"cheap/small"').strip()


def test_the_model_of_the_answer_is_the_one_that_answered(lane):
    lane.cheap.push(whole(answer(model="small-2026-11-01")))
    response = lane.gateway.ask()
    assert response.json()["model"] == "cheap/small"
    assert response.headers["x-tierway-model"] == "cheap/small"
    assert lane.gateway.record_of(response)["upstream_model"] == "small-2026-11-01"


def test_rate_limit_headers_of_the_provider_reach_the_client_and_its_framing_does_not(lane):
    lane.cheap.push(whole(headers={"x-ratelimit-remaining-requests": "41", "Set-Cookie": "a=b", "X-Tierway-Model": "forged",
                                   "Keep-Alive": "timeout=5"}))
    response = lane.gateway.ask()
    assert response.headers["x-ratelimit-remaining-requests"] == "41"
    assert response.headers["x-tierway-model"] == "cheap/small"
    assert "set-cookie" not in response.headers
    assert "transfer-encoding" not in response.headers


def test_a_provider_under_a_path_and_a_name_gets_that_path_and_that_host(tmp_path):
    def change(config):
        config["providers"]["cheap"]["base_url"] = config["providers"]["cheap"]["base_url"].replace("127.0.0.1", "localhost") + "/deep/er/"

    with Lane(tmp_path, change) as lane:
        lane.cheap.push(whole())
        assert lane.gateway.ask().status == 200
        assert lane.cheap.last.request_line == "POST /v1/deep/er/chat/completions HTTP/1.1"
        assert lane.cheap.last.headers["host"] == f"localhost:{lane.cheap.port}"


def test_usage_is_forced_upstream_for_streams_and_the_rest_of_the_body_stays(lane):
    lane.cheap.push(stream())
    body = b'{"model":"auto", "messages":[{"role":"user","content":"hi"}],\n"stream": true , "x":1.0}'
    assert lane.gateway.post(body).status == 200
    sent = lane.cheap.last.body
    assert json.loads(sent)["stream_options"] == {"include_usage": True}
    assert sent.startswith(b'{"model":"small-2026", "messages":[{"role":"user","content":"hi"}],\n"stream": true , "x":1.0')


def test_other_stream_options_survive_the_forcing(lane):
    lane.cheap.push(stream())
    assert lane.gateway.ask(stream=True, stream_options={"include_obfuscation": False, "include_usage": False}).status == 200
    assert lane.cheap.last.json()["stream_options"] == {"include_obfuscation": False, "include_usage": True}


def test_log_probabilities_are_not_asked_where_no_answer_is_judged(lane):
    lane.cheap.push(whole())
    assert lane.gateway.ask().status == 200
    assert "logprobs" not in lane.cheap.last.json()


def test_an_answer_without_length_or_chunks_is_read_to_its_end(lane):
    body = encode(answers.answer("till the end"))

    def script(exchange):
        exchange.send_head(200, {"Content-Type": "application/json", "Connection": "close"})
        exchange.send(body)
        exchange.close()

    lane.cheap.push(script)
    response = lane.gateway.ask()
    assert response.json()["choices"][0]["message"]["content"] == "till the end"


def test_interim_responses_of_the_provider_are_passed_over(lane):
    def script(exchange):
        exchange.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        whole(answer("after the hints"))(exchange)

    lane.cheap.push(script)
    assert lane.gateway.ask().json()["choices"][0]["message"]["content"] == "after the hints"


def test_the_list_of_models_names_every_model_a_client_can_ask_for(lane):
    response = lane.gateway.request("GET", "/v1/models")
    assert response.status == 200
    listed = response.json()
    assert listed["object"] == "list"
    names = {model["id"] for model in listed["data"]}
    assert {"cheap/small", "spare/small", "dear/frontier", "auto"} <= names
    for model in listed["data"]:
        assert model["object"] == "model" and isinstance(model["created"], int) and model["owned_by"]


@pytest.mark.parametrize("path", ["cheap/small", "cheap%2Fsmall", "auto", "gpt-4o"])
def test_a_model_is_described_by_its_name(lane, path):
    response = lane.gateway.request("GET", f"/v1/models/{path}")
    assert response.status == 200, response.body
    assert response.json()["id"] == path.replace("%2F", "/")


def test_an_unknown_model_has_no_description(lane):
    response = lane.gateway.request("GET", "/v1/models/cheap/smal")
    assert response.status == 404
    assert response.error["code"] == "model_not_found"


def test_a_hundred_requests_at_once_are_each_answered_with_their_own_answer(lane):
    def echo(exchange):
        text = exchange.request.json()["messages"][0]["content"]
        whole(answer(text.upper()))(exchange)

    lane.cheap.default = echo
    wrong: list[str] = []

    def ask(number: int) -> None:
        for turn in range(5):
            text = f"request {number} turn {turn}"
            got = lane.gateway.ask(text).json()["choices"][0]["message"]["content"]
            if got != text.upper():
                wrong.append(got)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_second_provider_never_sees_the_first_ones_key(lane):
    lane.dear.push(whole())
    assert lane.gateway.ask(model="dear/frontier").status == 200
    assert PROVIDER_KEYS["CHEAP_KEY"].encode() not in lane.dear.last.head
    assert lane.dear.last.headers["authorization"] == f"Bearer {PROVIDER_KEYS['DEAR_KEY']}"
