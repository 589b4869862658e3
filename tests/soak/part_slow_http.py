"""slowhttptest against the gateway: heads, bodies and readings that take for ever do not hurt those who behave
(RELIABILITY.md section 8, row 19)."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

from .load import RequestPool, ask, without_pauses
from .peers import Upstream, end_quickly, open_descriptors, policy
from .report import Report, steady_percentile
from support.gateway import CHAT, Gateway

GOOD_RATE = 100
GOOD_DELAY_MS = 5
ATTACKS = {
    "slow heads": ["-H", "-i", "2", "-x", "24"],
    "slow bodies": ["-B", "-i", "2", "-s", "8192", "-x", "10", "-f", "application/json"],
    "slow reading": ["-X", "-k", "3", "-w", "10", "-y", "20", "-n", "5", "-z", "32"],
}


async def good_p99(gateway: Gateway, go_on: Callable[[], bool]) -> tuple[float, int]:
    """The p99 and the failures of good requests, as long as they are wanted."""
    pool = RequestPool(gateway.address, ask(f"delay={GOOD_DELAY_MS}"))
    while go_on():
        await pool.at_rate(GOOD_RATE, 1)
    pool.close()
    p99 = steady_percentile([(outcome.due, outcome.took * 1000) for outcome in pool.outcomes], 0.99)
    return p99, sum(outcome.status != 200 for outcome in pool.outcomes)


async def attack(gateway: Gateway, arguments: list[str], connections: int, seconds: int) -> str:
    host, port = gateway.address
    path = "/v1/models" if "-X" in arguments else CHAT
    process = await asyncio.create_subprocess_exec(
        "slowhttptest", "-c", str(connections), "-r", str(max(50, connections // 4)), "-l", str(seconds), "-p", "3",
        *arguments, "-u", f"http://{host}:{port}{path}", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    try:
        written, _ = await asyncio.wait_for(process.communicate(), seconds + 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return re.sub(r"\x1b\[[0-9;]*[a-zA-Z]", "", written.decode(errors="replace"))


async def measure(report: Report, gateway: Gateway, connections: int, seconds: int) -> None:
    without_pauses()
    loop = asyncio.get_running_loop()
    end = loop.time() + max(6, seconds / 2)
    before, failed_before = await good_p99(gateway, lambda: loop.time() < end)
    base = open_descriptors(gateway)
    report.add("p99 of good requests before", f"{before:.1f} ms")
    report.none_of("good requests failed before", failed_before)
    for name, arguments in ATTACKS.items():
        running = asyncio.create_task(attack(gateway, arguments, connections, seconds))
        await asyncio.sleep(1)
        attacking = open_descriptors(gateway) - base
        during, failed = await good_p99(gateway, lambda: not running.done())
        output = await running
        report.at_most(f"{name}: p99 of good requests against before", during / before, 2, " x", 2)
        report.none_of(f"{name}: good requests failed", failed)
        found = re.search(r"Exit status: *(.+)", output)
        status = found[1].strip() if found else "none"
        report.add(f"{name}: {connections} connections, {attacking} open after a second, ended with", status.lower())
        if name == "slow heads":
            report.add(f"{name}: all closed by the gateway", "yes" if "No open" in status else "no", "yes", "No open" in status)
        await asyncio.sleep(3)
        left = open_descriptors(gateway) - base
        report.add(f"{name}: descriptors left open", left, "<= 10", left <= 10)


def slow_http(folder: Path, quick: bool) -> Report:
    report = Report("slow_http")
    connections, seconds, timeout = (500, 14, "5s") if quick else (4_000, 40, "10s")
    with Upstream() as upstream:
        limits = {"header_timeout": timeout, "body_timeout": timeout, "keep_alive_timeout": timeout}
        gateway = Gateway(folder, policy(upstream.base_url, limits))
        try:
            asyncio.run(measure(report, gateway, connections, seconds))
        finally:
            end_quickly(gateway)
    return report
