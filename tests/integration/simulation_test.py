"""The gateway in front of `tierway simulate`: books that balance over many varied requests."""

import pytest

from support.answers import encode
from support.deadline import eventually
from support.gateway import CHAT, Gateway, chat, sum_of
from support.lane import nano
from support.raw_client import RawClient, Truncated, request_bytes
from support.simulator import MODELS, Simulator, policy

PROMPTS = ["What is 17 * 23?", "Summarize: the cat sat on the mat and slept.", "Extract the city from: I live in Zurich.",
           "Write a haiku about rain.", "If all A are B and some B are C, are some A C? Explain your reasoning.",
           "Translate 'good morning' into French.", "What is the capital of Australia?", "def f(x): return x + 1  # explain this code"]
# Whole nano-dollars per token.
RATES = {"sim-small": (100, 400), "sim-mid": (500, 2000), "sim-frontier": (5000, 20000)}


@pytest.fixture(name="simulator", scope="module")
def simulator_fixture(tmp_path_factory):
    with Simulator(tmp_path_factory.mktemp("simulator")) as simulator:
        yield simulator


@pytest.fixture(name="gateway", scope="module")
def gateway_fixture(simulator, tmp_path_factory):
    with Gateway(tmp_path_factory.mktemp("gateway"), policy(simulator.base_url)) as gateway:
        yield gateway


def billed_nano(simulator: Simulator) -> int:
    models = simulator.stats()["models"]
    return sum(models[name]["prompt_tokens"] * RATES[name][0] + models[name]["completion_tokens"] * RATES[name][1] for name in MODELS)


def test_the_books_balance_over_kept_and_escalated_answers(simulator, gateway):
    before = billed_nano(simulator)
    ids = []
    for number, prompt in enumerate(PROMPTS * 2):
        response = gateway.ask(prompt, {"x-tierway-class": "judged"}, stream=number % 2 == 1)
        assert response.status == 200, response.body
        ids.append(response.request_id)
    records = [gateway.record(request_id) for request_id in ids]
    assert sum(nano(record["cost_usd"]) for record in records) == billed_nano(simulator) - before
    assert {record["outcome"] for record in records} == {"ok"}


@pytest.mark.parametrize("streamed", [False, True])
def test_a_forced_low_confidence_escalates_and_a_forced_high_one_does_not(gateway, streamed):
    weak = gateway.ask("Explain gravity.", {"x-tierway-class": "judged"}, stream=streamed,
                       metadata={"simulate": "sim-small:wrong;low_confidence;hedge"})
    assert gateway.record_of(weak)["escalation"] == "approved"
    strong = gateway.ask("Explain gravity.", {"x-tierway-class": "judged"}, stream=streamed,
                         metadata={"simulate": "right;high_confidence"})
    assert gateway.record_of(strong)["escalation"] == "none"


def test_simulated_answers_are_labelled(gateway):
    response = gateway.ask("hello")
    assert response.headers["x-simulated"] == "tierway"
    assert response.json()["system_fingerprint"] == "simulated"


@pytest.mark.parametrize("directives", ["split=1", "split=3;crlf", "comments;crlf", "no_done", "comments;split=2", "no_usage"])
def test_every_shape_of_a_simulated_stream_is_read(gateway, directives):
    plain = gateway.stream("What is the capital of France?", metadata={"simulate": "right"})
    shaped = gateway.stream("What is the capital of France?", metadata={"simulate": f"right;{directives}"})
    assert shaped.text == plain.text
    assert shaped.done


@pytest.mark.parametrize("directives", ["cut_after=3", "reset_after=3", "no_finish", "error_after=3"])
def test_every_broken_simulated_stream_is_told(gateway, directives):
    with pytest.raises(Truncated):
        gateway.ask("What is the capital of France?", stream=True, metadata={"simulate": directives})


FAULT_FIELD = "x-tierway-simulate-fault"


