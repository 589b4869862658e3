"""The gate and the caps: what a request may cost is known, allowed and bounded before anybody is asked."""

import hashlib
import json
import signal

import pytest

from support.answers import answer, encode, usage
from support.deadline import eventually
from support.fake_upstream import error, silent, stream, whole
from support.gateway import chat, sum_of
from support.lane import PROVIDER_KEYS, Lane, cost_nano, nano, usd
from support.process import run
from support.sse import Stream

ACKNOWLEDGE = "x-tierway-acknowledge-usd"
# A thousand tokens of the frontier's answer cost 0.0197 USD, of the small tier's at most 0.00041.
DEAR = {"model": "best", "max_tokens": 1_000}
DEAR_ANSWER = cost_nano("dear/frontier", completion=1_000)
UNSURE = "I'm not sure, I don't know."


def gated(action: str = "acknowledge", limit: float = 0.01, **classes: dict):
    def change(config: dict) -> None:
        config["gate"] = {"usd_per_request": limit, "action": action}
        for name, settings in classes.items():
            config["classes"].setdefault(name, {"tier": "small"}).update(settings)

    return change


def verdicts(lane: Lane, verdict: str) -> float:
    return sum_of(lane.gateway.metrics(), "tierway_gate_total", verdict=verdict)


def refused(lane: Lane, response, code: str) -> dict:
    """What is told of a refusal, with what holds of all of them."""
    assert response.status == 402
    told = response.error
    assert told["code"] == code
    assert told["estimate_usd"] > 0
    assert response.headers["x-should-retry"] == "false"
    assert "retry-after" not in response.headers
    record = lane.gateway.record_of(response)
    assert (record["outcome"], record["error_code"], record["cost_usd"]) == ("denied", code, 0)
    assert record["estimate_usd"] == told["estimate_usd"]
    assert not any(upstream.requests for upstream in lane.upstreams.values()), "what is refused is not sent"
    return told


# Acknowledging.

def test_a_dear_request_is_refused_until_its_caller_accepts_the_amount(tmp_path):
    with Lane(tmp_path, gated()) as lane:
        told = refused(lane, lane.gateway.ask(**DEAR), "cost_acknowledgement_required")
        estimate = nano(told["estimate_usd"])
        assert DEAR_ANSWER < estimate < DEAR_ANSWER * 1.1
        assert f"`{ACKNOWLEDGE}: {usd(estimate)}`" in told["message"]
        refused(lane, lane.gateway.ask(**DEAR, headers={ACKNOWLEDGE: usd(estimate - 1)}), "cost_acknowledgement_required")

        lane.dear.push(whole())
        response = lane.gateway.ask(**DEAR, headers={ACKNOWLEDGE: usd(estimate)})
        assert response.status == 200
        assert response.headers["x-tierway-gate"] == "acknowledged"
        assert response.headers["x-tierway-model"] == "dear/frontier"
        sent = lane.dear.last
        assert not [name for name in sent.headers if name.startswith("x-tierway")]
        record = lane.gateway.record_of(response)
        assert (record["gate"], record["cost_ceiling_usd"]) == ("acknowledged", float(usd(estimate)))
        eventually(lambda: verdicts(lane, "acknowledged") == 1 and verdicts(lane, "acknowledgement_required") == 2, "the metric")


def test_what_is_within_the_limit_passes_without_a_word(tmp_path):
    with Lane(tmp_path, gated()) as lane:
        lane.cheap.push(whole())
        response = lane.gateway.ask(max_tokens=1_000)
        assert response.status == 200
        assert "x-tierway-gate" not in response.headers
        assert lane.gateway.record_of(response)["gate"] == "passed"


@pytest.mark.parametrize("value", ["", "a lot", "-1", "1e3", "0,5", "$1", "1000001", "0.0000000001", "1, 2", "0x1", "inf"])
def test_an_amount_that_is_none_is_refused_with_how_to_write_it(lane, value):
    response = lane.gateway.ask(headers={ACKNOWLEDGE: value})
    assert response.status == 400
    assert response.error["code"] == "invalid_acknowledgement"
    assert "`0.75`" in response.error["message"]
    assert not lane.cheap.requests


