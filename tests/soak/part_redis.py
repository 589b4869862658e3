"""Several gateways on one Redis: eight never overshoot one budget, and what each fault of the server costs in time and money."""

import time
from pathlib import Path

from .report import Report
from support.deadline import eventually
from support.redis_faults import BUDGETED, COST, FAULTS, Fleet, Traffic, undergo
from support.redis_server import RedisServer

PROCESSES = 8
LEASE_SECONDS = 5


def replicas(folder: Path, quick: bool) -> Report:
    """The budget ends before the wanted number of requests is served; one gateway of the eight is killed on the way."""
    report = Report("replicas")
    wanted = 2_000 if quick else 64_000
    limit = round(wanted * 0.9 * COST) / 1e9
    with RedisServer(folder / "redis") as redis, Fleet(folder, redis, PROCESSES, limit, {"lease": f"{LEASE_SECONDS}s"}) as fleet:
        fleet.serve_first()
        traffic = [Traffic(gateway, BUDGETED) for gateway in fleet.gateways for _ in range(2)]
        peak, looks, killed_at = 0, 0, 0.0
        end = time.monotonic() + (120 if quick else 1_200)
        while time.monotonic() < end and min(each.statuses[-10:].count(429) for each in traffic if not each.broken) < 10:
            seen = fleet.counters()
            peak, looks = max(peak, seen.settled + seen.reserved + seen.sliced), looks + 1
            if not killed_at and seen.settled > fleet.limit / 2:
                killed = fleet.gateways.pop()
                killed.process.process.kill()
                killed.process.wait()
                killed_at = time.monotonic()
            time.sleep(0.01)
        for each in traffic:
            each.stop()
        eventually(lambda: fleet.counters().reserved == 0, "the end of what the killed one had open", LEASE_SECONDS + 10)
        counters = fleet.counters()
        served = sum(each.statuses.count(200) for each in traffic) + PROCESSES
        crashed = fleet.metric("tierway_store_events_total", event="crashed_attempt")
    report.add("gateways on one budget, of which one was killed", PROCESSES)
    report.add("served / refused", f"{served} / {sum(each.statuses.count(429) for each in traffic)}")
    report.none_of("answers that were neither", sum(status not in (200, 429) for each in traffic for status in each.statuses))
    report.add(f"peak of settled + reserved + slices, of {looks} looks", f"{peak / 1e9:.9f}", f"<= {limit}", peak <= fleet.limit)
    # What the killed one had open is charged with estimates, which are above what answers cost.
    report.add("charged", f"{counters.settled / 1e9:.9f}", f">= {fleet.sent() * COST / 1e9:.9f} (sent), <= {limit}",
               fleet.sent() * COST <= counters.settled <= fleet.limit)
    report.add("charged above what was sent, for attempts of the killed one", f"{(counters.settled - fleet.sent() * COST) / 1e9:.9f}",
               note=f"{crashed:.0f} attempts charged with their estimates")
    report.add("still reserved", counters.reserved, "0", counters.reserved == 0)
    report.at_least("of the budget used", 100 * counters.settled / fleet.limit, 90, " %", 0)
    return report


def redis_faults(folder: Path, quick: bool) -> Report:
    report = Report("redis_faults")
    for number, fault in enumerate(FAULTS):
        seconds = 2.0 if quick else 60.0 if fault == "down, back empty" else 5.0
        place = folder / str(number)
        with RedisServer(place / "redis") as redis, Fleet(place, redis, 3 if quick else PROCESSES, 20.0) as fleet:
            outcome = undergo(fleet, place, fault, seconds, clients=1 if quick else 2)
        served = outcome.budgeted.count(200)
        name = f"{fault}, {seconds:.0f} s"
        report.add(f"{name}: unbudgeted answered", f"{outcome.free.count(200)} / {len(outcome.free)}", "all", set(outcome.free) == {200})
        report.add(f"{name}: budgeted answered / refused", f"{served} / {len(outcome.budgeted) - served}", "503 at worst",
                   set(outcome.budgeted) <= {200, 503} and not outcome.broken)
        report.at_most(f"{name}: longest unbudgeted request", outcome.longest_free * 1000, 1_000, " ms", 0)
        report.at_most(f"{name}: longest budgeted request", outcome.longest_budgeted * 1000, 1_000, " ms", 0)
        report.at_most(f"{name}: until the counters were trusted", outcome.trusted_after, 5, " s")
        report.add(f"{name}: overspent / charged less sent", f"{outcome.overspent} / {outcome.miscounted} nano-dollars", "0 / 0",
                   outcome.overspent == 0 and outcome.miscounted == 0)
    return report
