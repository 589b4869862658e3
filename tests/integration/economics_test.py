"""The economics of a cascade: a class whose drafts cost more than they spare goes direct, keeps looking, and comes back."""

import signal

import pytest

from support.answers import answer, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import error, stream, whole
from support.gateway import sum_of
from support.lane import PROVIDER_KEYS, Lane, cost_nano, nano, usd
from support.process import run
from support.sse import Stream

JUDGED = {"x-tierway-class": "judged"}
DIRECT = "approved; reason=cascade_not_worth_it"
CLIMBED = "approved; reason=low_confidence"
GOOD = whole(answer("Paris is the capital of France.", used=usage(100, 50)))
BAD = whole(answer("Paris is", finish="length", used=usage(100, 50)))
BETTER = whole(answer("It is Paris.", used=usage(100, 50)))
# Drafts that cost this share of the higher answer, so that the cascade costs more from .4 on; the tests need few requests then.
PRICE_SHARE = 0.6


class EconomicLane(Lane):
    """Dear drafts that are always rejected, until a test says otherwise; every other request is explored."""

    def __init__(self, folder, change=None):
        def economic(config):
            dear = config["models"]["dear/frontier"]["price"]
            config["models"]["cheap/small"]["price"] = {kind: round(dear[kind] * PRICE_SHARE, 6) for kind in ("input", "output")}
            config["tiers"]["small"] = ["cheap/small"]
            del config["models"]["spare/small"], config["providers"]["spare"]
            config["classes"]["judged"]["escalate"]["explore"] = 0.5
            if change:
                change(config)

        super().__init__(folder, economic)
        self.cheap.default, self.dear.default = BAD, BETTER

    def escalation(self, headers=None, **fields) -> str:
        response = self.gateway.ask(headers={**JUDGED, **(headers or {})}, **fields)
        assert response.status == 200, response
        return response.headers["x-tierway-escalation"]

    def direct(self, **fields):
        """The next answer before which no draft was asked for, and its record."""
        for _ in range(100):
            response = self.gateway.ask(headers=JUDGED, **fields)
            record = self.gateway.record_of(response)
            if any(climb["why"] == "cascade_not_worth_it" for climb in record.get("climbs", [])):
                return response, record
        raise AssertionError("each of 100 requests was drafted")

    def go_direct(self) -> None:
        """Until a first request has gone direct."""
        self.direct()

    def reload(self, number: int) -> None:
        self.gateway.write_config(self.config)
        self.gateway.process.signal(signal.SIGHUP)
        eventually(lambda: sum_of(self.gateway.metrics(), "tierway_config_reloads_total", result="success") >= number, "the reload")

    def gauge(self, name: str, **labels: str) -> float:
        return sum_of(self.gateway.metrics(), f"tierway_cascade_{name}", **{"class": "judged"}, **labels)


def test_a_class_whose_drafts_are_never_kept_goes_direct_keeps_looking_and_comes_back(tmp_path):
    with EconomicLane(tmp_path) as lane:
        # Not by a handful.
        assert [lane.escalation() for _ in range(20)] == [CLIMBED] * 20
        assert lane.gauge("wanting_share", bound="estimate") > 0.9
        assert lane.gauge("break_even_share") == pytest.approx(1 - PRICE_SHARE)
        lane.go_direct()
        assert lane.gauge("passed_over") == 1

        # It keeps looking: about half of the requests are drafted all the same.
        lane.reset()
        lane.cheap.default, lane.dear.default = BAD, BETTER
        seen = [lane.escalation() for _ in range(60)]
        explored = seen.count(CLIMBED)
        assert explored + seen.count(DIRECT) == 60
        assert 10 < explored < 50, "one in two, of sixty"
        assert len(lane.cheap.requests) == explored, "without exploration no draft is asked for"
        assert len(lane.dear.requests) == 60
        # A request is counted once its client has the answer.
        climbs = {"class": "judged", "reason": "cascade_not_worth_it", "verdict": "approved"}
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_escalations_total", **climbs) == seen.count(DIRECT) + 1,
                   "every climb to be counted")

        # And comes back when drafts become good.
        lane.cheap.default = GOOD
        for _ in range(600):
            if lane.gauge("passed_over") == 0:
                break
            lane.escalation()
        assert lane.gauge("wanting_share", bound="estimate") < 1 - PRICE_SHARE
        assert [lane.escalation() for _ in range(20)] == ["none"] * 20