def test_two_amounts_are_refused_whatever_they_say(lane):
    for second in ("1", "2"):
        response = lane.gateway.ask(headers={ACKNOWLEDGE: "1", ACKNOWLEDGE.upper(): second})
        assert response.status == 400
        assert response.error["code"] == "duplicate_header"
    assert not lane.cheap.requests


def test_other_spellings_acknowledge_nothing(tmp_path):
    with Lane(tmp_path, gated()) as lane:
        for headers in ({"x-tierway-acknowledge": "1"}, {"acknowledge-usd": "1"}, {"x-acknowledge-usd": "1"}):
            refused(lane, lane.gateway.ask(**DEAR, headers=headers), "cost_acknowledgement_required")
        assert lane.gateway.ask(**DEAR, headers={"x_tierway_acknowledge_usd": "1"}).status == 400
        body = {**chat(**DEAR), ACKNOWLEDGE: "1", "metadata": {ACKNOWLEDGE: "1"}}
        refused(lane, lane.gateway.post(body), "cost_acknowledgement_required")


def test_an_acknowledgement_lifts_no_budget_no_ceiling_and_no_quota(tmp_path):
    def change(config: dict) -> None:
        gated(limit=0.001)(config)
        config["budgets"] = [{"scope": "total", "usd": 0.005, "window": "day"}]

    with Lane(tmp_path, change) as lane:
        response = lane.gateway.ask(**DEAR, headers={ACKNOWLEDGE: "1000"})
        assert (response.status, response.error["code"]) == (402, "request_exceeds_budget")
        assert not lane.dear.requests
        for headers, denied in (({"x-tierway-max-tier": "small"}, "request_ceiling"), ({"x-tierway-class": "capped"}, "class_ceiling")):
            lane.cheap.push(whole())
            response = lane.gateway.ask(**DEAR, headers={ACKNOWLEDGE: "1000", **headers})
            assert response.headers["x-tierway-tier"] == "small"
            assert response.headers["x-tierway-escalation"] == f"denied; reason={denied}"


def test_a_caller_may_accept_less_than_anybody_asks_of_it(lane):
    response = lane.gateway.ask(max_tokens=1_000, headers={ACKNOWLEDGE: "0.000001"})
    refused(lane, response, "cost_acknowledgement_required")


# Rejecting and downgrading.

def test_what_is_rejected_no_acknowledgement_lifts(tmp_path):
    with Lane(tmp_path, gated("reject", chat={"usd_per_request": 0.03})) as lane:
        for headers in ({}, {ACKNOWLEDGE: "1000"}):
            told = refused(lane, lane.gateway.ask("Prove formally.", max_tokens=1_000, headers=headers), "request_too_expensive")
            assert "`top`" in told["message"]
        eventually(lambda: verdicts(lane, "rejected") == 2, "the metric")
        lane.dear.push(whole())
        assert lane.gateway.ask(**DEAR).status == 200, "the class has a limit of its own"


@pytest.mark.parametrize("model", ["best", "dear/frontier"])
def test_a_downgrade_goes_to_the_dearest_tier_that_fits_and_says_so(tmp_path, model):
    with Lane(tmp_path, gated("downgrade")) as lane:
        lane.cheap.push(whole(), stream())
        response = lane.gateway.ask(model=model, max_tokens=1_000, headers={ACKNOWLEDGE: "1000"})
        assert response.status == 200
        assert response.json()["model"] == response.headers["x-tierway-model"] == "cheap/small"
        assert response.headers["x-tierway-gate"] == "downgraded; from=frontier; reason=usd_per_request"
        assert response.headers["x-tierway-escalation"] == "denied; reason=request_cost"
        record = lane.gateway.record_of(response)
        assert (record["gate"], record["gate_from"], record["cost_ceiling_usd"]) == ("downgraded", "frontier", 0.01)
        assert record["gate_estimate_usd"] > 0.0197 > 0.01 > record["estimate_usd"] > 0

        response = lane.gateway.ask(model=model, max_tokens=1_000, stream=True)
        assert response.headers["x-tierway-gate"] == "downgraded; from=frontier; reason=usd_per_request"
        assert {each["model"] for each in Stream.parse(response.body).chunks} == {"cheap/small"}
        told = refused_after(lane, lane.gateway.ask(model=model, max_tokens=100_000))
        assert told["code"] == "request_too_expensive"
        eventually(lambda: verdicts(lane, "downgraded") == 2 and verdicts(lane, "rejected") == 1, "the metric")


