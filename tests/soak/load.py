"""Load on one event loop: many streams at once, requests at a steady rate, each with what its client saw."""

import asyncio
import gc
import json
import re
import time
from collections.abc import Callable

from support.gateway import CHAT, chat
from support.raw_client import request_bytes

EVENT = re.compile(rb'"content":"(\d+)@(\d+) "')
STATUS = re.compile(rb"HTTP/1\.1 (\d{3})")
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
RETRY_AFTER = re.compile(rb"(?i)\r\nretry-after: *(\d+)")


def ask(directives: str, stream: bool = False, headers: dict[str, str] | None = None) -> bytes:
    """A chat request that tells the scripted provider what to do."""
    body = chat("load", metadata={"soak": directives}, **({"stream": True} if stream else {}))
    return request_bytes("POST", CHAT, json.dumps(body).encode(), headers)


class ChunkedReader:
    """Takes the framing off a chunked body as it comes."""

    def __init__(self):
        self._pending = b""
        self.done = False

    def feed(self, data: bytes) -> bytes:
        self._pending = self._pending + data if self._pending else data
        body = []
        while not self.done:
            end = self._pending.find(b"\r\n")
            if end < 0:
                break
            size = int(self._pending[:end], 16)
            if len(self._pending) < end + 2 + size + 2:
                break
            body.append(self._pending[end + 2:end + 2 + size])
            self._pending = self._pending[end + 4 + size:]
            self.done = size == 0
        return b"".join(body)


class StreamClient(asyncio.Protocol):
    """One stream: checks the order of its events as they come and notes how long each was under way."""

    def __init__(self, request: bytes, delays: list[float] | None = None, on_event: Callable[[], None] | None = None):
        self._request = request
        self._delays = delays
        self._on_event = on_event
        self._head = b""
        self._chunks: ChunkedReader | None = None
        self._tail = b""
        self.status = 0
        self.events = 0
        self.disordered = 0
        self.done_marker = False
        self.error_event = b""
        self.closed = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    @property
    def body_complete(self) -> bool:
        """The last chunk came: for HTTP the answer is whole."""
        return self._chunks is not None and self._chunks.done

    @property
    def ended_well(self) -> bool:
        return self.status == 200 and self.done_marker and self.body_complete and not self.error_event

    @property
    def cut_loudly(self) -> bool:
        """As RELIABILITY.md section 6 wants a failed stream: an error event, no `[DONE]`, no last chunk."""
        return bool(self.error_event) and not self.done_marker and not self.body_complete

    def connection_made(self, transport) -> None:
        self.transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.monotonic_ns()
        if self._chunks is None:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            self.status = int(STATUS.match(self._head)[1])
            data = self._head[end + 4:]
            self._chunks = ChunkedReader()
            if self.status != 200:
                self.transport.close()
                return
        self._tail += self._chunks.feed(data)
        end = self._tail.rfind(b"\n\n")
        if end >= 0:
            self._read(self._tail[:end + 2], now)
            self._tail = self._tail[end + 2:]
        if self._chunks.done:
            self.transport.close()

    def _read(self, events: bytes, now: int) -> None:
        for number, sent in EVENT.findall(events):
            if int(number) != self.events:
                self.disordered += 1
            self.events += 1
            if self._delays is not None:
                self._delays.append((now - int(sent)) / 1e6)
            if self._on_event:
                self._on_event()
        self.done_marker = self.done_marker or b"data: [DONE]\n" in events
        at = events.find(b'data: {"error"')
        if at >= 0:
            self.error_event = events[at:events.find(b"\n", at)]

    def connection_lost(self, error) -> None:
        if not self.closed.done():
            self.closed.set_result(error)


