"""Many open streams: nothing lost, nothing reordered, little memory each, little delay added (RELIABILITY.md section 8, row 15)."""

import asyncio
import time
from pathlib import Path

from .load import StreamClient, ask, open_streams, without_pauses
from .peers import Upstream, cpu_seconds, end_quickly, open_descriptors, policy, raise_descriptor_limit, resident_bytes
from .report import Report, percentile
from support.certificates import Certificates
from support.gateway import Gateway

STREAMS_MAX = 9_500
TLS_STREAMS_MAX = 3_000
# Beside the streams: listeners, event loops, logs, the admin plane.
DESCRIPTORS_SPARE = 300
OPENED_PER_SECOND = 700


def streams_that_fit(wanted: int) -> int:
    """Each stream takes two descriptors in the gateway."""
    return min(wanted, (raise_descriptor_limit() - DESCRIPTORS_SPARE) // 2)


async def all_closed(clients: list[StreamClient], seconds: float) -> int:
    """Waits for the ends; returns how many did not come."""
    _, pending = await asyncio.wait([client.closed for client in clients], timeout=seconds)
    for client in clients:
        if client.transport:
            client.transport.abort()
    return len(pending)


async def run_direct(address: tuple[str, int], count: int, interval_ms: int, events: int) -> list[float]:
    """The same streams without a gateway: what client and provider add by themselves."""
    delays: list[float] = []
    clients = await open_streams(address, [ask(f"events={events};interval={interval_ms}", True)] * count, OPENED_PER_SECOND, delays)
    await all_closed(clients, events * interval_ms / 1000 + 30)
    return delays


async def measure(report: Report, gateway: Gateway, upstream: Upstream, count: int, interval_ms: int, seconds: float,
                  kib_each_max: float, delay_goal: bool) -> None:
    events = max(2, int(seconds * 1000 / interval_ms))
    # What every process needs once is not counted as a stream's: a few come and go first.
    warm = await open_streams(gateway.address, [ask("events=2;interval=10", True)] * 50, 200)
    await all_closed(warm, 20)
    base_memory, base_descriptors = resident_bytes(gateway), open_descriptors(gateway)
    direct = await run_direct(upstream.address, count, interval_ms, 4) if upstream.scheme == "http" and delay_goal else []
    without_pauses()

    delays: list[float] = []
    began, cpu_began = time.monotonic(), cpu_seconds(gateway)
    clients = await open_streams(gateway.address, [ask(f"events={events};interval={interval_ms}", True)] * count, OPENED_PER_SECOND,
                                 delays)
    opened_at = len(delays)
    await asyncio.sleep(min(seconds / 2, 10))
    memory_each = (resident_bytes(gateway) - base_memory) / count / 1024
    alive = sum(not client.closed.done() for client in clients)
    unfinished = await all_closed(clients, events * interval_ms / 1000 + 60)
    cpu_share = (cpu_seconds(gateway) - cpu_began) / (time.monotonic() - began)
    lost = sum(events - client.events for client in clients)
    report.add("streams at once", alive, str(count), alive == count)
    report.none_of("events lost", lost + unfinished)
    report.none_of("events reordered", sum(client.disordered for client in clients))
    report.none_of("streams that did not end well", sum(not client.ended_well for client in clients))
    report.add("events delivered", sum(client.events for client in clients))
    report.at_most("resident memory per stream", memory_each, kib_each_max, " KiB")
    report.at_most("CPU while open", cpu_share, 1, " cores", 2)
    # While the streams are being opened, connecting is what delays; that is not what the goal is about.
    settled = delays[opened_at:]
    if direct:
        added = percentile(settled, 0.99) - percentile(direct, 0.99)
        report.add("p50 / p99 delay without the gateway", f"{percentile(direct, 0.5):.2f} / {percentile(direct, 0.99):.2f} ms")
        report.add("p50 / p99 delay with it", f"{percentile(settled, 0.5):.2f} / {percentile(settled, 0.99):.2f} ms")
        report.at_most("p99 delay added", added, 5, " ms", 2)
    else:
        report.add("p50 / p99 delay", f"{percentile(settled, 0.5):.2f} / {percentile(settled, 0.99):.2f} ms")
    await asyncio.sleep(1)
    left = open_descriptors(gateway) - base_descriptors
    # Upstream connections that ended well wait in the pool for the next request.
    report.add("descriptors left open (pooled upstream connections)", left, f"<= {count}", left <= count)


def streams(folder: Path, quick: bool) -> Report:
    report = Report("streams")
    count = streams_that_fit(1_500 if quick else STREAMS_MAX)
    interval_ms, seconds = (2_000, 20) if quick else (5_000, 240)
    with Upstream() as upstream:
        gateway = Gateway(folder, policy(upstream.base_url))
        try:
            asyncio.run(measure(report, gateway, upstream, count, interval_ms, seconds, 24, True))
        finally:
            end_quickly(gateway)
    return report


def tls_streams(folder: Path, quick: bool) -> Report:
    report = Report("tls_streams")
    count = streams_that_fit(500 if quick else TLS_STREAMS_MAX)
    interval_ms, seconds = (2_000, 16) if quick else (5_000, 60)
    certificates = Certificates(folder)
    with Upstream(certificates.good.chain, certificates.good.key, tls=True) as upstream:
        config = policy(upstream.base_url, provider={"ca_file": str(certificates.trusted.file)})
        gateway = Gateway(folder, config)
        try:
            asyncio.run(measure(report, gateway, upstream, count, interval_ms, seconds, 110, False))
        finally:
            end_quickly(gateway)
    return report
