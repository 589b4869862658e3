"""`tierway simulate` as a process."""

from pathlib import Path
from typing import Any

from .process import TierwayProcess
from .raw_client import RawClient, Response, request_bytes

MODELS = ("sim-small", "sim-mid", "sim-frontier")


class Simulator:
    """The simulated upstreams of the demo, on a port of their own."""

    def __init__(self, folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.process = TierwayProcess(folder, ["simulate", "--listen", "127.0.0.1:0"])

    def __enter__(self) -> "Simulator":
        return self

    def __exit__(self, *_) -> None:
        self.process.stop()

    @property
    def address(self) -> tuple[str, int]:
        return self.process.address("listen")

    @property
    def base_url(self) -> str:
        return "http://%s:%d/v1" % self.address

    def get(self, path: str) -> Response:
        with RawClient(self.address) as client:
            client.send(request_bytes("GET", path))
            return client.read_response()

    def stats(self) -> Any:
        return self.get("/simulator/stats").json()


def policy(base_url: str) -> dict:
    """Three tiers of simulated models; `judged` escalates from the smallest to the frontier."""
    prices = {"sim-small": (0.1, 0.4), "sim-mid": (0.5, 2), "sim-frontier": (5, 20)}
    return {
        "version": 1,
        "server": {"listen": "127.0.0.1:0", "workers": 2, "stream_keepalive_after": "60s"},
        "admin": {"listen": "127.0.0.1:0"},
        "providers": {"sim": {"dialect": "openai", "base_url": base_url, "boundary": "inside"}},
        "models": {f"sim/{name}": {"price": {"input": prices[name][0], "output": prices[name][1]}, "context": 1_000_000,
                                   "supports": ["tools", "json_schema", "logprobs", "vision"]} for name in MODELS},
        "tiers": {"small": ["sim/sim-small"], "mid": ["sim/sim-mid"], "frontier": ["sim/sim-frontier"]},
        "classes": {"chat": {"tier": "small", "max_tier": "frontier"},
                    "judged": {"tier": "small", "escalate": {"to": "frontier", "below": 0.6}}},
        "classifier": {"default_class": "chat"},
        "aliases": {"gpt-4o": "auto"},
    }
