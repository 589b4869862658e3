"""What the test doubles of vendors have in common: they read strictly, remember what they understood, and say what a test scripts."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..fake_upstream import Exchange, FakeUpstream, RecordedRequest
from ..json_text import write
from ..neutral import Asked, Said


class Violation(Exception):
    """A request that the vendor would refuse."""


def demand(holds: Any, what: str) -> None:
    if not holds:
        raise Violation(what)


def check_members(value: Any, where: str, required: str = "", optional: str = "") -> None:
    """An object with these members and no others; names are separated by blanks."""
    demand(isinstance(value, dict), f"{where} is no object: {value!r}")
    missing = set(required.split()) - set(value)
    unknown = set(value) - set(required.split()) - set(optional.split())
    demand(not missing, f"{where} lacks {sorted(missing)}")
    demand(not unknown, f"{where} has unknown members {sorted(unknown)}")


def check_text(value: Any, where: str) -> str:
    demand(isinstance(value, str) and value.strip(), f"{where} is no text that is not blank: {value!r}")
    return value


def check_schema(value: Any, where: str) -> Any:
    demand(isinstance(value, dict) and value.get("type") == "object", f"{where} is no schema of an object: {value!r}")
    return value


@dataclass(frozen=True)
class Refusal:
    """How a vendor words a failure: `body` is its envelope, `event` the same inside a stream (None: it has no such thing)."""

    status: int
    body: Any
    event: bytes | None
    headers: dict[str, str] = field(default_factory=dict)


# What a request can be refused for; each vendor has words for each of them.
TOO_LONG, RATE_LIMITED, WRONG_KEY, OVERLOADED, INVALID = "too long", "rate limited", "wrong key", "overloaded", "invalid"


@dataclass(frozen=True)
class Interruption:
    """After `events` events of an answer: the test's go is awaited, an error is told, or the connection ends."""

    events: int
    go_on: threading.Event | None = None
    refusal: str = ""
    cut: bool = False


Deed = Callable[[Exchange, Asked], None]


