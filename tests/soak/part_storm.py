"""A provider that is down, or comes and goes, in front of one that is well: clients see nothing of it
(RELIABILITY.md section 8, rows 3 and 5)."""

import asyncio
import json
from pathlib import Path

from .load import RequestPool, ask
from .peers import Upstream, end_quickly, policy
from .report import Report
from support.gateway import Gateway

RATE = 500
SETTLING = 2  # Seconds from the first failure until the breaker must have opened.


def storm_policy(primary: Upstream, fallback: Upstream) -> dict:
    config = policy(primary.base_url)
    config["providers"]["spare"] = {**config["providers"]["load"], "base_url": fallback.base_url}
    config["models"]["spare/m"] = dict(config["models"]["load/m"])
    config["tiers"]["only"] = ["load/m", "spare/m"]
    return config


def breaker(gateway: Gateway) -> dict:
    [model] = [model for model in json.loads(gateway.admin("/api/models").body) if model["model"] == "load/m"]
    return model


async def asked(upstream: Upstream) -> int:
    return (await asyncio.to_thread(upstream.call, "GET", "/stats"))["requests"]


async def down(report: Report, gateway: Gateway, primary: Upstream, fallback: Upstream, seconds: float) -> None:
    pool = RequestPool(gateway.address, ask("delay=1"))
    await pool.at_rate(RATE, 2)
    await asyncio.to_thread(primary.call, "POST", "/fail")
    load = asyncio.create_task(pool.at_rate(RATE, seconds))
    await asyncio.sleep(SETTLING)
    before = await asked(primary) + await asked(fallback)
    primary_before = await asked(primary)
    await asyncio.sleep(seconds - SETTLING - 1)
    attempts = await asked(primary) + await asked(fallback) - before
    probes = await asked(primary) - primary_before
    outcomes = await load
    report.add("down: requests", len(outcomes))
    report.none_of("down: client errors", sum(outcome.status != 200 for outcome in outcomes))
    report.at_most("down: attempts for each request once the breaker is open", attempts / ((seconds - SETTLING - 1) * RATE), 1.2, "", 3)
    # The first probes come after five seconds, later ones less often.
    report.at_most("down: probes of the dead provider each second", probes / (seconds - SETTLING - 1), 0.2, "", 2)
    await asyncio.to_thread(primary.call, "POST", "/heal")
    loop = asyncio.get_running_loop()
    healed, back = loop.time(), None
    known = await asked(primary)
    while back is None and loop.time() < healed + 70:
        await pool.at_rate(RATE, 0.5)
        now = await asked(primary)
        if now - known > RATE / 4:
            back = loop.time() - healed
        known = now
    open_max = 60
    report.add("down: back on the first provider after", f"{back:.1f} s" if back else "never", f"<= {open_max} s", back is not None and back <= open_max)
    pool.close()


async def flapping(report: Report, gateway: Gateway, primary: Upstream, seconds: float) -> None:
    pool = RequestPool(gateway.address, ask("delay=1"))
    load = asyncio.create_task(pool.at_rate(RATE, seconds))
    first = breaker(gateway)
    changes, state = 0, first["breaker"]
    loop = asyncio.get_running_loop()
    end, failing, turn = loop.time() + seconds, False, loop.time()
    while loop.time() < end:
        if loop.time() >= turn:
            failing, turn = not failing, turn + 1
            await asyncio.to_thread(primary.call, "POST", "/fail" if failing else "/heal")
        seen = (await asyncio.to_thread(breaker, gateway))["breaker"]
        # A probe under way is no change: it ends in one or the other.
        if seen != "half_open" and seen != state:
            changes, state = changes + 1, seen
        await asyncio.sleep(0.05)
    outcomes = await load
    await asyncio.to_thread(primary.call, "POST", "/heal")
    good = sum(outcome.status == 200 for outcome in outcomes)
    report.at_least("flapping: requests served", 100 * good / len(outcomes), 99, " %", 2)
    report.at_most("flapping: openings and closings of the breaker in 5 s", changes / seconds * 5, 1, "", 2)
    pool.close()


def storm(folder: Path, quick: bool) -> Report:
    report = Report("storm")
    with Upstream() as primary, Upstream() as fallback:
        gateway = Gateway(folder, storm_policy(primary, fallback))
        try:
            asyncio.run(down(report, gateway, primary, fallback, 15 if quick else 60))
            asyncio.run(flapping(report, gateway, primary, 15 if quick else 60))
        finally:
            end_quickly(gateway)
    return report
