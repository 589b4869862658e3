"""Several gateways on one Redis, traffic that notes how long it waited, and what can befall the server."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .answers import answer, encode, usage
from .deadline import eventually
from .fake_upstream import FakeUpstream, whole
from .gateway import CHAT, Gateway, chat, sum_of
from .lane import PROVIDER_KEYS, cost_nano, policy
from .raw_client import RawClient, Truncated, request_bytes
from .redis_server import Counters, RedisServer

PROMPT, COMPLETION = 10, 5
COST = cost_nano("cheap/small", PROMPT, COMPLETION)
# The class whose requests a hard budget counts, and one that no budget knows.
BUDGETED, FREE = "chat", "capped"
SCOPE = f"class:{BUDGETED}/month"


class Traffic(threading.Thread):
    """One client that asks for one class without pause."""

    def __init__(self, gateway: Gateway, request_class: str, pause: float = 0.0):
        super().__init__(daemon=True)
        self.address, self.request_class, self.pause = gateway.address, request_class, pause
        self.enough = threading.Event()
        self.statuses: list[int] = []
        self.codes: set[str] = set()
        self.longest = 0.0
        self.broken: list[str] = []
        self.start()

    def run(self) -> None:
        request = request_bytes("POST", CHAT, encode(chat(max_tokens=20)), {"x-tierway-class": self.request_class})
        try:
            with RawClient(self.address) as client:
                while not self.enough.is_set():
                    began = time.monotonic()
                    client.send(request)
                    response = client.read_response()
                    self.longest = max(self.longest, time.monotonic() - began)
                    self.statuses.append(response.status)
                    if response.status != 200:
                        self.codes.add(response.error["code"])
                        time.sleep(0.01)
                    time.sleep(self.pause)
        except (OSError, Truncated) as problem:
            self.broken.append(repr(problem))

    def stop(self) -> None:
        self.enough.set()
        self.join(20)


class Fleet:
    """Gateways that share a Redis, a budget and a provider."""

    def __init__(self, folder: Path, redis: RedisServer, count: int, usd: float = 1.0, settings: dict | None = None, store: dict | None = None,
                 env: dict | None = None):
        self.redis, self.upstream = redis, FakeUpstream()
        self.upstream.default = whole(answer("Fine.", used=usage(PROMPT, COMPLETION)))
        self.limit = round(usd * 1e9)
        self.gateways: list[Gateway] = []
        for number in range(count):
            config = policy(self.upstream.url(), self.upstream.url(), self.upstream.url())
            config["budgets"] = [{"scope": "class", "name": BUDGETED, "usd": usd, "window": "month"}]
            config["store"] = {"redis": {"url": redis.url(), **(settings or {})}, **(store or {})}
            self.gateways.append(Gateway(folder / f"gateway-{number}", config, {**PROVIDER_KEYS, **(env or {})}))

    def available(self) -> bool:
        return all(sum_of(gateway.metrics(), "tierway_store_available") == 1 for gateway in self.gateways)

    def metric(self, name: str, **labels: str) -> float:
        return sum(sum_of(gateway.metrics(), name, **labels) for gateway in self.gateways)

    def serve_first(self) -> None:
        """Waits until the server is trusted and holds money back for every gateway."""
        eventually(self.available, "gateways that trust the server")
        for gateway in self.gateways:
            eventually(lambda: gateway.ask(max_tokens=20, headers={"x-tierway-class": BUDGETED}).status == 200, "an answer")
        eventually(lambda: all(sum_of(gateway.metrics(), "tierway_store_slices_usd", part="held") > 0 for gateway in self.gateways), "slices")

    def counters(self) -> Counters:
        return Counters(self.redis, SCOPE)

    def sent(self) -> int:
        return len(self.upstream.requests)

    def __enter__(self) -> "Fleet":
        return self

    def __exit__(self, *details) -> None:
        for gateway in self.gateways:
            gateway.__exit__(*details)
        self.upstream.close()


# What befalls the server. Each returns with the server being there again.

def pause(redis: RedisServer, _: Path, seconds: float) -> None:
    """CLIENT PAUSE: it takes everything in and does nothing."""
    redis.ask("CLIENT", "PAUSE", int(seconds * 1000), "ALL")
    time.sleep(seconds)


def stall(redis: RedisServer, _: Path, seconds: float) -> None:
    """SIGSTOP: its process stands still."""
    redis.stop()
    time.sleep(seconds)
    redis.go_on()


def restart_empty(redis: RedisServer, _: Path, seconds: float) -> None:
    """It dies, and comes back without its data."""
    redis.kill()
    time.sleep(seconds)
    redis.start()


def flush(redis: RedisServer, _: Path, seconds: float) -> None:
    """FLUSHALL, with every connection open."""
    redis.ask("FLUSHALL")
    time.sleep(seconds)


def cut(redis: RedisServer, _: Path, seconds: float) -> None:
    """Its connections are cut, again and again, in the middle of whatever they do."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        redis.ask("CLIENT", "KILL", "TYPE", "normal")
        time.sleep(0.1)


