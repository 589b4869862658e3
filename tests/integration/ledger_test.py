"""One ledger file and several processes that spend from it, some of which die. For the long proof of sudden death:
TIERWAY_LEDGER_KILLS=50 TIERWAY_LEDGER_ATTEMPTS=10000 tests/run_pytest.sh -s tests/integration/ledger_test.py -k kill"""

import os
import random
import time

import pytest

from support.deadline import eventually
from support.ledger import Spender, rows, spenders, value

LEASE_MS = 500


def test_eight_processes_that_race_for_a_budget_never_exceed_it(tmp_path):
    """Estimates bound the costs here, so what is settled and reserved stays within the limit at every moment."""
    file = tmp_path / "ledger.db"
    limit, estimate = 400_000, 1_000
    with spenders(*(Spender(file, f"p{i}", threads=4, attempts=40, limit_nano=limit, estimate_nano=estimate,
                            cost_max_nano=estimate) for i in range(8))) as racing:
        eventually(lambda: racing[0].said("granted"), "a first attempt")
        seen = []
        while any(spender.alive() for spender in racing):
            seen += rows(file, "SELECT settled_nano + reserved_nano FROM budgets WHERE scope = 'total/month'")
        for spender in racing:
            spender.finish()
    granted, refused, unavailable = (sum(int(spender.said("done")[0][i]) for spender in racing) for i in range(3))
    assert unavailable == 0
    assert granted + refused == 8 * 4 * 40
    assert refused > 0
    assert len(seen) >= 20
    assert max(total for total, in seen) <= limit
    # Little was left when the last one was refused.
    spent = value(file, "SELECT sum(cost_nano) FROM attempts")
    assert limit - estimate < spent <= limit
    assert rows(file, "SELECT settled_nano, reserved_nano FROM budgets WHERE scope = 'total/month'") == [(spent, 0)]
    assert value(file, "SELECT count(*) FROM attempts WHERE state = 'settled'") == granted


@pytest.mark.parametrize("durability", ["full", "normal"])
def test_kill_at_any_moment_loses_and_doubles_nothing(tmp_path, durability):
    kills_wanted = int(os.environ.get("TIERWAY_LEDGER_KILLS", "6"))
    attempts_wanted = int(os.environ.get("TIERWAY_LEDGER_ATTEMPTS", "200"))
    seed = int(os.environ.get("TIERWAY_LEDGER_SEED", str(time.time_ns())))
    print(f"\nseed {seed}")  # Shown when it fails.
    chance = random.Random(seed)
    file = tmp_path / "ledger.db"
    granted: dict[str, int] = {}
    settled: dict[str, int] = {}
    kills = 0
    while kills < kills_wanted or len(granted) < attempts_wanted:
        with spenders(*(Spender(file, f"k{kills + i}", threads=4, attempts=100_000, acknowledge=True, durability=durability,
                                lease_ms=LEASE_MS, estimate_nano=1_000, cost_max_nano=1_200) for i in range(2))) as pair:
            for spender in pair:
                eventually(lambda one=spender: one.said("granted"), "a first attempt")
            # The second outlives the first for a moment, sometimes for longer than its lease.
            for spender in pair:
                time.sleep(chance.uniform(0, 0.7))
                spender.kill()
                kills += 1
                for attempt, estimate in spender.said("granted"):
                    assert attempt not in granted
                    granted[attempt] = int(estimate)
                for attempt, cost in spender.said("settled"):
                    assert attempt not in settled
                    settled[attempt] = int(cost)
        assert value(file, "PRAGMA integrity_check") == "ok"

    dispatched = value(file, "SELECT count(*) FROM attempts WHERE state = 'dispatched'")
    restarts = iter(range(10_000))

    def all_ended() -> bool:
        with spenders(Spender(file, f"restart{next(restarts)}", threads=1, attempts=1, lease_ms=LEASE_MS)) as (caretaker,):
            caretaker.finish()
        return rows(file, "SELECT (SELECT count(*) FROM attempts WHERE state = 'dispatched'), (SELECT count(*) FROM instances)") == [(0, 0)]

    began = time.monotonic()
    eventually(all_ended, "every attempt and every lease to end")
    ended_after = time.monotonic() - began

    ledger = {attempt: (estimate, cost, source) for attempt, estimate, cost, source in
              rows(file, "SELECT attempt, estimate_nano, cost_nano, source FROM attempts WHERE attempt LIKE 'k%'")}
    assert granted.keys() <= ledger.keys(), "an attempt that was granted is not on record"
    for attempt, cost in settled.items():
        assert ledger[attempt][1:] == (cost, "provider"), attempt
    crashed = {attempt: row for attempt, row in ledger.items() if row[2] == "crash"}
    assert all(cost == estimate for estimate, cost, _ in crashed.values())
    # Four threads each, and each thread had one attempt under way.
    assert len(crashed) <= 4 * kills
    assert rows(file, "SELECT sum(settled_nano), sum(reserved_nano) FROM budgets WHERE scope = 'total/month'") == [
        (value(file, "SELECT sum(cost_nano) FROM attempts"), 0)]
    assert value(file, "SELECT sum(settled_nano) FROM budgets WHERE scope LIKE 'key:%'") == value(
        file, "SELECT sum(cost_nano) FROM attempts")
    assert value(file, "PRAGMA integrity_check") == "ok"
    print(f"{durability}: {kills} kills, {len(ledger)} attempts on record, {len(granted)} known to be granted, {len(settled)} known to "
          f"be settled, {dispatched} open at the end, {len(crashed)} charged with their estimates, the last {ended_after:.1f} s after "
          "the restart")


def test_a_process_that_lives_is_not_taken_for_dead(tmp_path):
    """Its attempts take four times its lease."""
    file = tmp_path / "ledger.db"
    with spenders(Spender(file, "slow", threads=2, attempts=1, hold_ms=4 * LEASE_MS, lease_ms=LEASE_MS)) as (slow,):
        eventually(lambda: slow.said("granted"), "its attempt")
        rounds = 0
        while slow.alive():
            with spenders(Spender(file, f"other{rounds}", threads=1, attempts=3, hold_ms=LEASE_MS // 4, lease_ms=LEASE_MS)) as (other,):
                other.finish()
            assert "charged" not in other.log()
            rounds += 1
        slow.finish()
    assert rounds >= 2
    assert value(file, "SELECT count(*) FROM attempts WHERE source = 'crash'") == 0
    assert value(file, "SELECT sum(reserved_nano) FROM budgets") == 0


def test_a_file_that_cannot_be_used_is_named_with_the_reason(tmp_path):
    with spenders(Spender(tmp_path / "missing" / "ledger.db", "x")) as (spender,):
        assert spender.wait() == 1
    assert spender.log() == (f"The ledger file {tmp_path}/missing/ledger.db cannot be used: the folder {tmp_path}/missing does not "
                             "exist; create it.")