@pytest.mark.parametrize("streamed", [False, True])
def test_an_answer_without_a_draft_costs_what_it_costs_and_says_why(tmp_path, streamed):
    with EconomicLane(tmp_path) as lane:
        lane.go_direct()
        lane.dear.default = stream(stream_chunks("It is Paris.", used=usage(100, 50))) if streamed else BETTER
        lane.cheap.default = stream(stream_chunks("It is", finish="length", used=usage(100, 50))) if streamed else BAD
        response, record = lane.direct(stream=streamed)
        cost = usd(cost_nano("dear/frontier", 100, 50))
        assert (record["bound_tier"], record["tier"], record["model"]) == ("small", "frontier", "dear/frontier")
        assert (record["escalation"], record["escalation_reason"]) == ("approved", "cascade_not_worth_it")
        assert [attempt["purpose"] for attempt in record["attempts"]] == ["answer"]
        assert not record.get("signals"), "nothing was judged"
        if streamed:
            disclosed = Stream.parse(response.body).disclosure
            assert (disclosed["escalation"], disclosed["escalation_reason"]) == ("approved", "cascade_not_worth_it")
            assert nano(disclosed["cost_usd"]) == nano(disclosed["baseline_usd"]) == nano(cost)
        else:
            assert response.headers["x-tierway-escalation"] == DIRECT
            assert response.headers["x-tierway-cost-usd"] == response.headers["x-tierway-baseline-usd"] == cost
            assert response.headers["x-tierway-attempts"] == "1"


def test_whoever_may_not_climb_or_names_a_tier_is_drafted_as_ever(tmp_path):
    with EconomicLane(tmp_path) as lane:
        lane.go_direct()
        lane.cheap.default = GOOD
        drafts = lane.gauge("wanting_share", bound="estimate")
        for _ in range(10):
            response = lane.gateway.ask(headers={**JUDGED, "x-tierway-max-tier": "small"})
            assert response.headers["x-tierway-model"] == "cheap/small"
            assert response.headers["x-tierway-confidence"], "the draft was judged"
            assert response.headers["x-tierway-escalation"] in ("none", "denied; reason=request_ceiling")
        assert lane.gauge("wanting_share", bound="estimate") == drafts, "their drafts say nothing of those who may climb"
        for model in ("tier:small", "cheap/small"):
            assert {lane.escalation(model=model) for _ in range(5)} == {"none"}


@pytest.mark.parametrize("fault", [error(503), error(401)], ids=["503", "401"])
@pytest.mark.parametrize("when_down", ["fail", "climb"])
def test_when_the_higher_tier_is_down_the_tier_below_answers(tmp_path, fault, when_down):
    with EconomicLane(tmp_path, lambda config: config["classes"]["judged"].update({"when_tier_is_down": when_down})) as lane:
        lane.go_direct()
        lane.dear.default, lane.cheap.default = fault, GOOD
        response, record = lane.direct()
        assert response.status == 200
        assert response.headers["x-tierway-model"] == "cheap/small"
        assert response.headers["x-tierway-tier"] == "small"
        assert response.headers["x-tierway-escalation"] == "approved; reason=higher_tier_failed"
        assert [attempt["purpose"] for attempt in record["attempts"]][-1] == "answer"
        # When the tier below is down too, the client learns of the tier that it was to have had.
        lane.cheap.default = error(500)
        assert lane.gateway.ask(headers=JUDGED).status in (502, 503)
        assert lane.gateway.alive()


def test_all_drafts_explored_is_the_cascade_alone(tmp_path):
    with EconomicLane(tmp_path, lambda config: config["classes"]["judged"]["escalate"].update({"explore": 1})) as lane:
        assert {lane.escalation() for _ in range(60)} == {CLIMBED}
        assert lane.gauge("wanting_share", bound="low") > lane.gauge("break_even_share"), "it knows, and does not act"
        assert lane.gauge("passed_over") == 0


def test_a_reload_of_the_same_cascade_forgets_nothing_and_of_another_one_all(tmp_path):
    with EconomicLane(tmp_path) as lane:
        lane.go_direct()
        lane.config["classes"]["judged"]["escalate"]["explore"] = 0.4
        lane.reload(1)
        assert lane.gauge("passed_over") == 1
        lane.config["classes"]["judged"]["escalate"]["below"] = 0.61
        lane.reload(2)
        assert [lane.escalation() for _ in range(5)] == [CLIMBED] * 5
        assert lane.gauge("passed_over") == 0


def test_explain_says_that_it_cannot_know(tmp_path):
    with Lane(tmp_path) as lane:
        done = run("explain", "-c", str(lane.gateway.config_file), "--class", "judged", "Hello", env=PROVIDER_KEYS)
        assert "route.cascade.economics: learnt while serving, not known here" in done.stdout


def test_answers_without_a_draft_are_as_good_as_the_higher_tiers(tmp_path):
    with EconomicLane(tmp_path, lambda config: config.update({"shadow": {"share": 1, "usd_per_day": 1.0}})) as lane:
        lane.go_direct()
        asked = len(lane.dear.requests)
        # One draft is kept, and is worse than the answer it is held against.
        lane.cheap.default, lane.dear.default = whole(answer("41", used=usage(100, 50))), whole(answer("42", used=usage(100, 50)))
        while lane.escalation() != "none":
            asked += 1
        lane.cheap.default = BAD
        asked += 1 + len([lane.escalation() for _ in range(30)])
        comparisons = "tierway_shadow_comparisons_total"
        eventually(lambda: sum_of(lane.gateway.metrics(), comparisons, outcome="worse") == 1, "the comparison")
        estimate = {"class": "judged", "bound": "estimate"}
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_shadow_quality", **estimate) == pytest.approx(1 - 1 / asked),
                   "one of all answers to be worse, whoever gave them")
