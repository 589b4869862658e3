"""Rate limits: what a key may ask for in a minute and at once, what our account may ask of a model, and when to come back."""

import hashlib
import signal
import threading
import time

import pytest

from support.answers import answer, encode, usage
from support.deadline import eventually
from support.fake_upstream import begun_stream, error, stream, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import Lane
from support.raw_client import RawClient, Response, request_bytes
from support.sse import Stream

KEY, OTHER = (f"tw-{name}-{'0123456789abcdef' * 2}" for name in ("limited", "other"))
LIMITED, FREE = {"Authorization": f"Bearer {KEY}"}, {"Authorization": f"Bearer {OTHER}"}
HEDGES = "I'm not sure, I don't know, I cannot determine this."


def keys(**limits: int) -> list[dict]:
    """A key with these limits, and one without any."""
    return [{"id": "limited", "sha256": hashlib.sha256(KEY.encode()).hexdigest(), "limits": limits},
            {"id": "other", "sha256": hashlib.sha256(OTHER.encode()).hexdigest()}]


def limited(**limits: int):
    def change(config: dict) -> None:
        config["keys"] = keys(**limits)

    return change


def models(**limits: dict):
    """Limits of the models of these providers."""
    def change(config: dict) -> None:
        for name, model in config["models"].items():
            model.update({"limits": limits[name.split("/")[0]]} if name.split("/")[0] in limits else {})

    return change


def answered(used: dict | None = None):
    return whole(answer("Fine.", used=used or usage(10, 5)))


def held(go_on: threading.Event):
    def script(exchange) -> None:
        exchange.wait(go_on)
        answered()(exchange)

    return script


def begin(lane: Lane, headers: dict | None = None, **fields) -> RawClient:
    client = lane.gateway.connect()
    client.send(request_bytes("POST", CHAT, encode(chat(**fields)), headers or LIMITED))
    return client


def ask(lane: Lane, headers: dict | None = None, **fields) -> Response:
    return lane.gateway.ask(headers=headers or LIMITED, **fields)


def left(response: Response, what: str) -> int:
    return int(response.headers[f"x-ratelimit-remaining-{what}"])


def refusals(lane: Lane, limit: str) -> float:
    return sum_of(lane.gateway.metrics(), "tierway_rate_limited_total", limit=limit)


