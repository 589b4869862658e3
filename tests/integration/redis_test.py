"""Several replicas on one Redis: no budget is overshot, nothing is charged twice or lost, whatever befalls the server."""

import threading
import time

import pytest

from support.certificates import Certificates
from support.deadline import eventually
from support.fake_upstream import Exchange, whole
from support.gateway import sum_of
from support.lane import nano
from support.redis_faults import BUDGETED, COST, FAULTS, FREE, SCOPE, Fleet, Traffic, undergo
from support.redis_server import Counters, RedisServer

# One gateway alone has nobody to wait for.
ALONE = {"rebuild": "1ms"}
# The longest wait for leave is 250 ms; the rest is a machine that is busy, and sanitizers.
LONGEST = 1.5


@pytest.fixture(name="redis")
def redis_fixture(tmp_path):
    with RedisServer(tmp_path / "redis") as server:
        yield server


def ask(fleet: Fleet, request_class: str, number: int = 0):
    return fleet.gateways[number].ask(max_tokens=20, headers={"x-tierway-class": request_class})


def log_of(fleet: Fleet) -> str:
    return "\n".join(fleet.gateways[0].process.stderr.all())


def test_gateways_on_one_budget_spend_it_to_its_end_and_never_overshoot(tmp_path, redis):
    limit = 0.0006
    with Fleet(tmp_path, redis, 3, limit) as fleet:
        eventually(fleet.available, "gateways that trust the server")
        traffic = [Traffic(gateway, BUDGETED) for gateway in fleet.gateways for _ in range(2)]
        peak, looks = 0, 0
        end = time.monotonic() + 60
        while time.monotonic() < end and min(each.statuses.count(429) for each in traffic) < 10:
            seen = fleet.counters()
            peak, looks = max(peak, seen.settled + seen.reserved + seen.sliced), looks + 1
        for each in traffic:
            each.stop()
            assert set(each.statuses) <= {200, 429}, each.codes
        eventually(lambda: fleet.counters().reserved == 0, "nothing reserved at rest")
        assert looks > 20
        assert peak <= fleet.limit
        assert fleet.counters().settled == fleet.sent() * COST == sum(each.statuses.count(200) for each in traffic) * COST
        assert fleet.counters().settled > 0.9 * fleet.limit


def test_without_redis_only_what_a_hard_budget_counts_is_refused(tmp_path, redis):
    redis.kill()
    with Fleet(tmp_path, redis, 1, settings=ALONE) as fleet:
        for _ in range(20):
            began = time.monotonic()
            refused = ask(fleet, BUDGETED)
            assert (refused.status, refused.error["code"]) == (503, "ledger_unavailable")
            assert ask(fleet, FREE).status == 200
            assert time.monotonic() - began < LONGEST
        assert log_of(fleet).count("is away: Connection refused") == 1, "said once, not for each attempt"
        assert sum_of(fleet.gateways[0].metrics(), "tierway_store_available") == 0
        redis.start()
        eventually(lambda: ask(fleet, BUDGETED).status == 200, "an answer once it is there")


def test_a_password_is_sent_and_a_wrong_one_is_told_and_refuses_only_hard_budgets(tmp_path):
    with RedisServer(tmp_path / "redis", "--requirepass", "open-sesame-42") as redis:
        with Fleet(tmp_path / "right", redis, 1, settings={**ALONE, "password": "${REDIS_PASSWORD}"}, env={"REDIS_PASSWORD": "open-sesame-42"}) as fleet:
            eventually(lambda: ask(fleet, BUDGETED).status == 200, "an answer")
        with Fleet(tmp_path / "wrong", redis, 1, settings={**ALONE, "password": "${REDIS_PASSWORD}"}, env={"REDIS_PASSWORD": "hunter2-hunter2"}) as fleet:
            eventually(lambda: "WRONGPASS" in log_of(fleet), "the reason in the log")
            assert ask(fleet, BUDGETED).status == 503
            assert ask(fleet, FREE).status == 200
            assert "hunter2" not in log_of(fleet)


def test_tls_verifies_the_server_before_the_password_is_sent(tmp_path):
    certificates = Certificates(tmp_path)
    files = {"--tls-cert-file": str(certificates.good.chain), "--tls-key-file": str(certificates.good.key),
             "--tls-ca-cert-file": str(certificates.trusted.file), "--tls-auth-clients": "no"}
    settings = {**ALONE, "password": "${REDIS_PASSWORD}", "ca_file": str(certificates.trusted.file)}
    env = {"REDIS_PASSWORD": "open-sesame-42"}
    with RedisServer(tmp_path / "redis", "--requirepass", "open-sesame-42", tls=files) as redis:
        with Fleet(tmp_path / "trusted", redis, 1, settings=settings, env=env) as fleet:
            eventually(lambda: ask(fleet, BUDGETED).status == 200, "an answer")
        # The system's authorities do not know ours.
        del settings["ca_file"]
        with Fleet(tmp_path / "stranger", redis, 1, settings=settings, env=env) as fleet:
            eventually(lambda: "certificate verify failed" in log_of(fleet), "the reason in the log")
            assert ask(fleet, BUDGETED).status == 503
            assert ask(fleet, FREE).status == 200


