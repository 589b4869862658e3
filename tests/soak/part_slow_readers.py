"""Clients that hardly read, in front of a fast provider: bounded memory, the provider is held back, others are not disturbed
(RELIABILITY.md section 8, row 18)."""

import asyncio
import socket
from pathlib import Path

from .load import RequestPool, ask, without_pauses
from .peers import Upstream, end_quickly, policy, resident_bytes
from .report import Report, steady_percentile
from support.gateway import Gateway

FLOOD = 64 << 20  # More than any buffer on the way holds.
READ_EACH_SECOND = 1024
TURNS = 100
STALLED = 100
PENDING_KIB_MAX = 64
# With the system's buffers on the way, which are memory too; without a bound of ours they grow to megabytes for each.
TAKEN_KIB_MAX = 1024
STREAM_KIB_MAX = 24  # What a stream may cost anyway (row 15).
GOOD_RATE = 100
# What a good request takes by itself: as a model's first token would, so that ten per cent of it can be told from noise.
GOOD_DELAY_MS = 20


class SlowReader:
    """A client with a small receive buffer that takes what it wants, when it wants."""

    def __init__(self, address: tuple[str, int]):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(address)
        self.socket.sendall(ask(f"flood={FLOOD}", True))
        self.socket.setblocking(False)
        self.closed = False

    def read(self, size: int) -> None:
        try:
            self.closed = self.closed or self.socket.recv(size) == b""
        except BlockingIOError:
            pass
        except OSError:
            self.closed = True

    def close(self) -> None:
        self.socket.close()


async def good_p99(gateway: Gateway, seconds: float) -> float:
    pool = RequestPool(gateway.address, ask(f"delay={GOOD_DELAY_MS}"))
    outcomes = await pool.at_rate(GOOD_RATE, seconds)
    pool.close()
    assert all(outcome.status == 200 for outcome in outcomes), "a good request failed"
    return steady_percentile([(outcome.due, outcome.took * 1000) for outcome in outcomes], 0.99)


async def slow_reading(readers: list[SlowReader], seconds: float) -> None:
    """Each once a second, a few at a time: all at once they would hold up the clients that are measured, which share this process."""
    for _ in range(int(seconds)):
        for first in range(TURNS):
            for reader in readers[first::TURNS]:
                reader.read(READ_EACH_SECOND)
            await asyncio.sleep(1 / TURNS)


async def measure(report: Report, gateway: Gateway, upstream: Upstream, count: int, seconds: float, write_timeout: float) -> None:
    before = await good_p99(gateway, seconds / 2)
    base = resident_bytes(gateway)
    readers = []
    for _ in range(count):
        readers.append(SlowReader(gateway.address))
        await asyncio.sleep(0.002)
    await slow_reading(readers, 5)
    without_pauses()
    accepted_early = await asyncio.to_thread(upstream.call, "GET", "/stats")
    reading = asyncio.create_task(slow_reading(readers, seconds))
    during = await good_p99(gateway, seconds - 1)
    memory_each = (resident_bytes(gateway) - base) / count / 1024
    await reading
    accepted_late = await asyncio.to_thread(upstream.call, "GET", "/stats")
    early, late = sorted(accepted_early["accepted"]), sorted(accepted_late["accepted"])
    report.add("slow readers at once", len(late), str(count), len(late) == count)
    report.at_most("resident memory per slow reader", memory_each, STREAM_KIB_MAX + PENDING_KIB_MAX, " KiB")
    report.add("taken from the provider for each, median / most", f"{late[count // 2] >> 10} / {late[-1] >> 10} KiB",
               f"<= {TAKEN_KIB_MAX} KiB", late[-1] >> 10 <= TAKEN_KIB_MAX)
    grown = (sum(late) - sum(early)) / count / seconds / 1024
    report.at_most("and later, each second: the provider is held back", grown, 4, " KiB/s")
    report.add("slow readers cut meanwhile", sum(reader.closed for reader in readers))
    for reader in readers:
        reader.close()
    report.add("others' p99 before / during", f"{before:.1f} / {during:.1f} ms")
    report.at_most("others' p99 against before", during / before, 1.1, " x", 2)
    await stalled(report, gateway, upstream, write_timeout)


async def stalled(report: Report, gateway: Gateway, upstream: Upstream, write_timeout: float) -> None:
    """Clients that read nothing at all."""
    await asyncio.sleep(2)
    await asyncio.to_thread(upstream.call, "POST", "/reset")
    readers = [SlowReader(gateway.address) for _ in range(STALLED)]
    await asyncio.sleep(write_timeout + 5)
    closed = (await asyncio.to_thread(upstream.call, "GET", "/stats"))["closed_after"]
    report.add("clients that read nothing, cut", len(closed), str(STALLED), len(closed) == STALLED)
    if closed:
        in_time = min(closed) >= write_timeout - 0.2 and max(closed) <= write_timeout + 3
        report.add("after", f"{min(closed):.1f}-{max(closed):.1f} s", f"{write_timeout:g}-{write_timeout + 3:g} s", in_time)
    for reader in readers:
        reader.close()


def slow_readers(folder: Path, quick: bool) -> Report:
    report = Report("slow_readers")
    count, seconds, write_timeout = (200, 10, 5) if quick else (1_000, 40, 30)
    with Upstream() as upstream:
        gateway = Gateway(folder, policy(upstream.base_url, {"write_timeout": f"{write_timeout}s"}))
        try:
            asyncio.run(measure(report, gateway, upstream, count, seconds, write_timeout))
        finally:
            end_quickly(gateway)
    return report