def says_come_back(response: Response, kind: str) -> float:
    """A refusal by a rate limit, as SDKs and agents understand it. Returns the seconds to wait."""
    assert response.status == 429, response
    assert (response.error["type"], response.error["code"], response.error["param"]) == (kind, "rate_limit_exceeded", None)
    assert "Please try again in " in response.error["message"]
    seconds, milliseconds = int(response.headers["retry-after"]), int(response.headers["retry-after-ms"])
    assert 1 <= seconds <= 60
    assert seconds == -(-milliseconds // 1000)
    assert "x-should-retry" not in response.headers
    return milliseconds / 1000


# Requests per minute.

def test_requests_beyond_the_limit_are_refused_and_nothing_is_sent_or_charged(tmp_path):
    with Lane(tmp_path, limited(requests_per_minute=6, requests_burst=3)) as lane:
        lane.cheap.default = answered()
        for remaining in (2, 1, 0):
            response = ask(lane)
            assert response.status == 200
            assert response.headers["x-ratelimit-limit-requests"] == "6"
            assert left(response, "requests") == remaining
        for number in range(1, 4):
            refused = ask(lane)
            assert says_come_back(refused, "requests") <= 10
            assert "`limited` may send 6 requests per minute, 3 of them at once" in refused.error["message"]
            assert left(refused, "requests") == 0
            record = lane.gateway.record_of(refused)
            assert (record["status"], record["outcome"], record["cost_usd"]) == (429, "denied", 0)
            assert (record["error_code"], record["error_detail"]) == ("rate_limit_exceeded", "requests")
            assert refusals(lane, "requests") == number
        assert len(lane.cheap.requests) == 3
        other = ask(lane, FREE)
        assert other.status == 200
        assert "x-ratelimit-limit-requests" not in other.headers
        state = lane.gateway.admin("/api/limits").json()
        assert [(each["key"], each["requests_per_minute"], each["requests_left"]) for each in state] == [("limited", 6, 0)]


def test_who_comes_back_when_told_to_is_served(tmp_path):
    with Lane(tmp_path, limited(requests_per_minute=60, requests_burst=1)) as lane:
        lane.cheap.default = answered()
        for _ in range(3):
            assert ask(lane).status == 200
            time.sleep(says_come_back(ask(lane), "requests"))


def test_a_request_that_is_wrong_does_not_count(tmp_path):
    with Lane(tmp_path, limited(requests_per_minute=6, requests_burst=1)) as lane:
        lane.cheap.default = answered()
        wrong = lane.gateway.post(b"{", LIMITED)
        assert (wrong.status, left(wrong, "requests")) == (400, 1)
        listed = lane.gateway.request("GET", "/v1/models", headers=LIMITED)
        assert (listed.status, left(listed, "requests")) == (200, 1)
        assert ask(lane).status == 200


# Tokens per minute.

def test_tokens_are_taken_as_expected_and_corrected_to_what_was_used(tmp_path):
    with Lane(tmp_path, limited(tokens_per_minute=1000)) as lane:
        go_on = threading.Event()
        lane.cheap.push(held(go_on))
        under_way = begin(lane, max_tokens=600)
        lane.cheap.wait_for_requests(1)
        refused = ask(lane, max_tokens=600)
        assert says_come_back(refused, "tokens") <= 60
        assert "may use 1000 tokens per minute" in refused.error["message"]
        assert 300 < left(refused, "tokens") < 450
        go_on.set()
        assert under_way.read_response().status == 200
        # Fifteen were used, and more than fifty flow back in the time that ten requests of 600 take even here.
        lane.cheap.default = answered()
        for _ in range(10):
            response = ask(lane, max_tokens=600)
            assert response.status == 200
            assert response.headers["x-ratelimit-limit-tokens"] == "1000"
            lane.gateway.record_of(response)  # It is settled by then.
        assert lane.gateway.admin("/api/limits").json()[0]["tokens_left"] > 800


def test_an_answer_longer_than_expected_is_charged_in_full(tmp_path):
    with Lane(tmp_path, limited(tokens_per_minute=60_000)) as lane:
        lane.cheap.push(answered(usage(60, 120_000)))
        lane.gateway.record_of(ask(lane, max_tokens=100))
        refused = ask(lane, max_tokens=1)
        assert 50 < says_come_back(refused, "tokens") <= 60
        reset = refused.headers["x-ratelimit-reset-tokens"]
        assert reset.startswith("1m5") or reset.startswith("2m0"), reset


def test_drafts_count_too(tmp_path):
    with Lane(tmp_path, limited(tokens_per_minute=60_000)) as lane:
        lane.cheap.push(whole(answer(HEDGES, used=usage(1_000, 4_000))))
        lane.dear.push(whole(answer("It is 42.", used=usage(1_000, 9_000))))
        response = lane.gateway.ask(headers={**LIMITED, "x-tierway-class": "judged"})
        assert response.headers["x-tierway-model"] == "dear/frontier"
        lane.gateway.record_of(response)
        after = lane.gateway.admin("/api/limits").json()[0]["tokens_left"]
        assert 44_900 < after < 56_000, "fifteen thousand were used, and a thousand flow back each second"


def test_what_a_provider_does_not_say_is_not_given_back(tmp_path):
    with Lane(tmp_path, limited(tokens_per_minute=60)) as lane:
        unknown = answer("Fine.")
        del unknown["usage"]
        lane.cheap.push(whole(unknown))
        lane.gateway.record_of(ask(lane, max_tokens=40))
        assert lane.gateway.admin("/api/limits").json()[0]["tokens_left"] < 30


def test_what_no_provider_worked_for_is_given_back(tmp_path):
    with Lane(tmp_path, limited(tokens_per_minute=60)) as lane:
        lane.cheap.push(error(400, "no", "invalid_value", "invalid_request_error"))
        refused = ask(lane, max_tokens=40)
        assert refused.status == 400
        lane.gateway.record_of(refused)
        assert lane.gateway.admin("/api/limits").json()[0]["tokens_left"] == 60


def test_a_request_that_can_never_pass_is_told_so_and_not_to_come_back(tmp_path):
    with Lane(tmp_path, limited(tokens_per_minute=1000)) as lane:
        response = ask(lane, max_tokens=2000)
        assert (response.status, response.error["type"], response.error["code"]) == (
            400, "invalid_request_error", "request_exceeds_rate_limit")
        assert "it can never pass" in response.error["message"]
        assert response.headers["x-should-retry"] == "false"
        assert "retry-after" not in response.headers
        assert left(response, "tokens") == 1000
        assert lane.gateway.record_of(response)["outcome"] == "denied"
        assert not lane.cheap.requests


# Requests at once.

def test_streams_keep_their_place_until_their_end(tmp_path):
    with Lane(tmp_path, limited(concurrent=2)) as lane:
        go_on = threading.Event()
        lane.cheap.push(begun_stream(go_on), begun_stream(go_on))
        clients = [begin(lane, stream=True) for _ in range(2)]
        heads = [client.read_head() for client in clients]
        for client, head in zip(clients, heads, strict=True):
            client.read_until(head, b"first")
        refused = ask(lane)
        assert says_come_back(refused, "requests") == 1
        assert "may have 2 requests under way at once" in refused.error["message"]
        assert refusals(lane, "concurrent") == 1
        lane.cheap.push(answered())
        assert ask(lane, FREE).status == 200
        assert lane.gateway.admin("/api/limits").json() == [{"key": "limited", "in_flight": 2, "concurrent_max": 2}]
        go_on.set()
        for client, head in zip(clients, heads, strict=True):
            client.read_body(head)
            assert Stream.parse(head.body)
        eventually(lambda: lane.gateway.admin("/api/limits").json()[0]["in_flight"] == 0, "both places free")
        lane.cheap.push(stream())
        assert ask(lane, stream=True).status == 200


@pytest.mark.parametrize("streamed", [False, True])
def test_a_client_that_leaves_gives_its_place_back(tmp_path, streamed):
    with Lane(tmp_path, limited(concurrent=1)) as lane:
        for number in range(1, 4):
            lane.cheap.push(begun_stream(threading.Event()) if streamed else held(threading.Event()))
            client = begin(lane, stream=streamed)
            lane.cheap.wait_for_requests(number)
            if streamed:
                client.read_until(client.read_head(), b"first")
            assert ask(lane).status == 429
            client.reset()
            eventually(lambda: lane.gateway.admin("/api/limits").json()[0]["in_flight"] == 0, "the place")
        lane.cheap.push(answered())
        assert ask(lane).status == 200


def test_a_request_that_fails_gives_its_place_back(tmp_path):
    with Lane(tmp_path, limited(concurrent=1)) as lane:
        lane.cheap.default = lane.spare.default = error(500)
        for _ in range(3):
            assert ask(lane).status in (500, 502, 503)
        lane.cheap.default = answered()
        assert ask(lane).status == 200


def test_many_clients_at_once_never_pass_the_limits(tmp_path):
    with Lane(tmp_path, limited(requests_per_minute=20, requests_burst=20, concurrent=4)) as lane:
        lane.cheap.default = answered()
        statuses: list[int] = []

        def hammer() -> None:
            for _ in range(10):
                statuses.append(ask(lane).status)

        threads = [threading.Thread(target=hammer) for _ in range(8)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        allowed = 20 + (time.monotonic() - began) / 3
        assert set(statuses) <= {200, 429}
        assert statuses.count(200) == len(lane.cheap.requests) <= allowed + 1


# What is told.

PROVIDERS_OWN = {"x-ratelimit-limit-requests": "77", "X-RateLimit-Remaining-Tokens": "88", "openai-version": "2020-10-01"}


def test_a_keys_own_limits_replace_those_of_the_provider(tmp_path):
    with Lane(tmp_path, limited(requests_per_minute=600)) as lane:
        lane.cheap.push(whole(headers=PROVIDERS_OWN), stream(headers=PROVIDERS_OWN), whole(headers=PROVIDERS_OWN))
        for streamed in (False, True):
            response = ask(lane, stream=streamed)
            assert response.status == 200
            assert response.headers["x-ratelimit-limit-requests"] == "600"
            assert left(response, "requests") in (98, 99)
            assert response.headers["x-ratelimit-reset-requests"].endswith("ms")
            assert "x-ratelimit-remaining-tokens" not in response.headers
            assert response.headers["openai-version"] == "2020-10-01"
        other = ask(lane, FREE)
        assert (other.headers["x-ratelimit-limit-requests"], other.headers["x-ratelimit-remaining-tokens"]) == ("77", "88")


def test_every_answer_tells_what_is_left(tmp_path):
    with Lane(tmp_path, limited(requests_per_minute=60, requests_burst=10, tokens_per_minute=1000)) as lane:
        lane.cheap.default = lane.spare.default = error(503)
        failed = ask(lane)
        assert failed.status == 503
        denied = lane.gateway.ask(headers={**LIMITED, "x-tierway-class": "strict"}, model="tier:frontier")
        assert denied.status == 403
        for response in (failed, denied, lane.gateway.request("GET", "/v1/models/nothing", headers=LIMITED)):
            assert {name for name in response.headers if name.startswith("x-ratelimit-")} == {
                f"x-ratelimit-{which}-{what}" for which in ("limit", "remaining", "reset") for what in ("requests", "tokens")}


# Configuration.

def reload(lane: Lane) -> None:
    before = sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success")
    lane.gateway.write_config(lane.config)
    lane.gateway.process.signal(signal.SIGHUP)
    eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success") > before, "the reload")


def test_a_reload_frees_nothing_and_the_new_limits_hold(tmp_path):
    with Lane(tmp_path, limited(requests_per_minute=6, requests_burst=2)) as lane:
        lane.cheap.default = answered()
        assert [ask(lane).status for _ in range(3)] == [200, 200, 429]
        lane.config["aliases"]["another"] = "auto"
        reload(lane)
        assert ask(lane).status == 429
        lane.config["keys"] = keys(requests_per_minute=6, requests_burst=4)
        reload(lane)
        eventually(lambda: ask(lane).status == 200, "the new limit on this worker")
        assert [ask(lane).status for _ in range(2)] == [200, 429]


def test_keys_without_limits_of_their_own_get_the_default(tmp_path):
    def change(config: dict) -> None:
        config["keys"] = keys(requests_per_minute=600, requests_burst=10)
        config["key_limits"] = {"requests_per_minute": 6, "requests_burst": 1}

    with Lane(tmp_path, change) as lane:
        lane.cheap.default = answered()
        assert [ask(lane, FREE).status for _ in range(2)] == [200, 429]
        assert [ask(lane).status for _ in range(3)] == [200, 200, 200]


# Models.

def test_a_model_at_its_limit_passes_to_the_next_and_is_no_failure(tmp_path):
    with Lane(tmp_path, models(cheap={"requests_per_minute": 6, "requests_burst": 2})) as lane:
        lane.cheap.default = lane.spare.default = answered()
        assert [lane.gateway.ask().headers["x-tierway-model"] for _ in range(2)] == ["cheap/small", "cheap/small"]
        for number in (1, 2):
            response = lane.gateway.ask()
            assert response.status == 200
            told = response.headers
            assert (told["x-tierway-model"], told["x-tierway-attempts"], told["x-tierway-fallbacks"]) == ("spare/small", "1", "1")
            record = lane.gateway.record_of(response)
            assert record["passed_over"] == [{"model": "cheap/small", "missing": "requests_limit"}]
            assert (record["fallbacks"], [each["model"] for each in record["attempts"]]) == (1, ["spare/small"])
            metrics = lane.gateway.metrics()
            assert sum_of(metrics, "tierway_upstream_limited_total", model="cheap/small", limit="requests") == number
            assert sum_of(metrics, "tierway_fallbacks_total", **{"from": "cheap/small", "to": "spare/small",
                                                                 "reason": "requests_limit"}) == number
            assert sum_of(metrics, "tierway_upstream_failures_total") == 0
            assert sum_of(metrics, "tierway_upstream_limit_remaining", model="cheap/small", limit="requests") == 0
        state = {each["model"]: each for each in lane.gateway.admin("/api/models").json()}
        assert (state["cheap/small"]["breaker"], state["cheap/small"]["requests_left"]) == ("closed", 0)
        assert state["cheap/small"]["requests_per_minute"] == 6
        assert "requests_per_minute" not in state["spare/small"]


def test_when_no_model_is_free_the_client_is_told_when_one_will_be(tmp_path):
    with Lane(tmp_path, models(cheap={"requests_per_minute": 2, "requests_burst": 1},
                               spare={"requests_per_minute": 20, "requests_burst": 1})) as lane:
        lane.cheap.default = lane.spare.default = answered()
        assert [lane.gateway.ask().headers["x-tierway-model"] for _ in range(2)] == ["cheap/small", "spare/small"]
        refused = lane.gateway.ask()
        wait = says_come_back(refused, "rate_limit_error")
        assert wait <= 3, "the spare one's time, which is earlier"
        assert refused.headers["x-tierway-attempts"] == "0"
        time.sleep(wait)
        assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"


def test_a_draft_and_its_escalation_each_take_from_their_own_model(tmp_path):
    judged = {"x-tierway-class": "judged"}
    with Lane(tmp_path, models(cheap={"requests_per_minute": 2, "requests_burst": 2},
                               dear={"requests_per_minute": 1, "requests_burst": 1})) as lane:
        lane.cheap.default, lane.dear.default = whole(answer(HEDGES)), whole(answer("It is 42."))
        assert lane.gateway.ask(headers=judged).headers["x-tierway-model"] == "dear/frontier"
        second = lane.gateway.ask(headers=judged)
        assert second.status == 200
        assert second.headers["x-tierway-model"] == "cheap/small"
        assert second.headers["x-tierway-escalation"] == "approved; reason=higher_tier_failed"
        assert {"model": "dear/frontier", "missing": "requests_limit"} in lane.gateway.record_of(second)["passed_over"]
        state = {each["model"]: each for each in lane.gateway.admin("/api/models").json()}
        assert (state["cheap/small"]["requests_left"], state["dear/frontier"]["requests_left"]) == (0, 0)


def test_a_models_places_are_given_back_by_streams_and_by_clients_that_leave(tmp_path):
    with Lane(tmp_path, models(cheap={"concurrent": 1})) as lane:
        lane.spare.default = answered()
        go_on = threading.Event()
        lane.cheap.push(begun_stream(go_on))
        client = begin(lane, {"x-none": "1"}, stream=True)
        head = client.read_head()
        client.read_until(head, b"first")
        assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"
        go_on.set()
        client.read_body(head)
        lane.cheap.push(begun_stream(threading.Event()))

        def taken() -> RawClient | None:
            streaming = begin(lane, {"x-none": "1"}, stream=True)
            return streaming if streaming.read_head().headers["x-tierway-model"] == "cheap/small" else None

        leaving = eventually(taken, "the place of the stream that ended")
        assert lane.gateway.ask().headers["x-tierway-model"] == "spare/small"
        leaving.reset()
        lane.cheap.push(answered())
        eventually(lambda: lane.gateway.ask().headers["x-tierway-model"] == "cheap/small", "the place of the client that left")


def test_a_models_tokens_are_corrected_to_what_was_used(tmp_path):
    with Lane(tmp_path, models(cheap={"tokens_per_minute": 1000})) as lane:
        lane.cheap.default = lane.spare.default = answered()
        for _ in range(5):
            assert lane.gateway.ask(max_tokens=600).headers["x-tierway-model"] == "cheap/small"
        assert lane.gateway.ask(max_tokens=2000).headers["x-tierway-model"] == "spare/small", "it can never take so many"
        lane.cheap.default = answered(usage(10, 5000))
        lane.gateway.record_of(lane.gateway.ask(max_tokens=600))
        assert lane.gateway.ask(max_tokens=1).headers["x-tierway-model"] == "spare/small"
