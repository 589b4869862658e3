"""Budgets: what may not be spent is not sent, what was spent is counted once, and the client is told what is left and until when."""

import hashlib
import random
import threading

import pytest

from support.answers import answer, encode, usage
from support.deadline import eventually
from support.fake_upstream import Exchange, error, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import Lane, cost_nano, nano, usd
from support.raw_client import request_bytes

# What one answer of the fake provider costs on the cheap model.
PROMPT, COMPLETION = 10, 5
COST = cost_nano("cheap/small", PROMPT, COMPLETION)


def answered(exchange: Exchange) -> None:
    whole(answer("Fine.", used=usage(PROMPT, COMPLETION)))(exchange)


def budgeted(budgets: list[dict], store: dict | None = None):
    def change(config: dict) -> None:
        config["budgets"] = budgets
        if store:
            config["store"] = store

    return change


@pytest.fixture(name="stored", params=["memory", "sqlite"])
def stored_fixture(request, tmp_path):
    """The setting of each kind of store."""
    return {"sqlite": str(tmp_path / "ledger.db")} if request.param == "sqlite" else None


def ask(lane: Lane, **fields):
    return lane.gateway.ask(max_tokens=20, **fields)


def test_a_budget_is_spent_to_its_end_and_no_further(tmp_path, stored):
    # Some thirty answers.
    limit = nano("0.0001")
    with Lane(tmp_path / "lane", budgeted([{"scope": "total", "usd": 0.0001, "window": "month"}], stored)) as lane:
        lane.cheap.default = answered
        spent, served, refused = 0, 0, None
        while refused is None and served < 100:
            response = ask(lane)
            if response.status == 200:
                served += 1
                assert nano(response.headers["x-tierway-cost-usd"]) == COST
                # The estimate of this one is still reserved when it is told.
                assert nano(response.headers["x-tierway-budget-left-usd"]) < limit - spent
                spent += COST
                lane.gateway.record_of(response)
            else:
                refused = response
        assert served > 3
        assert spent <= limit
        assert refused.status == 429
        assert refused.error["code"] == "budget_exceeded"
        assert "total:all/month" in refused.error["message"]
        assert refused.error["resets_at"].endswith("-01T00:00:00Z")
        assert refused.headers["x-should-retry"] == "false"
        assert len(lane.cheap.requests) == served, "what is refused is not sent"
        record = lane.gateway.record_of(refused)
        assert (record["outcome"], record["error_code"], record["cost_usd"]) == ("denied", "budget_exceeded", 0)
        left = sum_of(lane.gateway.metrics(), "tierway_budget_remaining_usd", scope="total", window="month")
        assert round(left * 1e9) == limit - spent


def test_a_request_that_no_budget_can_pay_for_is_told_so(tmp_path, stored):
    with Lane(tmp_path / "lane", budgeted([{"scope": "class", "name": "chat", "usd": 0.0001, "window": "hour"}], stored)) as lane:
        response = lane.gateway.ask(max_tokens=100_000)
        assert response.status == 402
        assert response.error["code"] == "request_exceeds_budget"
        assert response.headers["x-should-retry"] == "false"
        assert not lane.cheap.requests
        lane.cheap.push(answered)
        assert lane.gateway.ask(max_tokens=10, headers={"x-tierway-class": "capped"}).status == 200, "another class spends its own money"


def test_a_soft_budget_counts_and_refuses_nothing(tmp_path, stored):
    with Lane(tmp_path / "lane", budgeted([{"scope": "total", "usd": 0.0001, "window": "day", "kind": "soft"}], stored)) as lane:
        lane.cheap.default = answered
        for _ in range(40):
            response = ask(lane)
            assert response.status == 200
            assert "x-tierway-budget-left-usd" not in response.headers
        assert 40 * COST > nano("0.0001")
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_budget_remaining_usd", kind="soft") < 0, "the overdraft")


def test_what_never_reached_a_model_gives_everything_back(tmp_path, stored):
    with Lane(tmp_path / "lane", budgeted([{"scope": "total", "usd": 0.0001, "window": "day"}], stored)) as lane:
        for _ in range(20):
            lane.cheap.push(error(400))
            refused = ask(lane)
            assert refused.status == 400
            lane.gateway.record_of(refused)
        lane.cheap.push(answered)
        assert ask(lane).status == 200


