"""A gateway on which everything is configured that has a metric, and a round of traffic that moves each of them."""

import hashlib
import json
import signal
import threading
from pathlib import Path

from . import answers
from .answers import answer, stream_chunks, usage
from .deadline import eventually
from .fake_upstream import begun_stream, error, stream, whole
from .gateway import CHAT, chat, sum_of
from .lane import Lane
from .raw_client import Response, request_bytes

KEY, NARROW_KEY = (f"tw-{name}-{'0123456789abcdef' * 2}" for name in ("checkout", "narrow"))
CHECKOUT, NARROW = {"Authorization": f"Bearer {KEY}"}, {"Authorization": f"Bearer {NARROW_KEY}"}
EMBEDDINGS = "/v1/embeddings"
HEDGES = "I'm not sure, I don't know, I cannot determine this."


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def everything(folder: Path):
    def change(config: dict) -> None:
        climb = {"to": "frontier", "below": 0.6, "explore": 1}
        # A busy disk must not have requests refused that are here to be counted.
        config["store"] = {"sqlite": str(folder / "ledger.db"), "wait_max": "10s"}
        config["keys"] = [{"id": "checkout", "sha256": digest(KEY), "team": "shop"},
                          {"id": "narrow", "sha256": digest(NARROW_KEY), "limits": {"requests_per_minute": 1, "requests_burst": 1}}]
        config["budgets"] = [{"scope": "total", "usd": 50, "window": "month"}, {"scope": "team", "usd": 5, "window": "day"},
                             {"scope": "class", "name": "judged", "usd": 2, "window": "day", "kind": "soft"}]
        config["gate"] = {"usd_per_request": 0.5}
        config["shadow"] = {"share": 1, "usd_per_day": 1.0, "classes": ["judged"]}
        config["models"]["cheap/vector"] = {"kind": "embedding", "price": {"input": 0.02, "output": 0},
                                            "upstream_name": "vector-2026"}
        config["models"]["cheap/rare"] = {"price": {"input": 0.1, "output": 0.3},
                                          "limits": {"requests_per_minute": 1, "requests_burst": 1}}
        config["tiers"] = {"vectors": ["cheap/vector"], "rare": ["cheap/rare", "spare/small"], **config["tiers"]}
        config["classes"]["judged"]["quality_bar"] = 0.9
        config["classes"]["agreed"] = {"tier": "small", "escalate": {**climb, "agreement": {"model": "spare/small"}}}
        config["classes"]["rare"] = {"tier": "rare"}
        config["classes"]["embed"] = {"tier": "vectors"}
        config["endpoints"] = {"embeddings": {"class": "embed"}}

    return change


class MonitoredLane(Lane):
    def __init__(self, folder: Path):
        super().__init__(folder, everything(folder))
        self.rounds = 0

    def say(self, class_name: str, content: str = "What is the answer?", status: int = 200, key: dict | None = None,
            headers: dict | None = None, **fields) -> Response:
        response = self.gateway.ask(content, {**(key or CHECKOUT), "x-tierway-class": class_name, **(headers or {})}, **fields)
        assert response.status == status, response
        return response

    def round(self) -> None:
        """Moves every metric, and ends when all of it is counted."""
        self.rounds += 1
        self.cheap.default = whole(answer("42", used=usage(12, 7, cached=4, cache_write=2, reasoning=1)))
        self.spare.default = whole(answer("42", used=usage(13, 2)))
        self.dear.default = whole(answer("The answer is 42.", used=usage(15, 9)))
        self._answers()
        self._cascades()
        self._refusals()
        self._faults()
        self._bad_reload()
        eventually(lambda: self.gateway.metrics()["tierway_requests_in_flight"] == 0, "the end of all requests")
        eventually(lambda: self._count("tierway_shadow_comparisons_total") >= 2 * self.rounds, "the comparisons")
        eventually(lambda: self.gateway.metrics()["tierway_store_settlements_waiting"] == 0, "the settlements")

    def _count(self, name: str, **labels: str) -> float:
        return sum_of(self.gateway.metrics(), name, **labels)

    def _answers(self) -> None:
        self.say("chat")
        self.say("top")
        self.cheap.push(stream(stream_chunks("It is a fine day.", used=usage(20, 30))))
        self.say("chat", stream=True)
        vectors = {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}], "model": "vector-2026",
                   "usage": {"prompt_tokens": 100, "total_tokens": 100}}
        self.cheap.push(whole(vectors))
        assert self.gateway.post({"model": "auto", "input": "text"}, CHECKOUT, EMBEDDINGS).status == 200
        # The first takes the only place of the tier's first model.
        self.say("rare")
        self.say("rare")

    def _cascades(self) -> None:
        self.say("judged")
        self.say("judged", "And again?")
        self.cheap.push(whole(answer(HEDGES, used=usage(12, 20))))
        self.say("judged", "Is P = NP?")
        self.cheap.push(whole(answer("41", used=usage(12, 1))))
        self.say("agreed")
        self.say("capped", model="tier:frontier")
        self.say("chat", model="tier:frontier")

    def _refusals(self) -> None:
        self.say("strict", model="tier:frontier", headers={"x-tierway-max-tier": "small"}, status=403)
        self.say("top", max_tokens=100_000, status=402)
        self.say("top", max_tokens=100_000, headers={"x-tierway-acknowledge-usd": "3"})
        assert self.gateway.post(b"{", CHECKOUT).status == 400
        assert self.gateway.ask().status == 401
        first = self.gateway.ask(headers=NARROW)
        assert first.status == (200 if self.rounds == 1 else 429), first
        assert self.gateway.ask(headers=NARROW).status == 429

    def _faults(self) -> None:
        # The model is asked again before the next one is.
        works, self.cheap.default = self.cheap.default, error(503)
        self.say("chat")
        self.cheap.default = works
        silent_about_usage = answer("42")
        del silent_about_usage["usage"]
        self.cheap.push(whole(silent_about_usage))
        self.say("chat")
        chunks = stream_chunks("It is fine.")
        self.cheap.push(stream(answers.events(chunks[:2], done=False) + answers.event(b"{no json") + answers.events(chunks[2:])))
        self.say("chat", stream=True)
        go_on = threading.Event()
        self.cheap.push(begun_stream(go_on))
        gone = self._count("tierway_requests_total", outcome="client_gone")
        with self.gateway.connect() as client:
            client.send(request_bytes("POST", CHAT, answers.encode(chat(stream=True)), CHECKOUT))
            client.read_until(client.read_head(), b"first")
        eventually(lambda: self._count("tierway_requests_total", outcome="client_gone") > gone, "the client that left")
        go_on.set()

    def _bad_reload(self) -> None:
        failed, good = (self._count("tierway_config_reloads_total", result=result) for result in ("failure", "success"))
        self.gateway.write_config("version: 1\nprovders: {}\n")
        self.gateway.process.signal(signal.SIGHUP)
        eventually(lambda: self._count("tierway_config_reloads_total", result="failure") > failed, "the failed reload")
        assert self.gateway.metrics()["tierway_config_last_reload_successful"] == 0
        self.gateway.write_config(json.dumps(self.config))
        self.gateway.process.signal(signal.SIGHUP)
        eventually(lambda: self._count("tierway_config_reloads_total", result="success") > good, "the reload")
        assert self.gateway.metrics()["tierway_config_last_reload_successful"] == 1
