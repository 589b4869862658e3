"""Waiting without sleeping blindly: a condition is polled until it holds or its time is up."""

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

# Generous, because sanitizers are slow and machines are shared; a test that waits this long has failed.
PATIENCE = 15.0


def eventually(condition: Callable[[], Value], what: str, timeout: float = PATIENCE) -> Value:
    """The first truthy value of `condition`; fails with `what` when there is none in time."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout:g} s in vain: {what}")
        time.sleep(0.005)
