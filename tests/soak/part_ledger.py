"""The ledger under violence: killed gateways lose nothing, racing gateways never overshoot, and the bill agrees with the provider's."""

import random
import sqlite3
import threading
import time
from pathlib import Path

from .peers import end_quickly, policy
from .report import Report
from support.answers import encode
from support.fake_upstream import Exchange, FakeUpstream, whole
from support.gateway import CHAT, Gateway, chat
from support.raw_client import RawClient, Truncated, request_bytes

# One token costs a whole number of nano-dollars, so that the provider's invoice can be computed from sums.
PRICE = {"input": 1, "output": 2}
ANSWER_COST = 10 * 1_000 + 5 * 2_000
LEASE_SECONDS = 10


def ledger_policy(base_url: str, file: Path, limit_usd: float) -> dict:
    config = policy(base_url)
    config["models"]["load/m"]["price"] = PRICE
    config["store"] = {"sqlite": str(file), "durability": "process"}
    config["budgets"] = [{"scope": "total", "usd": limit_usd, "window": "month"}]
    return config


class Spending:
    """What the file says."""

    def __init__(self, file: Path):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as ledger:
            self.integrity = ledger.execute("PRAGMA integrity_check").fetchone()[0]
            rows = ledger.execute("SELECT attempt, state, cost_nano, outcome FROM attempts").fetchall()
            self.settled, self.reserved = ledger.execute("SELECT sum(settled_nano), sum(reserved_nano) FROM budgets").fetchone()
        self.costs = {attempt: cost for attempt, state, cost, _ in rows if state == "settled"}
        self.open = [attempt for attempt, state, *_ in rows if state != "settled"]
        self.outcomes = [outcome for *_, outcome in rows]


class Asker(threading.Thread):
    """Sends requests one after another, whatever happens to the gateway."""

    def __init__(self, address: tuple[str, int]):
        super().__init__(daemon=True)
        self.address = address
        self.enough = threading.Event()
        self.answered: list[str] = []  # Request ids of whole answers.
        self.refused = 0
        self.start()

    def run(self) -> None:
        while not self.enough.is_set():
            try:
                with RawClient(self.address, timeout=5) as client:
                    while not self.enough.is_set():
                        client.send(request_bytes("POST", CHAT, encode(chat(max_tokens=20))))
                        response = client.read_response()
                        if response.status == 200:
                            self.answered.append(response.request_id)
                        else:
                            self.refused += 1
            except (OSError, Truncated):
                return

    def stop(self) -> None:
        self.enough.set()
        self.join(10)


def kills(folder: Path, quick: bool) -> Report:
    report = Report("kills")
    rounds, wanted = (5, 500) if quick else (50, 10_000)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "ledger.db"
    draw = random.Random(20_261_125)
    answered: list[str] = []
    with FakeUpstream() as upstream:
        def answer_soon(exchange: Exchange) -> None:
            time.sleep(draw.random() * 0.01)
            whole()(exchange)

        upstream.default = answer_soon
        config = ledger_policy(upstream.url(), file, 1_000)
        for number in range(rounds):
            gateway = Gateway(folder / str(number), config)
            askers = [Asker(gateway.address) for _ in range(8)]
            # At a random moment, once this round's share of the requests was served.
            while sum(len(asker.answered) for asker in askers) < wanted / rounds:
                time.sleep(0.001)
            time.sleep(draw.random() * 0.05)
            gateway.process.process.kill()
            gateway.process.wait()
            for asker in askers:
                asker.stop()
                answered += asker.answered
        # The next start settles what the killed ones left, once their leases are over.
        with Gateway(folder / "last", config):
            end = time.monotonic() + LEASE_SECONDS + 10
            while Spending(file).open and time.monotonic() < end:
                time.sleep(0.2)
        sent = len(upstream.requests)
    spending = Spending(file)
    report.add("kills", rounds)
    report.add("requests answered / sent to the provider", f"{len(answered)} / {sent}")
    report.add("integrity check", spending.integrity, "ok", spending.integrity == "ok")
    report.none_of("attempts without an end after the restart", len(spending.open), spending.open)
    report.none_of("answered requests without a charge", sum(f"{each}.1" not in spending.costs for each in answered))
    report.none_of("requests sent without a charge", max(0, sent - len(spending.costs)))
    wrong = [attempt for attempt in (f"{each}.1" for each in answered) if spending.costs.get(attempt, 0) < ANSWER_COST]
    report.none_of("answered requests charged less than they cost", len(wrong), wrong)
    report.add("charged in the budget less charged by attempt", spending.settled - sum(spending.costs.values()), "0",
               spending.settled == sum(spending.costs.values()))
    report.add("still reserved", spending.reserved, "0", spending.reserved == 0)
    report.add("settled as crashed", sum(outcome == "crashed" for outcome in spending.outcomes))
    return report


def race(folder: Path, quick: bool) -> Report:
    report = Report("race")
    processes = 8
    limit = 0.02 if quick else 0.2
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "ledger.db"
    with FakeUpstream() as upstream:
        upstream.default = whole()
        config = ledger_policy(upstream.url(), file, limit)
        gateways = [Gateway(folder / str(number), config) for number in range(processes)]
        askers = [Asker(gateway.address) for gateway in gateways for _ in range(2)]
        peak, seen = 0, 0
        limit_nano = round(limit * 1e9)
        end = time.monotonic() + 120
        # Until nobody gets anything any more.
        while time.monotonic() < end and min(asker.refused for asker in askers) < 5:
            spending = Spending(file)
            peak, seen = max(peak, (spending.settled or 0) + (spending.reserved or 0)), seen + 1
            time.sleep(0.02)
        for asker in askers:
            asker.stop()
        for gateway in gateways:
            end_quickly(gateway)
        sent = len(upstream.requests)
    spending = Spending(file)
    answered = sum(len(asker.answered) for asker in askers)
    report.add("gateways on one budget", processes)
    report.add("answered / refused", f"{answered} / {sum(asker.refused for asker in askers)}")
    report.add(f"peak of settled + reserved, of {seen} looks", f"{peak / 1e9:.9f}", f"<= {limit}", peak <= limit_nano)
    report.add("invoice of the provider", f"{sent * ANSWER_COST / 1e9:.9f}", f"<= {limit}", sent * ANSWER_COST <= limit_nano)
    report.add("charged", f"{spending.settled / 1e9:.9f}", f"{sent * ANSWER_COST / 1e9:.9f}", spending.settled == sent * ANSWER_COST)
    report.at_least("of the budget used", 100 * spending.settled / limit_nano, 90, " %", 0)
    return report