def refused_after(lane: Lane, response) -> dict:
    assert response.status == 402
    assert not lane.dear.requests
    return response.error


def test_a_downgrade_gives_the_quota_of_its_climb_back(tmp_path):
    secret = "tw-gate-0123456789abcdef0123456789abcdef"

    def keyed(config: dict) -> None:
        gated("downgrade")(config)
        config["keys"] = [{"id": "agent", "sha256": hashlib.sha256(secret.encode()).hexdigest(), "escalations": {"per_hour": 1}}]

    with Lane(tmp_path, keyed) as lane:
        headers = {"Authorization": f"Bearer {secret}"}
        lane.cheap.default = lane.dear.default = whole()
        for _ in range(3):
            response = lane.gateway.ask(**DEAR, headers=headers)
            assert response.headers["x-tierway-escalation"] == "denied; reason=request_cost"
            lane.gateway.record_of(response)
        response = lane.gateway.ask(model="best", max_tokens=100, headers=headers)
        assert response.headers["x-tierway-escalation"] == "approved; reason=client_wish"


# What goes up, or on, later.

def judged(lane: Lane, draft_tokens: int, **headers: str):
    lane.cheap.push(whole(answer(UNSURE, used=usage(10, draft_tokens))))
    return lane.gateway.ask(max_tokens=450, headers={"x-tierway-class": "judged", **headers})


def test_a_climb_that_would_cost_more_than_the_request_may_is_denied(tmp_path):
    with Lane(tmp_path, gated()) as lane:
        # 450 tokens of the frontier's answer are 0.0089 USD; 4000 of the draft are 0.0015.
        response = judged(lane, 4_000)
        assert response.status == 200
        assert response.headers["x-tierway-model"] == "cheap/small"
        assert response.headers["x-tierway-escalation"] == "denied; reason=request_cost"
        assert not lane.dear.requests
        record = lane.gateway.record_of(response)
        assert record["climbs"][0]["reason"] == "request_cost"
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_escalations_total", reason="request_cost", verdict="denied") == 1,
                   "the metric")
        lane.dear.push(whole(answer("Sure.", used=usage(10, 100))))
        assert judged(lane, 40).headers["x-tierway-escalation"] == "approved; reason=low_confidence"
        lane.dear.push(whole(answer("Sure.", used=usage(10, 100))))
        assert judged(lane, 4_000, **{ACKNOWLEDGE: "0.02"}).headers["x-tierway-escalation"] == "approved; reason=low_confidence"


def test_a_climb_because_the_tier_is_down_may_cost_no_more_either(tmp_path):
    with Lane(tmp_path, gated(chat={"when_tier_is_down": "climb"})) as lane:
        lane.cheap.default = lane.spare.default = error(503)
        lane.dear.default = whole()
        response = lane.gateway.ask(max_tokens=1_000)
        assert response.status == 503
        assert response.headers["x-tierway-escalation"] == "denied; reason=request_cost"
        assert not lane.dear.requests
        assert lane.gateway.ask(max_tokens=100).headers["x-tierway-model"] == "dear/frontier"


def test_a_fallback_that_would_cost_more_than_the_request_may_is_not_made(tmp_path):
    def change(limit: float):
        def apply(config: dict) -> None:
            gated(limit=limit)(config)
            config["models"]["spare/small"]["context"] = 100_000
            config["retry"] = {"attempts": 3}
        return apply

    # A silent provider may bill all that its attempt was estimated at: 20,000 tokens of prompt and a thousand of answer are at most
    # 0.0042 USD at the cheap one, 0.00501 at the spare one.
    prompt = "word" * 10_000
    with Lane(tmp_path / "tight", change(0.0055)) as lane:
        lane.cheap.push(silent)
        response = lane.gateway.ask(prompt, max_tokens=1_000, stream=True)
        assert response.status == 504, "the failure is told, not what was not tried"
        assert not lane.spare.requests
        record = lane.gateway.record_of(response)
        assert record["attempts_declined"] == 1
        assert record["fallbacks"] == 0
        assert len(record["attempts"]) == 1
        eventually(lambda: verdicts(lane, "declined") == 1, "the metric")
    with Lane(tmp_path / "loose", change(0.0095)) as lane:
        lane.cheap.push(silent)
        lane.spare.push(stream())
        assert lane.gateway.ask(prompt, max_tokens=1_000, stream=True).headers["x-tierway-model"] == "spare/small"