def ask_simulator(simulator, headers: dict[str, str], **fields):
    with RawClient(simulator.address) as client:
        client.send(request_bytes("POST", CHAT, encode(chat("hello", "sim-small", **fields)), headers))
        return client.read_response()


def test_the_simulator_takes_faults_from_a_header_too(simulator):
    assert ask_simulator(simulator, {}).status == 200
    refused = ask_simulator(simulator, {FAULT_FIELD: "sim-small:status=503;retry_after=2"})
    assert (refused.status, refused.headers["retry-after"]) == (503, "2")
    both = ask_simulator(simulator, {FAULT_FIELD: "retry_after=3"}, metadata={"simulate": "status=429"})
    assert (both.status, both.headers["retry-after"]) == (429, "3")


@pytest.mark.parametrize("value", ["stauts=503", "a" * 513])
def test_the_simulator_refuses_a_fault_header_it_cannot_read(simulator, value):
    refused = ask_simulator(simulator, {FAULT_FIELD: value})
    assert refused.status == 400
    assert refused.error["code"] == "invalid_simulate_directive"


def test_the_gateway_consumes_the_fault_header_and_never_acts_on_it(simulator, gateway):
    assert gateway.ask("hello", {FAULT_FIELD: "status=503"}).status == 200
    [request] = simulator.get("/simulator/requests?last=1").json()["requests"]
    assert not [name for name, _ in request["headers"] if name.lower().startswith("x-tierway")]


def opinions(base_url: str, folder) -> dict:
    """`plain`, `agreed` and `verified` keep what does not look doubtful; every kept draft is held against the frontier afterwards."""
    config = policy(base_url)
    climb = {"to": "frontier", "below": 0.6, "explore": 1}
    config["classes"].update({
        "plain": {"tier": "small", "escalate": climb},
        "agreed": {"tier": "small", "escalate": {**climb, "agreement": {"model": "sim/sim-mid", "wait": "20s"}}},
        "verified": {"tier": "small", "escalate": {**climb, "verifier": {"model": "sim/sim-mid", "wait": "20s"}}}})
    config["shadow"] = {"share": 1, "usd_per_day": 100, "concurrent": 64, "classes": ["plain"]}
    config["store"] = {"sqlite": str(folder / "ledger.db")}
    # Without log-probabilities, so that opinions are all that tells right from wrong.
    for model in config["models"].values():
        model["supports"].remove("logprobs")
    return config


def test_opinions_make_answers_better_and_the_books_balance_with_them(simulator, tmp_path):
    before = billed_nano(simulator)
    with Gateway(tmp_path, opinions(simulator.base_url, tmp_path)) as gateway:
        right = {}
        for name in ("plain", "agreed", "verified"):
            right[name] = 0
            for number in range(40):
                response = gateway.ask(f"What is {number + 20} * 23?", {"x-tierway-class": name})
                assert response.status == 200, response.body
                right[name] += f"The answer is {(number + 20) * 23}." in response.json()["choices"][0]["message"]["content"]
        # The small model knows about half of its sums, the middle one four fifths, the frontier nearly all.
        assert right["plain"] < 32
        assert right["agreed"] >= 34 and right["agreed"] > right["plain"]
        assert right["verified"] > right["plain"]

        def compared() -> float:
            return sum_of(gateway.metrics(), "tierway_shadow_comparisons_total")

        kept = sum(record["class"] == "plain" and record["escalation"] == "none" for record in gateway.decisions())
        eventually(lambda: compared() == kept, f"{kept} comparisons")
        quality = gateway.metrics()['tierway_shadow_quality{bound="estimate",class="plain"}']
        assert abs(quality - right["plain"] / 40) < 0.15
        records = gateway.decisions()
        billed = sum(nano(record["cost_usd"]) for record in records)
        shadows = sum_of(gateway.metrics(), "tierway_cost_usd_total", kind="shadow")
        assert billed + round(shadows * 1e9) == pytest.approx(billed_nano(simulator) - before, abs=1)
