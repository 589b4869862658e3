"""SIGTERM under load: told at once, nothing that can end is cut, what cannot is cut loudly (RELIABILITY.md section 8, row 32)."""

import asyncio
import signal
import socket
from pathlib import Path

from .load import StreamClient, ask, open_streams
from .peers import Upstream, policy, supported
from .report import Report
from support.gateway import Gateway
from support.raw_client import RawClient, request_bytes

DELAY = 2
GRACE = 6
INTERVAL_MS = 500
# The one kind ends well before the grace is over, the other long after.
SHORT_EVENTS, LONG_EVENTS = 8, 200
READY_MS_MAX = 100


def not_ready(gateway: Gateway) -> bool:
    with RawClient(gateway.admin_address, timeout=2) as client:
        client.send(request_bytes("GET", "/readyz"))
        return client.read_response().status == 503


def accepts(gateway: Gateway) -> bool:
    """Whether a new connection is taken and answered."""
    try:
        with socket.create_connection(gateway.address, timeout=1) as client:
            client.sendall(request_bytes("GET", "/v1/models"))
            return client.recv(12).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


async def time_until(condition, gateway: Gateway, seconds: float) -> float | None:
    """Seconds until it holds; None when it does not in time."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < seconds:
        try:
            if await asyncio.to_thread(condition, gateway):
                return loop.time() - began
        except (OSError, AssertionError, ValueError):
            return None
        await asyncio.sleep(0.01)
    return None


async def measure(report: Report, gateway: Gateway, count: int, has_delay: bool) -> None:
    short = ask(f"events={SHORT_EVENTS};interval={INTERVAL_MS}", True)
    long = ask(f"events={LONG_EVENTS};interval={INTERVAL_MS}", True)
    clients = await open_streams(gateway.address, [long, short] * (count // 2), 1_000)
    await asyncio.sleep(0.3)
    loop = asyncio.get_running_loop()
    began = loop.time()
    gateway.process.signal(signal.SIGTERM)
    told = await time_until(not_ready, gateway, 2)
    report.add("/readyz says 503 after", "never" if told is None else f"{told * 1000:.0f} ms", f"<= {READY_MS_MAX} ms",
               told is not None and told * 1000 <= READY_MS_MAX)
    early = await asyncio.to_thread(accepts, gateway)
    report.add("right after, new connections are still served", "yes" if early else "no", "yes", early,
               "" if has_delay else "needs server.drain_delay")
    await asyncio.sleep(max(0.0, began + DELAY + 0.7 - loop.time()))
    late = await asyncio.to_thread(accepts, gateway)
    report.add("and no more once the delay is over", "no" if not late else "yes", "no", not late)
    code = await asyncio.to_thread(gateway.process.wait, DELAY + GRACE + 30)
    ended = loop.time() - began
    await asyncio.wait([client.closed for client in clients], timeout=5)
    judge(report, clients)
    report.add("exit code", code, "0", code == 0)
    report.add("ended after", f"{ended:.1f} s", f"<= {DELAY + GRACE + 2} s", ended <= DELAY + GRACE + 2)


def judge(report: Report, clients: list[StreamClient]) -> None:
    long, short = clients[::2], clients[1::2]
    report.none_of(f"streams cut that could end in time, of {len(short)}", sum(not client.ended_well for client in short))
    loud = sum(client.cut_loudly for client in long)
    report.add(f"streams that could not: error event, no [DONE], no last chunk, of {len(long)}", loud, str(len(long)), loud == len(long))
    report.none_of("streams that could not and look complete", sum(client.ended_well or client.body_complete for client in long))


def drain(folder: Path, quick: bool) -> Report:
    report = Report("drain")
    with Upstream() as upstream:
        config = policy(upstream.base_url, {"drain_timeout": f"{GRACE}s"})
        config = supported(folder, config, "server", {"drain_delay": f"{DELAY}s"}, report)
        gateway = Gateway(folder, config)
        try:
            asyncio.run(measure(report, gateway, 200 if quick else 1_000, "drain_delay" in config["server"]))
        finally:
            if gateway.process.alive():
                gateway.process.process.kill()
                gateway.process.wait()
    return report