# Caps.

CAPS = {"n": 4, "max_tokens": 200, "prompt_tokens": 2_000, "images": 1, "tools": 2}
IMAGE = {"type": "image_url", "image_url": {"url": "https://images.example/1.png"}}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


@pytest.fixture(name="capped", scope="module")
def capped_fixture(tmp_path_factory):
    def change(config: dict) -> None:
        config["classes"]["capped"]["caps"] = CAPS
        config["classes"]["top"]["caps"] = CAPS
        config["providers"]["dear"]["output_limit"] = "max_completion_tokens"

    with Lane(tmp_path_factory.mktemp("capped"), change) as lane:
        yield lane


@pytest.mark.parametrize(("fields", "param", "cap"), [
    ({"n": 5}, "n", 4),
    ({"n": 128}, "n", 4),
    ({"max_tokens": 201}, "max_tokens", 200),
    ({"max_completion_tokens": 1_000_000}, "max_completion_tokens", 200),
    ({"max_completion_tokens": 1, "max_tokens": 5_000}, "max_tokens", 200),
    ({"content": "word" * 2_001}, "messages", 2_000),
    ({"content": [{"type": "text", "text": "x"}, IMAGE, IMAGE]}, "messages", 1),
    ({"tools": [TOOL] * 3}, "tools", 2),
    ({"tools": [TOOL], "functions": [TOOL["function"]] * 2}, "tools", 2),
], ids=str)
def test_what_exceeds_a_cap_is_refused_before_anybody_is_asked(capped, fields, param, cap):
    capped.reset()
    response = capped.gateway.ask(fields.pop("content", "x"), headers={"x-tierway-class": "capped"}, **fields)
    assert response.status == 400
    assert response.error["code"] == "class_cap_exceeded"
    assert response.error["param"] == param
    assert f"at most {cap}." in response.error["message"]
    assert not any(upstream.requests for upstream in capped.upstreams.values())


@pytest.mark.parametrize(("fields", "written"), [
    ({}, 200), ({"max_tokens": None}, 200), ({"max_completion_tokens": None}, 200), ({"max_tokens": 7}, 7),
], ids=str)
def test_a_cap_is_written_into_requests_that_state_no_limit(capped, fields, written):
    capped.reset()
    capped.cheap.push(whole())
    response = capped.gateway.ask("Hello", headers={"x-tierway-class": "capped"}, n=2, **fields)
    assert response.status == 200
    sent = capped.cheap.last.json()
    assert sent["max_tokens"] == written
    assert sent.get("max_completion_tokens") is None
    assert sent["messages"] == chat("Hello")["messages"]
    # Two choices at the price of the dearest of the tier, and a word of prompt.
    estimate = nano(capped.gateway.record_of(response)["estimate_usd"])
    assert cost_nano("spare/small", 2, 2 * written) <= estimate <= cost_nano("spare/small", 20, 2 * written)


def test_a_provider_is_sent_the_name_that_it_knows(capped):
    capped.reset()
    capped.dear.push(stream())
    assert capped.gateway.stream("Prove formally.").text
    sent = capped.dear.last.json()
    assert sent["max_completion_tokens"] == 200
    assert "max_tokens" not in sent
    assert sent["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize("fields", [{"n": 17}, {"n": 128}, {"max_tokens": 2**31}, {"max_completion_tokens": 2**31}, {"best_of": 20},
                                    {"n": 2, "best_of": 3}, {"best_of": "many"}, {"n": 1e99}], ids=str)
def test_what_empties_a_wallet_is_refused_without_any_configuration(lane, fields):
    response = lane.gateway.ask(**fields)
    assert response.status == 400
    assert response.error["param"] in fields
    assert not any(upstream.requests for upstream in lane.upstreams.values())


