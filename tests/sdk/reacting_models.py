"""Models for clients that run by themselves: what they say follows from what they are asked, so that nothing is scripted.

Commands are the first word of the user's last text:
  Hedge      openai does not know; any other vendor does.
  Think      A thought before the answer, sealed where the vendor seals.
  Story      A stream that begins and never goes on, until the gateway leaves.
  Wait       No answer at all, until the gateway leaves.
  Refuse     "Refuse overloaded …": what vendors refuse for, by the name in REFUSALS.
  Recover    Like "Refuse overloaded", once for each text; then an answer.
  Fail       A stream that tells an error after it has begun.
  Cut        A stream whose connection ends after it has begun.
Without a command: a call if a tool is offered and none was answered, JSON if a schema is demanded, else prose.
"""

import threading
from collections import Counter
from typing import Any

from support.neutral import Asked, Call, Result, Said, Text, Thought, Tokens
from support.vendors import Vendor
from support.vendors.vendor import INVALID, OVERLOADED, RATE_LIMITED, TOO_LONG, Deed, Interruption

ANSWER = "Paris is the capital of France."
PERSON = '{"name": "Ann", "age": 30}'
ARGUMENTS = '{"city": "Zürich"}'
THOUGHT = "The city is Zürich."
TOKENS = Tokens(prompt=20, completion=10)
REFUSALS = {"overloaded": OVERLOADED, "limited": RATE_LIMITED, "long": TOO_LONG, "invalid": INVALID}


class ReactingModel:
    """What one vendor's models say."""

    def __init__(self, vendor: Vendor):
        self._vendor = vendor
        self._never = threading.Event()
        self._seen: Counter[str] = Counter()
        self._calls = 0
        self._lock = threading.Lock()
        vendor.react(self._choose)

    def _choose(self, asked: Asked) -> Deed:
        text = last_text(asked)
        command, _, rest = text.partition(" ")
        vendor = self._vendor
        prose = Said(f"{ANSWER} {told_so(asked)}".strip(), tokens=TOKENS)
        begun = vendor.events_until(prose, ANSWER[:7])
        match command:
            case "Story":
                return vendor.saying(prose, interruption=Interruption(begun, go_on=self._never))
            case "Wait":
                return vendor.pausing(self._never)
            case "Refuse":
                return vendor.refusing(REFUSALS[rest.split()[0]])
            case "Recover":
                return vendor.refusing(OVERLOADED) if self._first(text) else vendor.saying(prose)
            case "Fail":
                return vendor.saying(prose, interruption=Interruption(begun, refusal=OVERLOADED))
            case "Cut":
                return vendor.saying(prose, interruption=Interruption(begun, cut=True))
            case "Hedge" if vendor.dialect == "openai":
                return vendor.saying(Said("I'm not sure. I don't know the answer.", tokens=TOKENS))
        return vendor.saying(self._said(asked, prose, thinks=command == "Think"))

    def _said(self, asked: Asked, prose: Said, thinks: bool) -> Said:
        if asked.turns[-1].role == "tool":
            told = "; ".join(part.text for part in asked.turns[-1].parts if isinstance(part, Result))
            return Said(f"The tool said: {told} Thoughts: {len(asked.thoughts)}.", tokens=TOKENS)
        thoughts = (self._thought(),) if thinks else ()
        if asked.tools and asked.tool_choice != "none":
            return Said(calls=(self._call(*next(iter(asked.tools.items()))),), thoughts=thoughts, tokens=TOKENS)
        text = PERSON if asked.schema is not None else prose.text
        return Said(text, thoughts=thoughts, tokens=TOKENS)

    def _thought(self) -> Thought:
        return Thought(THOUGHT, seal="U2VhbGVkIHRob3VnaHQ=" if self._vendor.seals_thoughts else "")

    def _call(self, name: str, schema: Any) -> Call:
        with self._lock:
            self._calls += 1
            number = self._calls
        # Some clients ask for JSON by a tool.
        arguments = ARGUMENTS if "city" in schema["properties"] else PERSON
        return Call(f"call_{self._vendor.dialect}_{number}", name, arguments, seal="U2VhbGVkIGNhbGw=" if self._vendor.seals_calls else "")

    def _first(self, text: str) -> bool:
        with self._lock:
            self._seen[text] += 1
            return self._seen[text] == 1


def last_text(asked: Asked) -> str:
    """Of the user's last turn; empty when something else is the last."""
    if asked.turns[-1].role != "user":
        return ""
    return "".join(part.text for part in asked.turns[-1].parts if isinstance(part, Text))


def told_so(asked: Asked) -> str:
    """So that a client sees that its instructions arrived."""
    return f"Told: {asked.system}" if asked.system else ""
