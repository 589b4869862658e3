"""A scripted provider for load: many connections, one thread, each request saying in `metadata.soak` how it wants to be answered.

    python -m soak.upstream [CHAIN.pem KEY.pem]       with the two files: TLS

Prints its port. Directives are `name=value` joined by `;`:

    delay=MS;bytes=N             a whole answer with so many bytes of text, after so long
    events=N;interval=MS         a stream; the text of event i is "i@T ", T being the monotonic nanoseconds when it was sent
    flood=N                      a stream of N bytes as fast as the connection takes them

GET /stats tells what the flood streams were able to send so far and how many requests came, POST /reset forgets it. After POST /fail every
request gets 503, until POST /heal.
"""

import asyncio
import gc
import json
import re
import socket
import ssl
import sys
import time

from support.answers import answer, chunk, encode, event

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
DIRECTIVES = re.compile(rb'"soak" *: *"([^"]*)"')
STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
# A small send buffer, so that what a connection accepts tells what the gateway took.
SEND_BUFFER = 16 * 1024
FLOOD_PIECE = 4096


def framed(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


BEFORE, AFTER = event(chunk({"content": "HERE"})).split(b"HERE")
ROLE = framed(event(chunk({"role": "assistant", "content": ""})))
END = framed(event(chunk({}, "stop"))) + framed(event(chunk(choices=[], usage={"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}))) + framed(
    event(b"[DONE]")) + b"0\r\n\r\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
FLOOD = framed(BEFORE + b"y" * FLOOD_PIECE + AFTER)


class State:
    """What the connections share: what each flood stream has sent, how many requests came, and whether they are to fail."""

    def __init__(self):
        self.accepted: list[int] = []
        self.closed_after: list[float] = []  # Seconds from the start of a flood until the gateway closed it.
        self.stalled_since: dict[int, float] = {}
        self.requests = 0
        self.failing = False


class Connection(asyncio.Protocol):
    def __init__(self, state: State):
        self.state = state
        self.buffer = b""
        self.transport: asyncio.Transport
        self.timer: asyncio.TimerHandle | None = None
        self.flood: int | None = None  # Index in `floods.accepted`.
        self.flood_left = 0
        self.flood_began = 0.0
        self.paused = False

    def connection_made(self, transport) -> None:
        self.transport = transport
        peer = transport.get_extra_info("socket")
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.set_write_buffer_limits(high=2 * FLOOD_PIECE)

    def connection_lost(self, error) -> None:
        if self.timer:
            self.timer.cancel()
        if self.flood is not None and self.flood_left:
            self.note_accepted()
            self.state.closed_after.append(time.monotonic() - self.flood_began)
            self.flood_left = 0

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self.buffer, 0, end + 2)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self.buffer) < whole:
                return
            request, self.buffer = self.buffer[:whole], self.buffer[whole:]
            self.handle(request, end + 4)

    def handle(self, request: bytes, head: int) -> None:
        if request.startswith(b"GET /stats"):
            self.respond(json.dumps({"accepted": self.state.accepted, "closed_after": self.state.closed_after,
                                     "requests": self.state.requests}).encode())
            return
        if request.startswith((b"POST /fail", b"POST /heal")):
            self.state.failing = request.startswith(b"POST /fail")
            self.respond(b"{}")
            return
        if request.startswith(b"POST /reset"):
            self.state.accepted.clear()
            self.state.closed_after.clear()
            self.state.requests = 0
            self.respond(b"{}")
            return
        self.state.requests += 1
        if self.state.failing:
            self.transport.write(UNAVAILABLE)
            return
        found = DIRECTIVES.search(request, head)
        wanted = dict(pair.split("=") for pair in found[1].decode().split(";")) if found else {}
        numbers = {name: int(value) for name, value in wanted.items()}
        if "flood" in numbers:
            self.begin_flood(numbers["flood"])
        elif "events" in numbers:
            self.transport.write(STREAM_HEAD + ROLE)
            interval = numbers["interval"] / 1000
            self.send_next(0, numbers["events"], interval, asyncio.get_running_loop().time())
        else:
            body = encode(answer("z" * numbers.get("bytes", 100)))
            delay = numbers.get("delay", 0)
            if delay:
                self.timer = asyncio.get_running_loop().call_later(delay / 1000, self.respond, body)
            else:
                self.respond(body)

    def respond(self, body: bytes) -> None:
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    def send_next(self, number: int, count: int, interval: float, due: float) -> None:
        if number == count:
            self.transport.write(END)
            return
        data = BEFORE + b"%d@%d " % (number, time.monotonic_ns()) + AFTER
        self.transport.write(framed(data))
        # From when it was due, so that a late event does not delay all further ones.
        due += interval
        self.timer = asyncio.get_running_loop().call_at(due, self.send_next, number + 1, count, interval, due)

    def begin_flood(self, size: int) -> None:
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self.flood = len(self.state.accepted)
        self.state.accepted.append(0)
        self.flood_left = size
        self.flood_began = time.monotonic()
        self.transport.write(STREAM_HEAD + ROLE)
        self.continue_flood()

    def continue_flood(self) -> None:
        # A bounded number at once: one fast reader must not keep all others waiting.
        for _ in range(16):
            if self.paused or self.flood_left <= 0 or self.transport.is_closing():
                break
            self.flood_left -= FLOOD_PIECE
            self.state.accepted[self.flood] += FLOOD_PIECE
            self.transport.write(FLOOD)
        if self.flood_left <= 0:
            self.flood_left = 0
            self.transport.write(END)
        elif not self.paused and not self.transport.is_closing():
            asyncio.get_running_loop().call_soon(self.continue_flood)

    def note_accepted(self) -> None:
        self.state.accepted[self.flood] -= self.transport.get_write_buffer_size()

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        if self.flood_left:
            self.continue_flood()


async def serve(tls: ssl.SSLContext | None) -> None:
    state = State()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(state), "127.0.0.1", 0, backlog=4096, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    # A pause of the collector would look like a delay of the gateway's.
    gc.freeze()
    gc.disable()
    await server.serve_forever()


def main(arguments: list[str]) -> None:
    tls = None
    if arguments:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(*arguments)
    try:
        asyncio.run(serve(tls))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main(sys.argv[1:])
