"""What attacks on a routing gateway can make it spend (RELIABILITY.md section 7): each attack with what it was allowed, what reached the
frontier, and what was spent."""

import hashlib
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .report import Report
from support.answers import answer, encode, usage
from support.fake_upstream import whole
from support.gateway import CHAT, chat
from support.lane import Lane, cost_nano, nano, usd
from support.raw_client import RawClient, Response, request_bytes

CLIENTS = 16
USED = (10, 100)
FRONTIER_COST = cost_nano("dear/frontier", *USED)
HEDGES = "I'm not sure, I don't know, I cannot determine this."
# Words that a keyword router takes for a hard question, and some that it does not.
GADGETS = ["prove formally", "prove it formally", "rigorously", "theorem", "step by step", "lemma", "integral", "hello", "please", "cats"]


def secret(name: str) -> str:
    return f"tw-{name}-{'0123456789abcdef' * 2}"


def attacked_policy(config: dict) -> None:
    def key(name: str, **limits) -> dict:
        return {"id": name, "sha256": hashlib.sha256(secret(name).encode()).hexdigest(), **limits}

    config["admin"]["decisions_kept"] = 10
    config["log"] = {"level": "error", "decisions": "off", "audit": "off"}
    config["classes"]["chat"]["caps"] = {"n": 4, "max_tokens": 4_000, "prompt_tokens": 20_000}
    config["keys"] = [
        key("judge", escalations={"per_hour": 60, "usd_per_hour": 0.3}),
        key("gadget", escalations={"above": "small", "share_max": 0.2, "usd_per_hour": 0.3}),
        key("wallet"), key("spoof", max_tier="small", classes=[]), key("users"), key("race"), key("acknowledged")]
    config["budgets"] = [{"scope": "key", "name": "users", "usd": 0.001, "window": "month"},
                         {"scope": "key", "name": "race", "usd": 0.001, "window": "month"},
                         {"scope": "key", "name": "acknowledged", "usd": 0.01, "window": "month"}]
    config["gate"] = {"usd_per_request": 0.5, "action": "acknowledge"}


class Attacker:
    """Asks with one key, from many clients at once."""

    def __init__(self, lane: Lane, name: str):
        self.lane, self.headers = lane, {"Authorization": f"Bearer {secret(name)}"}
        self.cheap_before, self.dear_before = len(lane.cheap.requests), len(lane.dear.requests)

    def ask(self, body: dict | bytes, headers: dict[str, str] | None = None) -> Response:
        with RawClient(self.lane.gateway.address, 60) as client:
            client.send(request_bytes("POST", CHAT, body if isinstance(body, bytes) else encode(body), {**self.headers, **(headers or {})}))
            return client.read_response()

    def ask_all(self, bodies: Iterable[dict | bytes], headers: dict[str, str] | None = None) -> list[Response]:
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(lambda body: self.ask(body, headers), bodies))

    @property
    def calls(self) -> int:
        return len(self.lane.cheap.requests) - self.cheap_before + self.frontier_calls

    @property
    def frontier_calls(self) -> int:
        return len(self.lane.dear.requests) - self.dear_before

    @property
    def frontier_cost(self) -> int:
        return self.frontier_calls * FRONTIER_COST

    @property
    def cost(self) -> int:
        return (self.calls - self.frontier_calls) * cost_nano("cheap/small", *USED) + self.frontier_cost


def judged(lane: Lane, count: int) -> tuple[Attacker, int]:
    """Every cheap answer fails its judgement."""
    attacker = Attacker(lane, "judge")
    lane.cheap.default = whole(answer(HEDGES, used=usage(*USED)))
    attacker.ask_all((chat(f"Attack {number}", max_tokens=200) for number in range(count)), {"x-tierway-class": "judged"})
    lane.cheap.default = whole(answer(used=usage(*USED)))
    return attacker, nano("0.3")


def gadgets(lane: Lane, count: int) -> tuple[Attacker, int]:
    """A black-box search for words that make everything look hard: what raised the tier is kept."""
    attacker = Attacker(lane, "gadget")
    draw = random.Random(501_018_18)
    best, rounds = "", count // CLIENTS

    def tried(words: str) -> bool:
        return attacker.ask(chat(f"{words} What is the capital of France?", max_tokens=200)).headers.get("x-tierway-class") == "top"

    with ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(rounds):
            candidates = [f"{best} {draw.choice(GADGETS)}".strip() for _ in range(CLIENTS)]
            found = [words for words, hit in zip(candidates, pool.map(tried, candidates), strict=True) if hit]
            best = min(found, key=len) if found else best
    return attacker, nano("0.3")