def test_a_prompt_of_ten_megabytes_reaches_nobody_who_would_bill_it(lane):
    with lane.gateway.connect() as client:
        client.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % ((10 << 20) + 1))
        assert client.read_response().status == 413
    response = lane.gateway.ask("x" * 10_000_000, headers={"x-tierway-class": "capped"})
    assert (response.status, response.error["code"]) == (400, "model_capability_missing")
    # The frontier's window would hold it, at 26 USD.
    response = lane.gateway.ask("x" * 10_000_000, headers={ACKNOWLEDGE: "20"})
    assert response.status == 402
    assert 20 < response.error["estimate_usd"] < 30
    assert not any(upstream.requests for upstream in lane.upstreams.values())


# The estimator.

def reload(lane: Lane, number: int) -> None:
    lane.gateway.write_config(lane.config)
    lane.gateway.process.signal(signal.SIGHUP)
    eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success") >= number, "the reload")


def test_estimates_learn_what_a_provider_counts_and_a_reload_forgets_nothing(tmp_path):
    prompt = "word" * 1_000

    def written(tokens: int) -> int:
        """The dearest that a prompt of so many tokens can be: all of it goes to the provider's cache."""
        return cost_nano("cheap/small", tokens, cache_write=tokens)

    def estimated(lane: Lane) -> int:
        response = lane.gateway.ask(prompt, model="cheap/small", max_tokens=1)
        assert response.status == 200
        return nano(lane.gateway.record_of(response)["estimate_usd"]) - cost_nano("cheap/small", 0, 1)

    with Lane(tmp_path) as lane:
        lane.cheap.default = whole(answer("Yes.", used=usage(1_500, 1)))
        assert estimated(lane) == written(2_000), "twice the customary figure, of a model that nobody knows"
        for _ in range(80):
            lane.gateway.ask(prompt, model="cheap/small", max_tokens=1)
        learnt = estimated(lane)
        assert written(1_500) < learnt < written(1_800)
        # A report that cannot be, and prompts whose size nobody knows, move nothing much.
        lane.cheap.push(whole(answer("Yes.", used=usage(900_000_000, 1))))
        lane.gateway.ask(prompt, model="cheap/small", max_tokens=1)
        assert estimated(lane) < learnt * 1.1
        reload(lane, 1)
        assert estimated(lane) < learnt * 1.1
        found = lane.gateway.metrics()
        assert sum_of(found, "tierway_token_estimate_error_ratio_count", model="cheap/small") >= 80
        assert sum_of(found, "tierway_token_estimate_exceeded_total", model="cheap/small") == 1
        lane.cheap.default = whole(answer("Yes.", used={"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}))
        before = sum_of(lane.gateway.metrics(), "tierway_token_estimate_error_ratio_count")
        content = [{"type": "text", "text": prompt}, {"type": "file", "file": {"file_id": "f"}}]
        assert lane.gateway.ask(content, model="cheap/small").status == 200
        assert sum_of(lane.gateway.metrics(), "tierway_token_estimate_error_ratio_count") == before


# Explaining.

def test_explain_shows_the_estimate_and_what_the_gate_says(tmp_path):
    with Lane(tmp_path, gated("downgrade")) as lane:
        def explained(body: dict) -> tuple[int, dict]:
            done = run("explain", "-c", str(lane.gateway.config_file), "--json", "--request", "-", stdin=encode(body).decode(),
                       env=PROVIDER_KEYS)
            return done.returncode, json.loads(done.stdout)

        code, shown = explained(chat(max_tokens=100))
        assert (code, shown["gate"]) == (0, {"verdict": "passed", "ceiling_usd": "0.01"})
        code, shown = explained(chat(**DEAR))
        assert code == 0
        assert (shown["gate"]["verdict"], shown["gate"]["from"]) == ("downgraded", "frontier")
        assert float(shown["gate"]["estimate_there_usd"]) > 0.0197 > float(shown["estimate_usd"])
        assert shown["route"]["models"] == ["cheap/small", "spare/small"]
        code, shown = explained(chat(model="best", max_tokens=100_000))
        assert (code, shown["gate"]["verdict"], shown["error"]["code"]) == (1, "rejected", "request_too_expensive")