async def open_streams(address: tuple[str, int], requests: list[bytes], per_second: float,
                       delays: list[float] | None = None) -> list[StreamClient]:
    """Connects one stream after the other at a steady pace, so that their events are spread over time."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    clients = []
    connecting = set()

    async def connect(client: StreamClient) -> None:
        await loop.create_connection(lambda: client, *address)

    for number, request in enumerate(requests):
        wait = began + number / per_second - loop.time()
        if wait > 0:
            await asyncio.sleep(wait)
        client = StreamClient(request, delays)
        clients.append(client)
        task = asyncio.create_task(connect(client))
        connecting.add(task)
        task.add_done_callback(connecting.discard)
    await asyncio.gather(*connecting)
    return clients


class Outcome:
    """What one request of `RequestClient` came to."""

    __slots__ = ("due", "took", "status", "retry_after", "error")

    def __init__(self, due: float):
        self.due = due
        self.took = 0.0  # Seconds from when it was due: waiting for a connection counts.
        self.status = 0
        self.retry_after: int | None = None
        self.error = ""


class RequestClient(asyncio.Protocol):
    """One kept-alive connection; one request at a time. Only answers with a Content-Length are read."""

    def __init__(self, pool: "RequestPool"):
        self._pool = pool
        self._buffer = b""
        self.transport: asyncio.Transport | None = None
        self.outcome: Outcome | None = None

    def connection_made(self, transport) -> None:
        self.transport = transport

    def send(self, request: bytes, outcome: Outcome) -> None:
        self.outcome = outcome
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self.outcome is None:
            return
        length = LENGTH.search(self._buffer, 0, end + 2)
        if len(self._buffer) < end + 4 + int(length[1] if length else 0):
            return
        outcome, self.outcome = self.outcome, None
        outcome.status = int(STATUS.match(self._buffer)[1])
        if found := RETRY_AFTER.search(self._buffer, 0, end + 2):
            outcome.retry_after = int(found[1])
        closes = b"\r\nConnection: close\r\n" in self._buffer[:end + 2]
        self._buffer = b""
        self._pool.finished(self, outcome, not closes)

    def connection_lost(self, error) -> None:
        if self.outcome is not None:
            outcome, self.outcome = self.outcome, None
            outcome.error = f"closed: {error!r}"
            self._pool.finished(self, outcome, False)
        else:
            self._pool.forget(self)


class RequestPool:
    """Sends equal requests over kept-alive connections, as many as are needed up to a bound."""

    def __init__(self, address: tuple[str, int], request: bytes, connections_max: int = 5000):
        self._address = address
        self._request = request
        self._connections_max = connections_max
        self._connections = 0
        self._idle: list[RequestClient] = []
        self._waiting: list[Outcome] = []
        self.under_way = 0
        self.outcomes: list[Outcome] = []
        self.on_finished: Callable[[], None] | None = None

    def forget(self, client: RequestClient) -> None:
        if client in self._idle:
            self._idle.remove(client)
        self._connections -= 1

    def start(self, due: float) -> None:
        """Sends one request now, or as soon as a connection is there."""
        self.under_way += 1
        outcome = Outcome(due)
        if self._idle:
            self._idle.pop().send(self._request, outcome)
            return
        self._waiting.append(outcome)
        if self._connections < self._connections_max:
            self._connections += 1
            asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        try:
            _, client = await asyncio.get_running_loop().create_connection(lambda: RequestClient(self), *self._address)
        except OSError as error:
            self._connections -= 1
            if self._waiting:
                outcome = self._waiting.pop(0)
                outcome.error = repr(error)
                self._note(outcome)
            return
        self._give_work(client)

    def _give_work(self, client: RequestClient) -> None:
        if self._waiting:
            client.send(self._request, self._waiting.pop(0))
        else:
            self._idle.append(client)

    def _note(self, outcome: Outcome) -> None:
        outcome.took = asyncio.get_running_loop().time() - outcome.due
        self.under_way -= 1
        self.outcomes.append(outcome)
        if self.on_finished:
            self.on_finished()

    def finished(self, client: RequestClient, outcome: Outcome, reusable: bool) -> None:
        self._note(outcome)
        if reusable and not client.transport.is_closing():
            self._give_work(client)
        elif not client.transport.is_closing():
            client.transport.close()
        else:
            self.forget(client)

    async def at_rate(self, per_second: float, seconds: float) -> list[Outcome]:
        """Open loop: requests leave when they are due, whatever became of those before. Returns their outcomes."""
        loop = asyncio.get_running_loop()
        first = len(self.outcomes)
        began = loop.time()
        for number in range(int(per_second * seconds)):
            due = began + number / per_second
            if (wait := due - loop.time()) > 0:
                await asyncio.sleep(wait)
            self.start(due)
        await self.quiet()
        return self.outcomes[first:]

    async def at_depth(self, depth: int, seconds: float) -> list[Outcome]:
        """Closed loop: always so many under way. Returns the outcomes of those that ended in time."""
        loop = asyncio.get_running_loop()
        first = len(self.outcomes)
        end = loop.time() + seconds
        self.on_finished = lambda: self.start(loop.time()) if loop.time() < end else None
        for _ in range(depth):
            self.start(loop.time())
        await asyncio.sleep(seconds)
        ended = self.outcomes[first:]
        self.on_finished = None
        await self.quiet()
        return ended

    async def quiet(self, seconds: float = 60) -> None:
        """Until nothing is under way."""
        end = asyncio.get_running_loop().time() + seconds
        while self.under_way and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.01)
        if self.under_way:
            raise AssertionError(f"{self.under_way} requests were never answered")

    def close(self) -> None:
        for client in list(self._idle):
            client.transport.close()


def without_pauses() -> None:
    """No collection of garbage while delays are measured."""
    gc.collect()
    gc.freeze()
    gc.disable()
