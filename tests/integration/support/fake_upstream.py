"""A provider that does what a test tells it, byte by byte, and remembers what it was sent."""

import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from . import answers
from .deadline import PATIENCE, eventually
from .raw_client import Headers


@dataclass
class RecordedRequest:
    """What one request looked like on the wire."""

    head: bytes
    body: bytes
    connection: int  # Which connection it came by, counted from 0.
    request_line: str = field(init=False)
    headers: Headers = field(init=False)

    def __post_init__(self):
        lines = self.head.split(b"\r\n")
        self.request_line = lines[0].decode("latin-1")
        self.headers = Headers.parse(lines[1:])

    def json(self):
        import json
        return json.loads(self.body)


class Exchange:
    """One request being answered; what a script works with."""

    def __init__(self, upstream: "FakeUpstream", sock: socket.socket, request: RecordedRequest):
        self._upstream = upstream
        self.socket = sock
        self.request = request
        self.keep_open = True

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_split(self, data: bytes, size: int) -> None:
        """In pieces of `size` bytes, each its own write."""
        for start in range(0, len(data), size):
            self.socket.sendall(data[start:start + size])

    def send_head(self, status: int = 200, headers: dict[str, str] | None = None, reason: str = "Said") -> None:
        fields = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        self.send(f"HTTP/1.1 {status} {reason}\r\n{fields}\r\n".encode("latin-1"))

    def send_stream_head(self, headers: dict[str, str] | None = None) -> None:
        self.send_head(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked", **(headers or {})})

    def send_chunk(self, data: bytes) -> None:
        """One chunk of a chunked body."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def end_chunks(self) -> None:
        self.send(b"0\r\n\r\n")

    def close(self) -> None:
        """FIN: properly for TLS, with close_notify."""
        self.keep_open = False
        if isinstance(self.socket, ssl.SSLSocket):
            try:
                self.socket.settimeout(1)
                self.socket = self.socket.unwrap()
            except (OSError, ssl.SSLError, ValueError):
                pass
        self.socket.close()

    def cut(self) -> None:
        """FIN below whatever is above: TLS gets no close_notify."""
        self.keep_open = False
        raw = self.socket.detach()
        socket.socket(fileno=raw).close()

    def reset(self) -> None:
        """RST."""
        self.keep_open = False
        raw = socket.socket(fileno=self.socket.detach())
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        raw.close()

    def wait(self, happened: threading.Event, timeout: float = PATIENCE) -> None:
        """Until the test says so, or the upstream is closed."""
        eventually(lambda: happened.is_set() or self._upstream.closing, "the test's go", timeout)

    def wait_for_peer_close(self, timeout: float = PATIENCE) -> bool:
        """Whether the gateway closed this connection in time."""
        self.keep_open = False
        self.socket.settimeout(timeout)
        try:
            while self.socket.recv(4096):
                pass
            return True
        except TimeoutError:
            return False
        except OSError:
            return True


Script = Callable[[Exchange], None]


def whole(body: dict | bytes | None = None, status: int = 200, headers: dict[str, str] | None = None,
          delay: threading.Event | None = None) -> Script:
    """A complete answer with Content-Length."""
    data = body if isinstance(body, bytes) else answers.encode(answers.answer() if body is None else body)

    def script(exchange: Exchange) -> None:
        if delay:
            exchange.wait(delay)
        exchange.send_head(status, {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})})
        exchange.send(data)

    return script


def stream(data: bytes | list[dict] | None = None, split: int | None = None, headers: dict[str, str] | None = None) -> Script:
    """A complete event stream, chunked; `split` cuts what is on the wire, chunk framing and all, into pieces of that size."""
    if data is None or isinstance(data, list):
        data = answers.events(answers.stream_chunks() if data is None else data)

    def script(exchange: Exchange) -> None:
        exchange.send_stream_head(headers)
        if split is None:
            exchange.send_chunk(data)
            exchange.end_chunks()
        else:
            framed = b"".join(b"%x\r\n%s\r\n" % (len(data[i:i + split]), data[i:i + split]) for i in range(0, len(data), split))
            exchange.send_split(framed + b"0\r\n\r\n", split)

    return script


def begun_stream(go_on: threading.Event) -> Script:
    """A stream of "first", and " second" with its proper end once the test says so."""
    def script(exchange: Exchange) -> None:
        exchange.send_stream_head()
        exchange.send_chunk(answers.event(answers.chunk({"role": "assistant", "content": "first"})))
        exchange.wait(go_on)
        exchange.send_chunk(answers.events([answers.chunk({"content": " second"}, "stop")]))
        exchange.end_chunks()

    return script


def error(status: int, message: str = "no", code: str | None = None, type_: str = "server_error",
          headers: dict[str, str] | None = None) -> Script:
    return whole(answers.error_body(message, type_, code), status, headers)


def silent(exchange: Exchange) -> None:
    """Takes the request and says nothing until the gateway gives up."""
    exchange.wait_for_peer_close()


def reset(exchange: Exchange) -> None:
    exchange.reset()


class FakeUpstream:
    """Listens on loopback. Each request is answered by the next script of the queue, or by `default` when it is empty."""

    def __init__(self, *scripts: Script, default: Script | None = None, tls: ssl.SSLContext | None = None):
        self.scripts: deque[Script] = deque(scripts)
        self.default = default
        self.tls = tls
        self.requests: list[RecordedRequest] = []
        self.connections = 0
        self.sni: list[str | None] = []
        self.handshake_errors: list[str] = []
        self.plain_bytes = 0  # Application bytes received, requests that never became whole included.
        self.takes_chunks = False  # Request bodies without a stated length.
        self.closing = False
        self.faults: list[BaseException] = []
        self._lock = threading.Lock()
        if tls:
            tls.sni_callback = lambda _socket, name, _context: self.sni.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._sockets: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def url(self, host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}/v1"

    def push(self, *scripts: Script) -> None:
        self.scripts.extend(scripts)

    def wait_for_requests(self, count: int) -> list[RecordedRequest]:
        eventually(lambda: len(self.requests) >= count, f"{count} requests at the upstream")
        return self.requests

    @property
    def last(self) -> RecordedRequest:
        return self.requests[-1]

    def __enter__(self) -> "FakeUpstream":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Ends every connection; a script that went wrong fails the test here."""
        self.closing = True
        self._listener.close()
        with self._lock:
            for sock in self._sockets:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
        if self.faults:
            raise self.faults[0]

    def _accept(self) -> None:
        while not self.closing:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            number = self.connections
            self.connections += 1
            threading.Thread(target=self._serve, args=(sock, number), daemon=True).start()

    def _serve(self, sock: socket.socket, number: int) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._sockets.add(sock)
        try:
            if self.tls:
                try:
                    sock.settimeout(PATIENCE)
                    secured = self.tls.wrap_socket(sock, server_side=True)
                except (OSError, ssl.SSLError) as error:
                    self.handshake_errors.append(str(error))
                    sock.close()
                    return
                with self._lock:
                    self._sockets.discard(sock)
                    self._sockets.add(secured)
                sock = secured
                sock.settimeout(None)
            self._serve_requests(sock, number)
        except (ConnectionError, ssl.SSLError, TimeoutError):
            pass  # The gateway may leave whenever it likes; what it did is in the records.
        except OSError as error:
            if not self.closing and error.errno != 9:
                self.faults.append(error)
        except BaseException as error:  # noqa: BLE001 - handed to the test by close().
            if not self.closing:
                self.faults.append(error)
        finally:
            with self._lock:
                self._sockets.discard(sock)
            sock.close()

    def _serve_requests(self, sock: socket.socket, number: int) -> None:
        pending = b""
        while True:
            request, pending = self._read_request(sock, pending, number)
            if request is None:
                return
            self.requests.append(request)
            with self._lock:
                script = self.scripts.popleft() if self.scripts else self.default
            assert script, f"no script left for {request.request_line}"
            exchange = Exchange(self, sock, request)
            script(exchange)
            if not exchange.keep_open:
                return

    def _read_request(self, sock: socket.socket, pending: bytes, number: int) -> tuple[RecordedRequest | None, bytes]:
        def more() -> bool:
            nonlocal pending
            data = sock.recv(65536)
            self.plain_bytes += len(data)
            pending += data
            return bool(data)

        while b"\r\n\r\n" not in pending:
            if not more():
                return None, b""
        head, _, pending = pending.partition(b"\r\n\r\n")
        headers = Headers.parse(head.split(b"\r\n")[1:])
        if "transfer-encoding" in headers:
            assert self.takes_chunks, "the gateway knows the length, and must say it"
            body = bytearray()
            while True:
                while b"\r\n" not in pending:
                    if not more():
                        return None, b""
                line, _, pending = pending.partition(b"\r\n")
                size = int(line, 16)
                while len(pending) < size + 2:
                    if not more():
                        return None, b""
                body += pending[:size]
                assert pending[size:size + 2] == b"\r\n"
                pending = pending[size + 2:]
                if size == 0:
                    return RecordedRequest(head, bytes(body), number), pending
        size = int(headers.get("content-length", "0"))
        buffered = bytearray(pending)
        while len(buffered) < size:
            data = sock.recv(1 << 20)
            self.plain_bytes += len(data)
            if not data:
                return None, b""
            buffered += data
        return RecordedRequest(head, bytes(buffered[:size]), number), bytes(buffered[size:])


def refusing_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
