"""Minutes of mixed load with mixed faults in front of the simulator: everything ends as it should, and nothing is left behind
(RELIABILITY.md section 8, row 16, shortened)."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from .load import ChunkedReader
from .peers import end_quickly, open_descriptors, resident_bytes
from .report import Report, slope_per_minute
from support.answers import encode
from support.gateway import CHAT, Gateway, chat
from support.raw_client import Headers, request_bytes
from support.simulator import Simulator, policy
from support.sse import Stream

SEED = 7
RATE = 40
ANSWER_SECONDS = 20
# The first part of the time lets pools and allocators find their size.
SETTLING_SHARE = 0.4
SLOPE_KIB_MAX = 512
STAYS_OPEN_MAX = 40

# What a request asks of the simulated models, and what may come of it. `sim-small` is asked first, `sim-mid` stands in for it. A whole
# answer without a finish reason is whole all the same: its JSON says so. Only one of the two models is ever told to wait, because a model
# that was told so rests for all requests.
OK, ERROR, CUT = "ok", "error", "cut loudly"
FAULTS: list[tuple[str, set[str]]] = [
    ("right", {OK}), ("right;split=3", {OK}), ("right;comments;crlf", {OK}), ("right;no_done", {OK}), ("right;delay=300ms", {OK}),
    ("right;events=400;pace=1ms", {OK}), ("right;malformed_after=3;events=20", {OK, ERROR}),
    ("sim-small:status=503", {OK}), ("sim-small:status=500 sim-mid:right", {OK}), ("sim-small:error_in_200", {OK}),
    ("sim-small:status=429;retry_after=1", {OK}), ("sim-small:silent", {OK}), ("sim-small:reset_after=0", {OK}),
    ("status=503", {ERROR}), ("status=400", {ERROR}),
    ("cut_after=4;events=30", {CUT, ERROR}), ("reset_after=4;events=30", {CUT, ERROR}), ("error_after=4;events=30", {CUT, ERROR}),
    ("stall_after=4;events=30", {CUT, ERROR}), ("no_finish;events=10", {CUT, ERROR, OK}),
]
LEAVES_EARLY_SHARE = 0.1


def soak_policy(base_url: str) -> dict:
    config = policy(base_url)
    config["providers"]["sim"]["timeouts"] = {"connect": "1s", "headers": "1s", "first_content": "1s", "idle": "1s", "total_whole": "4s"}
    config["tiers"] = {"small": ["sim/sim-small", "sim/sim-mid"], "frontier": ["sim/sim-frontier"]}
    config["log"] = {"level": "error", "decisions": "off", "audit": "off"}
    config["admin"]["decisions_kept"] = 0
    # What is looked for are leaks and wrong ends; a model that rests would answer for the faults of all others.
    config["breaker"] = {"consecutive_failures": 1_000, "success_share_min": 0}
    return config


def outcome_of(status: int, headers: Headers, body: bytes, complete: bool) -> str:
    """What a client makes of what came."""
    streamed = headers.get("content-type", "").startswith("text/event-stream")
    if status != 200:
        return ERROR if complete else f"status {status}, cut"
    if not streamed:
        return OK if complete else "a whole answer, cut"
    seen = Stream.parse(body)
    failed = any("error" in each for each in seen.chunks)
    if seen.done and complete and not failed:
        return OK
    return CUT if failed and not seen.done and not complete else f"a stream, done={seen.done} complete={complete} error={failed}"


async def ask(address: tuple[str, int], directives: str, streamed: bool, leave_after: float | None) -> str:
    """One request on a connection of its own. With `leave_after` seconds the client does not wait for the end."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        body = encode(chat("A question.", metadata={"simulate": directives}, **({"stream": True} if streamed else {})))
        writer.write(request_bytes("POST", CHAT, body))
        if leave_after is not None:
            await asyncio.sleep(leave_after)
            return "left"
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        headers = Headers.parse(lines[1:-2])
        data = bytearray()
        chunks = ChunkedReader()
        if "content-length" in headers:
            data += await reader.readexactly(int(headers["content-length"]))
            return outcome_of(int(lines[0].split()[1]), headers, bytes(data), True)
        while not chunks.done and (piece := await reader.read(65536)):
            data += chunks.feed(piece)
        return outcome_of(int(lines[0].split()[1]), headers, bytes(data), chunks.done)
    except (OSError, asyncio.IncompleteReadError) as problem:
        return f"connection failed: {type(problem).__name__}"
    finally:
        writer.close()


class Tally:
    def __init__(self):
        self.outcomes: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()

    async def one(self, address: tuple[str, int], draw: random.Random) -> None:
        directives, expected = draw.choice(FAULTS)
        streamed = draw.random() < 0.6
        leave_after = draw.random() if draw.random() < LEAVES_EARLY_SHARE else None
        try:
            outcome = await asyncio.wait_for(ask(address, directives, streamed, leave_after), ANSWER_SECONDS)
        except TimeoutError:
            outcome = "no end"
        self.outcomes[outcome] += 1
        if streamed and "no_finish" in directives:
            expected = expected - {OK}
        if outcome != "left" and outcome not in expected:
            self.unexpected[f"{directives} ({'stream' if streamed else 'whole'}): {outcome}"] += 1


async def load(gateway: Gateway, seconds: float, sample: Callable[[float], None]) -> Tally:
    draw = random.Random(SEED)
    tally = Tally()
    loop = asyncio.get_running_loop()
    began = loop.time()
    running: set[asyncio.Task] = set()
    for number in range(int(seconds * RATE)):
        if (wait := began + number / RATE - loop.time()) > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(tally.one(gateway.address, draw))
        running.add(task)
        task.add_done_callback(running.discard)
        if number % RATE == 0:
            sample(loop.time() - began)
    await asyncio.gather(*running)
    return tally


def soak(folder: Path, quick: bool) -> Report:
    report = Report("soak")
    seconds = 45 if quick else 600
    memory: list[tuple[float, float]] = []
    with Simulator(folder / "simulator") as simulator:
        gateway = Gateway(folder / "gateway", soak_policy(simulator.base_url))
        try:
            base = open_descriptors(gateway)
            tally = asyncio.run(load(gateway, seconds, lambda at: memory.append((at, resident_bytes(gateway) / 1024))))
            asyncio.run(asyncio.sleep(3))
            left = open_descriptors(gateway) - base
            alive = gateway.alive()
        finally:
            end_quickly(gateway)
    report.add("requests", sum(tally.outcomes.values()), note=", ".join(f"{name} {count}" for name, count in tally.outcomes.most_common(5)))
    report.none_of("unexpected ends", sum(tally.unexpected.values()), [f"{what} x {count}" for what, count in tally.unexpected.most_common()])
    settled = [(at, value) for at, value in memory if at >= seconds * SETTLING_SHARE]
    report.add("memory at the end", f"{memory[-1][1] / 1024:.1f} MiB")
    slope = slope_per_minute(settled)
    if quick:
        report.add("memory growth", f"{slope:.0f} KiB/min", note="too short a time to settle")
    else:
        report.at_most("memory growth once settled", slope, SLOPE_KIB_MAX, " KiB/min", 0)
    report.add("descriptors left (pooled upstream connections)", left, f"<= {STAYS_OPEN_MAX}", left <= STAYS_OPEN_MAX)
    report.add("alive", "yes" if alive else "no", "yes", alive)
    return report
