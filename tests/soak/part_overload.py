"""Five times more than can be served: what can be served still is, the rest is told so at once, and it ends with the load
(RELIABILITY.md section 8, row 28)."""

import asyncio
from pathlib import Path

from .load import RequestPool, ask, without_pauses
from .peers import Upstream, end_quickly, policy, resident_bytes, supported
from .report import Report, percentile
from support.gateway import Gateway

# With so many under way at once and so long for each, the provider answers a thousand a second: capacity is what it allows, and the
# machine's two cores, which the load shares, are not what limits.
IN_FLIGHT = 100
DELAY_MS = 100
TIMES = 5
RECOVERY_SECONDS = 5


def served(outcomes: list) -> list:
    return [outcome for outcome in outcomes if outcome.status == 200]


async def measure(report: Report, gateway: Gateway, seconds: float) -> None:
    request = ask(f"delay={DELAY_MS}")
    pool = RequestPool(gateway.address, request)
    await pool.at_depth(IN_FLIGHT, 1)
    without_pauses()
    closed = await pool.at_depth(IN_FLIGHT, seconds)
    pool.close()
    capacity = len(served(closed)) / seconds
    report.add("served at most (closed loop)", f"{capacity:.0f}/s")
    base = resident_bytes(gateway)

    offered = TIMES * capacity
    pool = RequestPool(gateway.address, request)
    loop = asyncio.get_running_loop()
    began = loop.time()
    outcomes = await pool.at_rate(offered, seconds)
    took = loop.time() - began
    pool.close()
    good = served(outcomes)
    shed = [outcome for outcome in outcomes if outcome.status == 503]
    others = [outcome for outcome in outcomes if outcome.status not in (200, 503)]
    report.add("offered (open loop)", f"{len(outcomes) / seconds:.0f}/s", f"{offered:.0f}/s", took < seconds * 1.5)
    report.at_least("served of what is possible", 100 * len(good) / took / capacity, 90, " %", 0)
    report.add("refused with 503", len(shed), "> 0", len(shed) > 0)
    report.none_of("refused without Retry-After", sum(outcome.retry_after is None for outcome in shed))
    report.none_of("neither served nor refused", len(others), {outcome.error or outcome.status for outcome in others})
    if shed:
        report.at_most("p99 until a refusal", percentile([outcome.took * 1000 for outcome in shed], 0.99), 20, " ms")
    report.add("p50 / p99 of what was served", f"{percentile([outcome.took for outcome in good], 0.5) * 1000:.0f} / "
                                               f"{percentile([outcome.took for outcome in good], 0.99) * 1000:.0f} ms")
    report.add("resident memory added", f"{(resident_bytes(gateway) - base) >> 20} MiB")

    await asyncio.sleep(0.5)
    pool = RequestPool(gateway.address, request)
    after = await pool.at_depth(IN_FLIGHT, RECOVERY_SECONDS - 0.5)
    pool.close()
    recovered = 100 * len(served(after)) / (RECOVERY_SECONDS - 0.5) / capacity
    report.at_least(f"served of what is possible, within {RECOVERY_SECONDS} s after", recovered, 90, " %", 0)


def overload(folder: Path, quick: bool) -> Report:
    report = Report("overload")
    with Upstream() as upstream:
        config = supported(folder, policy(upstream.base_url), "server", {"in_flight_max": IN_FLIGHT}, report)
        gateway = Gateway(folder, config)
        try:
            asyncio.run(measure(report, gateway, 4 if quick else 15))
        finally:
            end_quickly(gateway)
    return report
