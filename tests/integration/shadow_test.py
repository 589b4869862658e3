"""Learning from one's own traffic: kept drafts are held against the higher tier in the background, within a budget of its own."""

import json
import threading
import time

import pytest

from support.answers import answer, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import FakeUpstream, error, silent, stream, whole
from support.gateway import sum_of
from support.lane import PROVIDER_KEYS, Lane, cost_nano, nano, usd
from support.process import run

JUDGED = {"x-tierway-class": "judged"}
DRAFT, BETTER = usage(12, 7), usage(15, 3)


class ShadowLane(Lane):
    def __init__(self, folder, change=None, **shadow):
        self.rows = folder / "shadow.jsonl"
        self.ledger = folder / "ledger.db"

        def with_shadow(config):
            config["shadow"] = {"share": 1, "usd_per_day": 1.0, "file": str(self.rows), **shadow}
            config["store"] = {"sqlite": str(self.ledger)}
            config["classes"]["judged"]["quality_bar"] = 0.9
            if change:
                change(config)

        super().__init__(folder, with_shadow)
        self.cheap.default = whole(answer("42", used=DRAFT))
        self.dear.default = whole(answer("The answer is 42.", used=BETTER))

    def outcomes(self) -> dict[str, float]:
        metrics = self.gateway.metrics()
        names = ("as_good", "worse", "undecided", "busy", "budget_exceeded", "upstream_unavailable", "client_gone")
        found = {name: sum_of(metrics, "tierway_shadow_comparisons_total", outcome=name) for name in names}
        return {name: count for name, count in found.items() if count}

    def wait_for(self, **outcomes) -> None:
        eventually(lambda: self.outcomes() == outcomes, f"{outcomes}, not {self.outcomes()}")

    def kept_rows(self) -> list[dict]:
        return [json.loads(line) for line in self.rows.read_text().splitlines()]


def spent(ledger) -> dict[str, int]:
    done = run("report", "--ledger", str(ledger), "--by", "purpose", "--json")
    return {row["purpose"]: nano(row["cost_usd"]) for row in json.loads(done.stdout, parse_float=str)["rows"]}


@pytest.mark.parametrize("streamed", [False, True])
def test_a_kept_draft_is_compared_once_the_client_has_it(tmp_path, streamed):
    with ShadowLane(tmp_path) as lane:
        go_on = threading.Event()
        lane.cheap.default = stream(stream_chunks("42", used=DRAFT)) if streamed else whole(answer("42", used=DRAFT))
        lane.dear.default = whole(answer("So it is \\boxed{42.0}.", used=BETTER), delay=go_on)
        response = lane.gateway.ask(headers=JUDGED, stream=streamed, n=1, user="me")
        # The client has its answer, and the comparison has not even been answered.
        assert response.headers["x-tierway-model"] == "cheap/small"
        assert response.headers["x-tierway-cost-usd"] == usd(cost_nano("cheap/small", 12, 7))
        assert not lane.outcomes()
        go_on.set()
        lane.wait_for(as_good=1)
        asked = lane.dear.last.json()
        assert asked["model"] == "frontier" and "stream" not in asked and "user" not in asked
        metrics = lane.gateway.metrics()
        assert metrics['tierway_shadow_quality{bound="estimate",class="judged"}'] == 1.0
        assert 0 < metrics['tierway_shadow_quality{bound="low",class="judged"}'] < 0.5
        assert sum_of(metrics, "tierway_cost_usd_total", kind="shadow") == pytest.approx(cost_nano("dear/frontier", 15, 3) / 1e9)
        expected = {"answer": cost_nano("cheap/small", 12, 7), "shadow": cost_nano("dear/frontier", 15, 3)}
        eventually(lambda: spent(lane.ledger) == expected, "the ledger to hold both")


def test_texts_are_kept_only_when_asked_for(tmp_path):
    with ShadowLane(tmp_path / "without") as lane:
        lane.gateway.ask("Tell nobody.", headers=JUDGED)
        (row,) = eventually(lane.kept_rows, "the row")
        assert row["answers"] == {"cheap/small": {"acceptable": 1, "prompt_tokens": 12, "completion_tokens": 7},
                                  "dear/frontier": {"acceptable": 1, "prompt_tokens": 15, "completion_tokens": 3}}
        assert "Tell nobody" not in lane.rows.read_text()
        assert lane.rows.stat().st_mode & 0o777 == 0o600
    with ShadowLane(tmp_path / "with", keep_text=True) as lane:
        lane.cheap.default = whole(answer("41", used=DRAFT))
        lane.gateway.ask("Keep this.", headers=JUDGED)
        (row,) = eventually(lane.kept_rows, "the row")
        assert (row["prompt"], row["class"], row["judged_by"]) == ("Keep this.", "judged", "agreement")
        assert row["answers"]["cheap/small"] == {
            "acceptable": 0, "prompt_tokens": 12, "completion_tokens": 7, "text": "41", "final": "41"}


