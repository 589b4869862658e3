"""A gateway between providers that tests script: the set-up of nearly every integration test."""

import copy
import time
from collections.abc import Callable
from pathlib import Path

from .fake_upstream import FakeUpstream
from .gateway import Gateway

# What each model costs, in whole USD per million tokens times 1000, so that tests compute nano-dollars in integers.
MILLI_USD_PER_MILLION = {
    "cheap/small": {"input": 110, "output": 370, "cached_input": 13, "cache_write": 190},
    "spare/small": {"input": 230, "output": 410},
    "dear/frontier": {"input": 5300, "output": 19700, "cached_input": 530},
}
CLIENT_KEY = "sk-client-0000000000000000"
PROVIDER_KEYS = {"CHEAP_KEY": "sk-cheap-1111111111111111", "DEAR_KEY": "sk-dear-2222222222222222"}


def price(model: str) -> dict[str, float]:
    return {kind: milli / 1000 for kind, milli in MILLI_USD_PER_MILLION[model].items()}


def cost_nano(model: str, prompt: int = 0, completion: int = 0, cached: int = 0, cache_write: int = 0) -> int:
    """The exact price of these tokens, rounded up to whole nano-dollars once (DESIGN.md section 7)."""
    rates = MILLI_USD_PER_MILLION[model]
    # One milli-USD per million tokens is one nano-dollar per token.
    return ((prompt - cached - cache_write) * rates["input"] + cached * rates.get("cached_input", rates["input"])
            + cache_write * rates.get("cache_write", rates["input"]) + completion * rates["output"])


def usd(nano: int) -> str:
    """As the gateway writes money: exact, without trailing zeros, at least one decimal."""
    whole, fraction = divmod(nano, 1_000_000_000)
    return f"{whole}.{f'{fraction:09d}'.rstrip('0') or '0'}"


def nano(text: str | float) -> int:
    """A decimal of the gateway's, in nano-dollars."""
    whole, _, fraction = f"{text:.9f}".partition(".") if isinstance(text, float) else str(text).partition(".")
    return int(whole) * 1_000_000_000 + int((fraction or "0").ljust(9, "0")[:9])


def policy(cheap: str, spare: str, dear: str) -> dict:
    """Two tiers. `chat` is the default and is not judged, the `judged` ones are; the `strict` ones refuse what is denied."""
    # Tests share a gateway and give up drafts at will: a class passes drafts over for their cost only where a test is about that.
    climb = {"to": "frontier", "below": 0.6, "explore": 1}
    quick = {"connect": "2s", "headers": "2s", "first_content": "2s", "idle": "2s"}
    return {
        "version": 1,
        # Comments that begin a stream would take its status and headers before they are known; a slow machine must not do that.
        "server": {"listen": "127.0.0.1:0", "workers": 2, "stream_keepalive_after": "60s", "watch": False,
                   "drain_delay": "1ms"},
        "admin": {"listen": "127.0.0.1:0"},
        # Tests share a gateway and let providers fail at will: breakers open, and models rest, only where a test is about them.
        "breaker": {"consecutive_failures": 1_000, "success_share_min": 0, "open_first": "10ms", "open_max": "10ms"},
        "providers": {
            "cheap": {"dialect": "openai", "base_url": cheap, "api_key": "${CHEAP_KEY}", "timeouts": quick},
            "spare": {"dialect": "openai", "base_url": spare, "boundary": "inside", "timeouts": quick},
            "dear": {"dialect": "openai", "base_url": dear, "api_key": "${DEAR_KEY}", "timeouts": quick},
        },
        "models": {
            "cheap/small": {"price": price("cheap/small"), "context": 100_000, "upstream_name": "small-2026",
                            "supports": ["tools", "json_schema", "logprobs"]},
            "spare/small": {"price": price("spare/small"), "context": 8_000, "supports": ["tools"]},
            "dear/frontier": {"price": price("dear/frontier"), "context": 10_000_000,
                              "supports": ["tools", "json_schema", "logprobs", "vision"]},
        },
        "tiers": {"small": ["cheap/small", "spare/small"], "frontier": ["dear/frontier"]},
        "classes": {
            "chat": {"tier": "small", "max_tier": "frontier"},
            "capped": {"tier": "small"},
            "strict": {"tier": "small", "on_denied": "reject"},
            "judged": {"tier": "small", "escalate": dict(climb)},
            "strict_judged": {"tier": "small", "escalate": dict(climb), "on_denied": "reject"},
            "top": {"tier": "frontier"},
        },
        "classifier": {
            "default_class": "chat",
            "rules": [
                {"class": "judged", "when": {"json_schema": True}},
                {"class": "top", "when": {"text": "(?i)prove (it )?formally"}},
            ],
        },
        "aliases": {"gpt-4o": "auto", "best": "tier:frontier", "little": "cheap/small"},
    }


class Lane:
    """The gateway with its three providers."""

    def __init__(self, folder: Path, change: Callable[[dict], None] | None = None):
        self.cheap, self.spare, self.dear = FakeUpstream(), FakeUpstream(), FakeUpstream()
        self.upstreams = {"cheap": self.cheap, "spare": self.spare, "dear": self.dear}
        config = policy(self.cheap.url(), self.spare.url(), self.dear.url())
        if change:
            change(config)
        self.config = copy.deepcopy(config)
        self.gateway = Gateway(folder, config, PROVIDER_KEYS)

    def reset(self) -> None:
        """Forgets what was recorded and scripted, and lets models rest that were told to."""
        time.sleep(0.02)
        for upstream in self.upstreams.values():
            upstream.requests.clear()
            upstream.scripts.clear()
            upstream.faults.clear()
            upstream.default = None

    def check(self) -> None:
        """After a test: nothing that it scripted was left unasked, no script failed, the gateway lives."""
        for name, upstream in self.upstreams.items():
            assert not upstream.faults, upstream.faults
            assert not upstream.scripts, f"{name} was not asked as often as the test says"
        assert self.gateway.alive()

    def __enter__(self) -> "Lane":
        return self

    def __exit__(self, *details) -> None:
        for upstream in self.upstreams.values():
            upstream.close()
        self.gateway.__exit__(*details)