def wallet(lane: Lane, _count: int) -> tuple[Attacker, int]:
    """Single requests that would cost as much as thousands."""
    attacker = Attacker(lane, "wallet")
    huge = "x" * (9 << 20)
    for body in (chat(n=128), chat(n=10**9), chat(max_tokens=2**31), chat(max_tokens=4_001), chat(max_completion_tokens=10**30), chat(huge),
                 chat(best_of=64, n=64), chat(tools=[{"type": "function", "function": {"name": f"f{i}"}} for i in range(600)])):
        status = attacker.ask(body).status
        assert 400 <= status < 500, status
    return attacker, 0


def spoofs(lane: Lane, _count: int) -> tuple[Attacker, int]:
    """Headers and fields by which others chose the model, the address or the credential."""
    attacker = Attacker(lane, "spoof")
    for header in ("x-tierway-class", "X-Tierway-Class", "x-tierway-tier", "x-tierway-model", "x-tierway-max-tier", "x-tierway-principal",
                   "x-tierway-escalation", "x-tierway-key", "x-tierway-acknowledge-usd"):
        attacker.ask(chat(max_tokens=20), {header: "top" if header.lower().endswith("class") else "frontier"})
    for model in ("best", "tier:frontier", "dear/frontier"):
        attacker.ask(chat(model=model, max_tokens=20))
    for field in ("api_base", "base_url", "api_key", "extra_headers", "organization"):
        attacker.ask(chat(max_tokens=20, **{field: "http://127.0.0.1:1/"}))
    for body in (b'{"model":"auto","model":"dear/frontier","messages":[{"role":"user","content":"x"}]}',
                 b'{"model":"auto","mod\\u0065l":"dear/frontier","messages":[{"role":"user","content":"x"}]}'):
        attacker.ask(body)
    assert attacker.frontier_calls == 0
    return attacker, 30 * cost_nano("cheap/small", *USED)


def random_users(lane: Lane, count: int) -> tuple[Attacker, int]:
    """Another end user with every request."""
    attacker = Attacker(lane, "users")
    draw = random.Random(7)
    attacker.ask_all(chat(max_tokens=100, user=f"user-{draw.random()}") for _ in range(count))
    return attacker, nano("0.001")


def last_cents(lane: Lane, count: int) -> tuple[Attacker, int]:
    """Many clients at once for the end of a budget."""
    attacker = Attacker(lane, "race")
    attacker.ask_all(chat(f"Race {number}", max_tokens=100) for number in range(count))
    return attacker, nano("0.001")


def acknowledged(lane: Lane, count: int) -> tuple[Attacker, int]:
    """Whoever accepts any price is still held to the budget."""
    attacker = Attacker(lane, "acknowledged")
    attacker.ask_all((chat(f"Prove formally {number}", max_tokens=200) for number in range(count)), {"x-tierway-acknowledge-usd": "1000"})
    return attacker, nano("0.01")


ATTACKS: list[Callable[[Lane, int], tuple[Attacker, int]]] = [judged, gadgets, wallet, spoofs, random_users, last_cents, acknowledged]


def abuse(folder: Path, quick: bool) -> Report:
    report = Report("abuse")
    count = 200 if quick else 1_000
    with Lane(folder, attacked_policy) as lane:
        lane.cheap.default = lane.spare.default = lane.dear.default = whole(answer(used=usage(*USED)))
        for attack in ATTACKS:
            attacker, allowed = attack(lane, count)
            # What the key's quota or budget is for: climbs alone, or everything.
            spent = attacker.frontier_cost if attack in (judged, gadgets) else attacker.cost
            report.add(f"{attack.__name__}: calls sent, of them to the frontier", f"{attacker.calls}, {attacker.frontier_calls}", note=attack.__doc__)
            report.add(f"{attack.__name__}: spent", usd(spent), f"<= {usd(allowed)}", spent <= allowed)
    return report