def test_what_was_collected_is_exported_as_outcomes(tmp_path):
    with ShadowLane(tmp_path, keep_text=True) as lane:
        for _ in range(3):
            lane.gateway.ask(headers=JUDGED)
        lane.wait_for(as_good=3)
        eventually(lambda: len(lane.kept_rows()) == 3, "the rows")
    rows = (tmp_path / "shadow.jsonl").read_text()
    (tmp_path / "shadow.jsonl").write_text(rows + rows.splitlines()[0] + "\n" + rows[:40])
    out = tmp_path / "outcomes.jsonl"
    done = run("export", "outcomes", "-c", str(tmp_path / "tierway.yaml"), "--out", str(out), env=PROVIDER_KEYS)
    assert done.returncode == 0, done.stderr
    assert "judged: 3 rows" in done.stderr and "1 lines are no rows" in done.stderr and "1 rows repeat" in done.stderr
    exported = [json.loads(line) for line in out.read_text().splitlines()]
    assert len({row["id"] for row in exported}) == 3
    assert all(row["answers"]["dear/frontier"]["acceptable"] == 1 and row["prompt"] == "What is the answer?" for row in exported)
    evaluated = run("eval", "-c", str(tmp_path / "tierway.yaml"), "--data", str(out), "--json", env=PROVIDER_KEYS)
    assert json.loads(evaluated.stdout)["overall"]["rows"] == 3, evaluated.stderr


def test_a_second_opinion_is_in_the_row_too(tmp_path):
    def change(config):
        config["classes"]["judged"]["escalate"]["agreement"] = {"model": "spare/small"}

    with ShadowLane(tmp_path, change, keep_text=True) as lane:
        lane.spare.default = whole(answer("42", used=usage(13, 1)))
        lane.gateway.ask(headers=JUDGED)
        (row,) = eventually(lane.kept_rows, "the row")
        assert row["answers"]["spare/small"] == {
            "acceptable": 1, "prompt_tokens": 13, "completion_tokens": 1, "text": "42", "final": "42"}


def test_a_configuration_that_collects_nothing_exports_nothing(tmp_path):
    with Lane(tmp_path):
        pass
    assert run("export", "outcomes", "-c", str(tmp_path / "tierway.yaml"), env=PROVIDER_KEYS).returncode == 2


def test_an_escalated_answer_is_counted_and_not_looked_at(tmp_path):
    with ShadowLane(tmp_path) as lane:
        lane.gateway.ask(headers=JUDGED)
        lane.wait_for(as_good=1)
        lane.cheap.default = whole(answer("4", finish="length"))
        assert lane.gateway.ask(headers=JUDGED).json()["model"] == "dear/frontier"
        assert len(lane.dear.requests) == 2
        time.sleep(0.1)
        assert lane.outcomes() == {"as_good": 1}


def test_nobody_is_looked_at_who_may_not_climb_or_is_not_judged(tmp_path):
    with ShadowLane(tmp_path) as lane:
        lane.gateway.ask(headers={**JUDGED, "x-tierway-max-tier": "small"})
        lane.gateway.ask(headers={"x-tierway-class": "chat"})
        lane.gateway.ask(headers=JUDGED, model="cheap/small")
        time.sleep(0.2)
        assert not lane.dear.requests and not lane.outcomes()


