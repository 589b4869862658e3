"""What the SDKs make of our rate limits: they come back when they are told to, and are served."""

import hashlib
import time

import openai
import pytest
from openai import OpenAI

from support.gateway import Gateway, sum_of
from support.simulator import policy

KEY = "tw-sdk-0123456789abcdef0123456789abcdef"
MESSAGES = [{"role": "user", "content": "Hello"}]


@pytest.fixture(name="limited")
def limited_fixture(simulator, tmp_path):
    config = policy(simulator.base_url)
    config["keys"] = [{"id": "sdk", "sha256": hashlib.sha256(KEY.encode()).hexdigest(),
                       "limits": {"requests_per_minute": 30, "requests_burst": 1, "tokens_per_minute": 20_000}}]
    with Gateway(tmp_path, config) as running:
        yield running


def client(gateway: Gateway, retries: int) -> OpenAI:
    return OpenAI(base_url=gateway.base_url, api_key=KEY, max_retries=retries, timeout=20)


def test_openai_python_waits_as_long_as_it_is_told_and_succeeds(limited):
    with client(limited, 2) as asking:
        began = time.monotonic()
        for _ in range(3):
            assert asking.chat.completions.create(model="auto", messages=MESSAGES, max_tokens=100).choices
        # One at once, two more at two seconds each; its own backoff would come back after half a second, in vain.
        assert 3.9 < time.monotonic() - began < 15
    assert sum_of(limited.metrics(), "tierway_rate_limited_total", limit="requests") == 2, "each wait sufficed"


def test_openai_python_sees_the_limit_and_what_is_left(limited):
    with client(limited, 0) as asking:
        raw = asking.chat.completions.with_raw_response.create(model="auto", messages=MESSAGES, max_tokens=100)
        assert (raw.headers["x-ratelimit-limit-requests"], raw.headers["x-ratelimit-remaining-requests"]) == ("30", "0")
        assert int(raw.headers["x-ratelimit-remaining-tokens"]) > 19_000
        with pytest.raises(openai.RateLimitError) as refused:
            asking.chat.completions.create(model="auto", messages=MESSAGES, max_tokens=100)
    assert (refused.value.type, refused.value.code) == ("requests", "rate_limit_exceeded")


def test_openai_python_does_not_repeat_what_can_never_pass(limited):
    with client(limited, 5) as asking:
        with pytest.raises(openai.BadRequestError) as refused:
            asking.chat.completions.create(model="auto", messages=MESSAGES, max_tokens=30_000)
    assert refused.value.code == "request_exceeds_rate_limit"
    assert sum_of(limited.metrics(), "tierway_rate_limited_total", limit="tokens") == 1
