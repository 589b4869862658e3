"""A hundred reloads under load: no request fails, no stream is cut, nothing is leaked; a bad file changes nothing
(RELIABILITY.md section 8, row 30)."""

import asyncio
import signal
from pathlib import Path

from .load import RequestPool, ask, open_streams
from .part_streams import all_closed
from .peers import Upstream, end_quickly, policy, resident_bytes
from .report import Report
from support.gateway import Gateway, sum_of

RELOADS = 100
RATE = 200
# The first reloads let the allocator and the pools find their size.
SETTLING = 20
GROWTH_KIB_MAX = 1024


def reloads(gateway: Gateway, result: str) -> int:
    return int(sum_of(gateway.metrics(), "tierway_config_reloads_total", result=result))


async def until(gateway: Gateway, result: str, count: int, seconds: float = 10) -> bool:
    """Whether so many reloads are counted in time."""
    end = asyncio.get_running_loop().time() + seconds
    while await asyncio.to_thread(reloads, gateway, result) < count:
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.02)
    return True


def changed(config: dict, number: int) -> dict:
    """A policy that differs in each reload, so that nothing may be kept because it is the same."""
    return {**config, "models": {"load/m": {**config["models"]["load/m"], "context": 500_000 + number}}}


async def measure(report: Report, gateway: Gateway, config: dict, streams: int, interval: float) -> None:
    seconds = RELOADS * interval
    stream = ask(f"events={int(seconds) + 5};interval=1000", True)
    clients = await open_streams(gateway.address, [stream] * streams, 400)
    pool = RequestPool(gateway.address, ask("delay=20"))
    requests = asyncio.create_task(pool.at_rate(RATE, seconds + 2))
    memory = []
    loop = asyncio.get_running_loop()
    counted = 0
    for number in range(1, RELOADS + 1):
        due = loop.time() + interval
        gateway.write_config(changed(config, number))
        gateway.process.signal(signal.SIGHUP)
        # A watched file may be noticed as well, so there may be more reloads than signals.
        counted += await until(gateway, "success", number)
        memory.append(resident_bytes(gateway))
        await asyncio.sleep(max(0.0, due - loop.time()))
    outcomes = await requests
    unfinished = await all_closed(clients, 60)
    report.add("reloads counted", counted, str(RELOADS), counted == RELOADS)
    failed = [outcome for outcome in outcomes if outcome.status != 200]
    report.add("requests meanwhile", len(outcomes))
    report.none_of("requests failed", len(failed), {outcome.error or outcome.status for outcome in failed})
    cut = [client for client in clients if not client.ended_well]
    report.none_of(f"streams cut of {streams}", max(len(cut), unfinished), {client.error_event[:100] for client in cut})
    grown = (memory[-1] - memory[SETTLING]) / 1024
    report.at_most(f"memory grown over the last {RELOADS - SETTLING} reloads", grown, GROWTH_KIB_MAX, " KiB", 0)
    pool.close()


async def bad_file(report: Report, gateway: Gateway, config: dict) -> None:
    gateway.write_config("version: 1\nprovders: {}\n")
    gateway.process.signal(signal.SIGHUP)
    counted = await until(gateway, "failure", 1)
    report.add("a bad file is counted as a failure", "yes" if counted else "no", "yes", counted)
    pool = RequestPool(gateway.address, ask("delay=1"))
    [outcome] = await pool.at_rate(1, 1)
    pool.close()
    report.add("and the old policy serves on", outcome.status or outcome.error, "200", outcome.status == 200)
    report.add("and the log says why", "yes" if "provders" in gateway.process.log() else "no", "yes", "provders" in gateway.process.log())
    # Without a signal: the file alone changes.
    before = await asyncio.to_thread(reloads, gateway, "success")
    gateway.write_config(changed(config, RELOADS + 1))
    noticed = await until(gateway, "success", before + 1, 5)
    report.add("a changed file is taken without a signal", "yes" if noticed else "no", "yes", noticed)


def reload(folder: Path, quick: bool) -> Report:
    report = Report("reload")
    streams, interval = (100, 0.1) if quick else (500, 0.3)
    with Upstream() as upstream:
        config = policy(upstream.base_url)
        gateway = Gateway(folder, config)
        try:
            asyncio.run(measure(report, gateway, config, streams, interval))
            asyncio.run(bad_file(report, gateway, config))
        finally:
            end_quickly(gateway)
    return report