def test_prose_is_judged_by_a_model(tmp_path):
    judge = FakeUpstream(default=whole(answer('{"as_good": false}', used=usage(90, 6))))

    def change(config):
        config["providers"]["judge"] = {"dialect": "openai", "base_url": judge.url()}
        config["models"]["judge/fair"] = {"price": {"input": 0.2, "output": 0.4}}

    with judge, ShadowLane(tmp_path, change, judge="judge/fair") as lane:
        lane.cheap.default = whole(answer("It rains.\nBring a coat.", used=DRAFT))
        lane.dear.default = whole(answer("It pours.\nBring an umbrella.", used=BETTER))
        lane.gateway.ask("What is the weather?", headers=JUDGED)
        lane.wait_for(worse=1)
        text = judge.last.json()["messages"][1]["content"]
        assert "It rains." in text and "It pours." in text and "What is the weather?" in text
        expected = cost_nano("dear/frontier", 15, 3) + 90 * 200 + 6 * 400
        eventually(lambda: spent(lane.ledger).get("shadow") == expected, "both costs")
        (row,) = eventually(lane.kept_rows, "the row")
        assert row["judged_by"] == "judge/fair"


def test_prose_without_a_judge_is_undecided(tmp_path):
    with ShadowLane(tmp_path) as lane:
        lane.dear.default = whole(answer("It pours.\nBring an umbrella."))
        lane.gateway.ask(headers=JUDGED)
        lane.wait_for(undecided=1)


def test_it_never_spends_more_than_its_budget(tmp_path):
    # An answer of at most ten tokens is reserved at what it may cost; one that was given cost 138600 nano-dollars.
    with ShadowLane(tmp_path, usd_per_day=0.0006) as lane:
        for _ in range(6):
            assert lane.gateway.ask(headers=JUDGED, max_tokens=10).status == 200
            time.sleep(0.1)
        eventually(lambda: sum(lane.outcomes().values()) == 6, "six comparisons")
        assert lane.outcomes()["budget_exceeded"] >= 1 and lane.outcomes()["as_good"] >= 1
        assert spent(lane.ledger)["shadow"] <= 600_000


def test_a_shadow_is_no_callers_to_pay_for(tmp_path):
    def change(config):
        config["budgets"] = [{"scope": "total", "usd": 1.0, "window": "day"}]

    with ShadowLane(tmp_path, change) as lane:
        lane.gateway.ask(headers=JUDGED)
        lane.wait_for(as_good=1)
        total = cost_nano("cheap/small", 12, 7) + cost_nano("dear/frontier", 15, 3)

        def left():
            return lane.gateway.metrics().get('tierway_budget_remaining_usd{kind="hard",name="all",scope="total",window="day"}')

        eventually(lambda: left() == pytest.approx(1.0 - total / 1e9), "the budget in total to hold both")


def test_only_so_many_are_under_way_at_once(tmp_path):
    with ShadowLane(tmp_path, concurrent=1) as lane:
        go_on = threading.Event()
        lane.dear.default = whole(answer("42"), delay=go_on)
        for _ in range(3):
            assert lane.gateway.ask(headers=JUDGED).status == 200
        lane.wait_for(busy=2)
        go_on.set()
        lane.wait_for(busy=2, as_good=1)


def test_a_frontier_that_fails_harms_nobody(tmp_path):
    with ShadowLane(tmp_path) as lane:
        lane.dear.default = error(503)
        assert lane.gateway.ask(headers=JUDGED).status == 200
        lane.wait_for(upstream_unavailable=1)


def test_a_class_below_its_bar_raises_the_alarm(tmp_path):
    with ShadowLane(tmp_path, concurrent=64, usd_per_day=50) as lane:
        below = 'tierway_quality_below_bar{class="judged"}'
        lane.cheap.default = whole(answer("41"))
        lane.gateway.ask(headers=JUDGED)
        lane.wait_for(worse=1)
        assert lane.gateway.metrics()[below] == 0, "one comparison is no evidence"
        for _ in range(40):
            lane.gateway.ask(headers=JUDGED)
        lane.wait_for(worse=41)
        eventually(lambda: lane.gateway.metrics()[below] == 1, "the alarm")


def test_a_drain_waits_for_no_comparison(tmp_path):
    with ShadowLane(tmp_path) as lane:
        lane.dear.default = silent
        assert lane.gateway.ask(headers=JUDGED).status == 200
        lane.dear.wait_for_requests(1)
        began = time.monotonic()
        lane.gateway.process.stop()
        assert time.monotonic() - began < 5
        ledger = lane.ledger
        for upstream in lane.upstreams.values():
            upstream.close()
    # What was sent may be billed: it is not forgotten.
    assert spent(ledger)["answer"] == cost_nano("cheap/small", 12, 7)
    assert sum(amount for purpose, amount in spent(ledger).items() if purpose != "answer") > 0