def test_a_climb_that_no_budget_pays_for_is_not_taken_and_the_draft_is_served(tmp_path, stored):
    with Lane(tmp_path / "lane", budgeted([{"scope": "total", "usd": 0.0001, "window": "day"}], stored)) as lane:
        lane.cheap.push(whole(answer("I'm not sure, I don't know.", used=usage(PROMPT, COMPLETION))))
        response = lane.gateway.ask(max_tokens=50, headers={"x-tierway-class": "judged"})
        assert response.status == 200
        assert response.headers["x-tierway-model"] == "cheap/small"
        assert response.headers["x-tierway-escalation"] == "denied; reason=request_exceeds_budget"
        assert not lane.dear.requests


def test_clients_that_race_for_the_last_cents_never_get_more(tmp_path, stored):
    limit = nano("0.0002")
    with Lane(tmp_path / "lane", budgeted([{"scope": "total", "usd": 0.0002, "window": "month"}], stored)) as lane:
        lane.cheap.default = answered
        statuses: list[int] = []

        def race() -> None:
            with lane.gateway.connect() as client:
                for _ in range(40):
                    client.send(request_bytes("POST", CHAT, encode(chat(max_tokens=20))))
                    statuses.append(client.read_response().status)

        threads = [threading.Thread(target=race) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert set(statuses) <= {200, 429}
        served = statuses.count(200)
        assert served == len(lane.cheap.requests)
        assert 0 < served * COST <= limit
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_cost_usd_total") > 0, "the costs")
        assert nano(usd(served * COST)) == served * COST


def test_a_budget_outlives_the_process(tmp_path):
    change = budgeted([{"scope": "total", "usd": 0.0001, "window": "month"}], {"sqlite": str(tmp_path / "ledger.db")})
    served = []
    for folder in ("first", "second"):
        with Lane(tmp_path / folder, change) as lane:
            lane.cheap.default = answered
            count = 0
            while (response := ask(lane)).status == 200:
                count += 1
                lane.gateway.record_of(response)
            assert response.status == 429
            served.append(count)
    assert served[0] > 3
    assert served[1] == 0


def keyed(*ids: str, team: str = "search") -> tuple[list[dict], dict[str, dict[str, str]]]:
    """Entries of `keys`, and the header that each key is sent with."""
    secrets = {name: f"tw-{name}-{'0123456789abcdef' * 2}" for name in ids}
    entries = [{"id": name, "team": team, "sha256": hashlib.sha256(secret.encode()).hexdigest()} for name, secret in secrets.items()]
    return entries, {name: {"Authorization": f"Bearer {secret}"} for name, secret in secrets.items()}


def spend_all(lane: Lane, headers: dict[str, str], draw: random.Random) -> int:
    """How many requests were served before one was refused; each says that another user asks."""
    for served in range(200):
        response = ask(lane, headers=headers, user=f"user-{draw.random()}")
        if response.status != 200:
            assert response.error["code"] == "budget_exceeded"
            return served
        lane.gateway.record_of(response)
    raise AssertionError("the budget never ended")


def test_every_key_has_its_own_budget_whatever_users_it_names_and_a_team_shares_one(tmp_path, stored):
    entries, sent_with = keyed("one", "two", "rich")
    budgets = [{"scope": "key", "usd": 0.0001, "window": "month"}, {"scope": "key", "name": "rich", "usd": 0.0004, "window": "month"},
               {"scope": "team", "usd": 0.0005, "window": "month"}]

    def change(config: dict) -> None:
        config["keys"] = entries
        budgeted(budgets, stored)(config)

    draw = random.Random(7)
    with Lane(tmp_path / "lane", change) as lane:
        lane.cheap.default = answered
        for name in ("one", "two"):
            served = spend_all(lane, sent_with[name], draw)
            assert 0.8 * nano("0.0001") < served * COST <= nano("0.0001"), name
        served = spend_all(lane, sent_with["rich"], draw)
        # The team's budget ends before its own does.
        assert served * COST < nano("0.0004") - COST * 10
        assert nano("0.0004") < len(lane.cheap.requests) * COST <= nano("0.0005")