class Vendor(ABC):
    """A test double of one vendor's API, on loopback. Not the vendor: what it demands is what WIRE.md says the vendor demands."""

    dialect: str
    model = "small-2026"  # What it is asked for; a vendor may have names that need more care.
    key: str
    prefix = "/v1"  # Of the base URL.
    content_type = "text/event-stream"
    settings: dict[str, Any] = {}  # Further configuration of the provider.
    seals_calls = False  # Signs calls rather than thoughts.
    seals_hidden = False  # Has thoughts that are nothing but their seal.
    seals_thoughts = False

    def __init__(self) -> None:
        self.upstream = FakeUpstream()
        self.asked: list[Asked] = []
        self.violations: list[str] = []
        self.seals: set[str] = set()  # It knows what it sealed itself; anything else is refused.
        self.left = threading.Event()  # The gateway went away from an interrupted answer.
        self.failed = False  # So that the gateway may let it rest for a moment.

    def credentials(self, variable: str) -> tuple[dict[str, str], dict[str, str]]:
        """Configuration of the provider, and the environment that it names; `variable` begins the names."""
        return {"api_key": "${%s_KEY}" % variable}, {f"{variable}_KEY": self.key}

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.upstream.port}{self.prefix}"

    @property
    def last(self) -> Asked:
        return self.asked[-1]

    @property
    def requests(self) -> list[RecordedRequest]:
        return self.upstream.requests

    def reset(self) -> None:
        self.upstream.requests.clear()
        self.upstream.scripts.clear()
        self.upstream.faults.clear()
        self.asked.clear()
        self.violations.clear()
        self.left.clear()
        self.failed = False

    def check(self) -> None:
        assert not self.violations, "\n".join(self.violations)
        assert not self.upstream.faults, self.upstream.faults
        assert not self.upstream.scripts, f"{self.dialect} was not asked as often as the test says"

    # What a request may be answered with.

    def saying(self, said: Said, split: int | None = None, interruption: Interruption | None = None) -> Deed:
        """`split` cuts a stream's bytes on the wire, framing and all, into pieces of that size."""
        def answer(exchange: Exchange, asked: Asked) -> None:
            self.note_seals(said)
            if asked.stream:
                self._send_stream(exchange, self.events(said), split, interruption)
            else:
                self._send(exchange, 200, self.answer(said), {})

        return answer

    def refusing(self, kind: str) -> Deed:
        self.failed = True
        refusal = self.refusal(kind)
        return lambda exchange, _asked: self._send(exchange, refusal.status, refusal.body, refusal.headers)

    def pausing(self, go_on: threading.Event) -> Deed:
        """Takes the request and says nothing until the gateway has left or the test says so."""
        def wait(exchange: Exchange, _asked: Asked) -> None:
            self._watch_for_leaving(exchange, go_on)
            exchange.keep_open = False

        return wait

    # What the next request is answered with.

    def say(self, said: Said, split: int | None = None, interruption: Interruption | None = None) -> None:
        self.upstream.push(self._script(lambda _asked: self.saying(said, split, interruption)))

    def refuse(self, kind: str) -> None:
        self.upstream.push(self._script(lambda _asked: self.refusing(kind)))

    def pause_before_answering(self, go_on: threading.Event) -> None:
        self.upstream.push(self._script(lambda _asked: self.pausing(go_on)))

    def react(self, choose: Callable[[Asked], Deed]) -> None:
        """From now on, whatever nothing is scripted for is answered as follows from what is asked."""
        self.upstream.default = self._script(choose)

    def events_until(self, said: Said, text: str) -> int:
        """How many events of an answer are told when `text`, a piece of it, was told."""
        return 1 + next(number for number, event in enumerate(self.events(said)) if text.encode() in event)

    def note_seals(self, said: Said) -> None:
        self.seals.update(each.seal for each in (*said.thoughts, *said.calls) if each.seal)

    def _script(self, choose: Callable[[Asked], Deed]) -> Callable[[Exchange], None]:
        def script(exchange: Exchange) -> None:
            try:
                asked = self.read(exchange.request)
            except Violation as wrong:
                said = f"{self.dialect} would refuse this: {wrong}\n{exchange.request.request_line}\n{exchange.request.body.decode()}"
                self.violations.append(said)
                self.refusing(INVALID)(exchange, Asked("", False, []))
                return
            self.asked.append(asked)
            choose(asked)(exchange, asked)

        return script

    def _send(self, exchange: Exchange, status: int, body: Any, headers: dict[str, str]) -> None:
        data = write(body)
        exchange.send_head(status, {"Content-Type": "application/json", "Content-Length": str(len(data)), **self.head(), **headers})
        exchange.send(data)

    def _send_stream(self, exchange: Exchange, events: list[bytes], split: int | None, interruption: Interruption | None) -> None:
        exchange.send_head(200, {"Content-Type": self.content_type, "Transfer-Encoding": "chunked", **self.head()})
        if interruption is None:
            self._send_events(exchange, events, split)
            exchange.end_chunks()
            return
        self._send_events(exchange, events[:interruption.events], split)
        if interruption.go_on:
            if self._watch_for_leaving(exchange, interruption.go_on):
                exchange.keep_open = False
                return
        self.failed = True
        if interruption.cut:
            exchange.close()
            return
        if interruption.refusal:
            event = self.refusal(interruption.refusal).event
            assert event is not None, f"{self.dialect} tells no errors inside a stream"
            self._send_events(exchange, [event], split)
        else:
            self._send_events(exchange, events[interruption.events:], split)
        exchange.end_chunks()

    @staticmethod
    def _send_events(exchange: Exchange, events: list[bytes], split: int | None) -> None:
        data = b"".join(events)
        if not data:
            return
        if split is None:
            exchange.send_chunk(data)
        else:
            framed = b"".join(b"%x\r\n%s\r\n" % (len(data[i:i + split]), data[i:i + split]) for i in range(0, len(data), split))
            exchange.send_split(framed, split)

    def _watch_for_leaving(self, exchange: Exchange, go_on: threading.Event) -> bool:
        """Until the test's go or the gateway's close; whether it was the latter."""
        exchange.socket.settimeout(0.02)
        try:
            while not go_on.is_set() and not self.upstream.closing:
                try:
                    if exchange.socket.recv(4096) == b"":
                        self.left.set()
                        return True
                except TimeoutError:
                    continue
                except OSError:
                    self.left.set()
                    return True
            return False
        finally:
            exchange.socket.settimeout(None)

    # What makes the vendor.

    def head(self) -> dict[str, str]:
        """Header fields of every answer."""
        return {}

    @abstractmethod
    def read(self, request: RecordedRequest) -> Asked:
        """What is asked. Raises Violation for what the vendor would refuse."""

    @abstractmethod
    def answer(self, said: Said) -> Any:
        """The body of a whole answer."""

    @abstractmethod
    def events(self, said: Said) -> list[bytes]:
        """A streamed answer, event by event."""

    @abstractmethod
    def refusal(self, kind: str) -> Refusal:
        pass


def pieces(text: str, size: int = 7) -> list[str]:
    return [text[i:i + size] for i in range(0, len(text), size)]