@pytest.mark.parametrize("fault", FAULTS, ids=lambda name: name.replace(" ", "-"))
def test_whatever_befalls_the_server(fault, tmp_path, redis):
    with Fleet(tmp_path, redis, 2) as fleet:
        outcome = undergo(fleet, tmp_path, fault, 1.0)
        print(outcome.line())
        assert not outcome.broken
        assert set(outcome.free) == {200}, "what no budget counts is not affected"
        assert set(outcome.budgeted) <= {200, 503} and outcome.codes <= {"ledger_unavailable"}
        assert outcome.longest_free < LONGEST and outcome.longest_budgeted < LONGEST
        assert outcome.overspent == 0
        # Neither lost nor charged twice.
        assert outcome.miscounted == 0
        assert outcome.trusted_after < 6


def test_slices_serve_while_the_server_is_away_and_are_held_back_from_others(tmp_path, redis):
    # Each request may cost about 9,300 nano-dollars; a twentieth of the budget is some thirty of them.
    with Fleet(tmp_path, redis, 2, 0.006, {"slice": 0.05}) as fleet:
        fleet.serve_first()
        redis.stop()
        served = [0, 0]
        for number in range(2):
            statuses = [ask(fleet, BUDGETED, number).status for _ in range(80)]
            assert set(statuses) == {200, 503}
            served[number] = statuses.count(200)
        assert all(10 < each < 60 for each in served), served
        redis.go_on()
        eventually(lambda: fleet.counters().settled == fleet.sent() * COST and fleet.counters().reserved == 0, "what was spent meanwhile", 30)
        eventually(lambda: ask(fleet, BUDGETED).status == 200, "an answer")


def test_what_a_killed_gateway_had_open_is_charged_with_its_estimate(tmp_path, redis):
    with Fleet(tmp_path, redis, 2, settings={"lease": "5s"}) as fleet:
        fleet.serve_first()
        eventually(lambda: fleet.counters().reserved == 0, "nothing under way")
        before = fleet.counters().settled
        release = threading.Event()

        def hold(exchange: Exchange) -> None:
            release.wait(20)
            whole()(exchange)

        fleet.upstream.push(hold)
        asking = threading.Thread(target=lambda: pytest.raises(Exception, ask, fleet, BUDGETED, 1), daemon=True)
        asking.start()
        reserved = eventually(lambda: fleet.counters().reserved, "the reservation")
        killed = fleet.gateways.pop()
        killed.process.process.kill()
        killed.process.wait()
        began = time.monotonic()
        eventually(lambda: fleet.counters().reserved == 0, "the end of its lease", 20)
        assert time.monotonic() - began < 7
        assert fleet.counters().settled == before + reserved
        assert sum_of(fleet.gateways[0].metrics(), "tierway_store_events_total", event="crashed_attempt") == 1
        release.set()


def test_a_replica_with_a_file_of_its_own_reports_and_remembers_over_a_restart(tmp_path, redis):
    store = {"sqlite": str(tmp_path / "own.db"), "durability": "process"}
    with Fleet(tmp_path / "first", redis, 1, settings=ALONE, store=store) as fleet:
        eventually(lambda: ask(fleet, BUDGETED).status == 200, "an answer")
        for _ in range(5):
            ask(fleet, BUDGETED)
        sent = fleet.sent()
        eventually(lambda: fleet.counters().settled == sent * COST, "the charges")
    # Both are gone at once: the process and all that Redis knew.
    redis.ask("FLUSHALL")
    with Fleet(tmp_path / "second", redis, 1, settings=ALONE, store=store) as fleet:
        eventually(fleet.available, "a gateway that trusts the server")
        eventually(lambda: fleet.counters().settled == sent * COST, "what the file knows")
        assert ask(fleet, BUDGETED).status == 200
        eventually(lambda: fleet.counters().settled == (sent + 1) * COST, "one more")
        eventually(lambda: nano(fleet.gateways[0].admin("/api/spend").json()["total"]["cost_usd"]) == (sent + 1) * COST, "the report")


def test_deployments_with_other_prefixes_do_not_meet(tmp_path, redis):
    with Fleet(tmp_path, redis, 1, settings={**ALONE, "key_prefix": "{other}:"}) as fleet:
        eventually(lambda: ask(fleet, BUDGETED).status == 200, "an answer")
        eventually(lambda: Counters(redis, SCOPE, "{other}:").settled == COST, "the charge")
        assert fleet.counters().settled == 0
        assert all(key.startswith("{other}:") for key in redis.ask("KEYS", "*"))
