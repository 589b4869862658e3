"""A gateway before one double of each vendor: what the tests of any door to any provider share."""

import threading
import time
from pathlib import Path

import pytest

from . import json_text
from .doors import Door, Heard, Question
from .gateway import Gateway
from .neutral import Tokens
from .raw_client import RawClient, Response, Truncated, request_bytes
from .vendors import VARIANTS, VENDORS, Vendor

# In nano-dollars a token; all different, so that no wrong count costs the same.
RATES = {"small": {"input": 110, "output": 370, "cached_input": 13, "cache_write": 190},
         "frontier": {"input": 5300, "output": 19700, "cached_input": 530, "cache_write": 6625}}
CLIENT_KEY = "sk-client-9999999999999999"


def cost_nano(level: str, tokens: Tokens) -> int:
    rates = RATES[level]
    return ((tokens.prompt - tokens.cached - tokens.cache_write) * rates["input"] + tokens.cached * rates["cached_input"]
            + tokens.cache_write * rates["cache_write"] + tokens.completion * rates["output"])


def environment(vendors: dict[str, Vendor]) -> dict[str, str]:
    return {name: value for provider, vendor in vendors.items() for name, value in vendor.credentials(provider.upper())[1].items()}


def policy(vendors: dict[str, Vendor]) -> dict:
    """Each vendor has a model in a small tier and one in a tier above, and there is a class for each climb from one to another."""
    price = {level: {kind: nano / 1000 for kind, nano in rates.items()} for level, rates in RATES.items()}
    quick = {"connect": "5s", "headers": "10s", "first_content": "10s", "idle": "10s"}
    tiers = {f"{level}_{name}": [f"{name}/{level}"] for level in RATES for name in vendors}
    classes: dict[str, dict] = {"chat": {"tier": "small_openai", "max_tier": list(tiers)[-1]}}
    for draft in vendors:
        for frontier in vendors:
            classes[f"{draft}_to_{frontier}"] = {"tier": f"small_{draft}", "escalate": {"to": f"frontier_{frontier}", "below": 0.6}}
    return {
        "version": 1,
        "server": {"listen": "127.0.0.1:0", "workers": 2, "stream_keepalive_after": "60s", "watch": False, "drain_delay": "1ms"},
        "admin": {"listen": "127.0.0.1:0", "decisions_kept": 100},
        "breaker": {"consecutive_failures": 1_000, "success_share_min": 0, "open_first": "10ms", "open_max": "10ms"},
        "retry": {"attempts": 1},
        "providers": {name: {"dialect": vendor.dialect, "base_url": vendor.base_url, "timeouts": quick, **vendor.settings,
                             **vendor.credentials(name.upper())[0]} for name, vendor in vendors.items()},
        "models": {f"{name}/{level}": {"price": price[level], "context": 100_000, "upstream_name": vendor.model,
                                       "supports": ["tools", "json_schema", "vision"]}
                   for name, vendor in vendors.items() for level in RATES},
        "tiers": tiers,
        "classes": classes,
        "classifier": {"default_class": "chat"},
    }


class DialectLane:
    def __init__(self, folder: Path):
        self.vendors: dict[str, Vendor] = {name: kind() for name, kind in {**VENDORS, **VARIANTS}.items()}
        # Both serve the same models, which know their seals again.
        self.vendors["bedrock"].seals = self.vendors["anthropic"].seals
        self.gateway = Gateway(folder, policy(self.vendors), environment(self.vendors))

    def ask(self, door: Door, question: Question, model: str, stream: bool, headers: dict[str, str] | None = None) -> Heard:
        return door.hear(self.send(door, question, model, stream, headers), stream)

    def send(self, door: Door, question: Question, model: str, stream: bool, headers: dict[str, str] | None = None) -> Response:
        body = json_text.write(door.body(question, model, stream))
        return self.gateway.post(body, {**door.headers(), **(headers or {})}, door.path)

    def send_until_cut(self, door: Door, question: Question, model: str, heard: str, go_on: threading.Event) -> bytes:
        """A stream that breaks off once `heard` was heard and `go_on` set: everything that came."""
        with self.begin(door, question, model, True) as client:
            response = client.read_head()
            client.read_until(response, heard.encode())
            go_on.set()
            with pytest.raises(Truncated):
                client.read_body(response)
        return response.body

    def begin(self, door: Door, question: Question, model: str, stream: bool, headers: dict[str, str] | None = None) -> RawClient:
        """A client that has sent its request and read nothing yet."""
        client = self.gateway.connect()
        body = json_text.write(door.body(question, model, stream))
        client.send(request_bytes("POST", door.path, body, {**door.headers(), **(headers or {}), "Content-Type": "application/json",
                                                             "Content-Length": str(len(body))}))
        return client

    def reset(self) -> None:
        if any(vendor.failed for vendor in self.vendors.values()):
            time.sleep(0.03)
        for vendor in self.vendors.values():
            vendor.reset()

    def check(self) -> None:
        for vendor in self.vendors.values():
            vendor.check()
        assert self.gateway.alive()

    def __enter__(self) -> "DialectLane":
        return self

    def __exit__(self, *details) -> None:
        for vendor in self.vendors.values():
            vendor.upstream.close()
        self.gateway.__exit__(*details)