def fail_over(redis: RedisServer, folder: Path, seconds: float) -> None:
    """A replica with an older copy takes its place, at its address."""
    copy = RedisServer(folder / "copy", "--replicaof", "127.0.0.1", str(redis.port))
    eventually(lambda: "master_link_status:up" in copy.ask("INFO", "replication"), "the replica's copy")
    # From here on it misses what is spent.
    copy.ask("REPLICAOF", "NO", "ONE")
    time.sleep(0.5)
    redis.kill()
    time.sleep(seconds)
    copy.ask("CONFIG", "SET", "port", redis.port)
    redis.process = copy.process


FAULTS: dict[str, Callable[[RedisServer, Path, float], None]] = {
    "stall (CLIENT PAUSE)": pause, "stall (SIGSTOP)": stall, "connections cut": cut, "down, back empty": restart_empty, "FLUSHALL": flush,
    "failover to an older copy": fail_over,
}


@dataclass
class Outcome:
    """What was seen while one fault lasted, and after it."""

    fault: str
    free: list[int] = field(default_factory=list)
    budgeted: list[int] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    longest_free: float = 0.0
    longest_budgeted: float = 0.0
    trusted_after: float = 0.0
    overspent: int = 0
    miscounted: int = 0
    reserved: int = 0
    broken: list[str] = field(default_factory=list)

    def line(self) -> str:
        refused = len(self.budgeted) - self.budgeted.count(200)
        return (f"{self.fault:27} free {self.free.count(200)}/{len(self.free)} longest {self.longest_free * 1000:.0f} ms | "
                f"budgeted {self.budgeted.count(200)} served, {refused} refused, longest {self.longest_budgeted * 1000:.0f} ms | "
                f"trusted again after {self.trusted_after:.1f} s | overspent {self.overspent} nano, charged less sent {self.miscounted} nano")


def undergo(fleet: Fleet, folder: Path, fault: str, seconds: float, clients: int = 1) -> Outcome:
    """Traffic of both kinds through every gateway, before, during and after a fault of the server."""
    fleet.serve_first()
    traffic = [Traffic(gateway, kind, 0.005) for gateway in fleet.gateways for kind in (BUDGETED, FREE) for _ in range(clients)]
    time.sleep(0.5)
    FAULTS[fault](fleet.redis, folder, seconds)
    back = time.monotonic()
    eventually(fleet.available, "gateways that trust the server again", 30)
    outcome = Outcome(fault, trusted_after=time.monotonic() - back)
    time.sleep(0.5)
    for each in traffic:
        each.stop()
    # At rest: everything is settled.
    eventually(lambda: fleet.available() and fleet.metric("tierway_store_settlements_waiting") == 0
               and fleet.metric("tierway_store_slices_usd", part="spent") == 0, "settlements", 30)
    eventually(lambda: fleet.counters().reserved == 0, "no reservations")
    counters = fleet.counters()
    free = sum(each.statuses.count(200) for each in traffic if each.request_class == FREE)
    for each in traffic:
        if each.request_class == FREE:
            outcome.free += each.statuses
            outcome.longest_free = max(outcome.longest_free, each.longest)
        else:
            outcome.budgeted += each.statuses
            outcome.codes |= each.codes
            outcome.longest_budgeted = max(outcome.longest_budgeted, each.longest)
        outcome.broken += each.broken
    outcome.miscounted = counters.settled - (fleet.sent() - free) * COST
    outcome.overspent = max(0, counters.settled - fleet.limit)
    outcome.reserved = counters.reserved
    return outcome
