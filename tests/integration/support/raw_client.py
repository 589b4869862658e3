"""An HTTP/1.1 client that sends exactly the bytes it is given and shows exactly how the answer ended."""

import json
import socket
from dataclasses import dataclass, field

from .deadline import PATIENCE


class Truncated(Exception):
    """The connection ended before the message did."""

    def __init__(self, what: str, received: bytes = b""):
        super().__init__(what)
        self.received = received


class Headers(dict):
    """Fields by lower-case name; a repeated field keeps its values joined, as HTTP has it."""

    @staticmethod
    def parse(lines: list[bytes]) -> "Headers":
        headers = Headers()
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon:
                raise ValueError(f"not a header line: {line!r}")
            key, text = name.decode("latin-1").lower(), value.strip().decode("latin-1")
            headers[key] = f"{headers[key]}, {text}" if key in headers else text
        return headers


@dataclass
class Response:
    status: int
    headers: Headers
    body: bytes = b""
    chunks: list[bytes] = field(default_factory=list)

    def json(self):
        return json.loads(self.body)

    @property
    def error(self) -> dict:
        """The OpenAI envelope's inside, checked for its four keys."""
        assert self.headers["content-type"].startswith("application/json"), self.headers
        error = self.json()["error"]
        assert {"message", "type", "param", "code"} <= set(error), error
        assert error["message"]
        return error

    @property
    def request_id(self) -> str:
        return self.headers["x-tierway-request-id"]


class RawClient:
    """One connection."""

    def __init__(self, address: tuple[str, int], timeout: float = PATIENCE):
        self.socket = socket.create_connection(address, timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._pending = b""

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    def reset(self) -> None:
        """Closes with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_until_refused(self, data: bytes) -> None:
        """Sends as much as the peer takes: one that has seen enough may answer and close first."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except ConnectionResetError:
            return b""

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._pending:
            data = self._receive()
            if not data:
                raise Truncated(f"ended before {mark!r}", self._pending)
            self._pending += data
        taken, _, self._pending = self._pending.partition(mark)
        return taken

    def _exactly(self, size: int) -> bytes:
        while len(self._pending) < size:
            data = self._receive()
            if not data:
                raise Truncated(f"ended {size - len(self._pending)} bytes early", self._pending)
            self._pending += data
        taken, self._pending = self._pending[:size], self._pending[size:]
        return taken

    def read_head(self) -> Response:
        """The next response's head; interim 1xx responses are passed over."""
        while True:
            lines = self._until(b"\r\n\r\n").split(b"\r\n")
            version, status, *_ = lines[0].split(b" ", 2)
            assert version == b"HTTP/1.1", lines[0]
            if int(status) >= 200:
                return Response(int(status), Headers.parse(lines[1:]))

    def read_chunk(self) -> bytes:
        """One chunk of a chunked body; empty at its proper end."""
        size = int(self._until(b"\r\n").split(b";")[0], 16)
        data = self._exactly(size)
        end = self._exactly(2)
        assert end == b"\r\n", end
        return data

    def read_body(self, response: Response) -> Response:
        """The rest of a response. Raises Truncated when it is not complete; what came is in `response.body` all the same."""
        if response.headers.get("transfer-encoding", "").lower() == "chunked":
            while True:
                chunk = self.read_chunk()
                if not chunk:
                    return response
                response.chunks.append(chunk)
                response.body += chunk
        elif "content-length" in response.headers:
            response.body = self._exactly(int(response.headers["content-length"]))
        else:
            while data := self._receive():
                self._pending += data
            response.body, self._pending = self._pending, b""
        return response

    def read_response(self) -> Response:
        return self.read_body(self.read_head())

    def read_until(self, response: Response, mark: bytes) -> None:
        """Reads a chunked body until `mark` has come."""
        while mark not in response.body:
            chunk = self.read_chunk()
            if not chunk:
                raise Truncated(f"the body ended without {mark!r}", response.body)
            response.chunks.append(chunk)
            response.body += chunk

    def closed_by_peer(self) -> bool:
        """Whether the peer closes now without sending more."""
        if self._pending:
            return False
        try:
            return self.socket.recv(1) == b""
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False


def request_bytes(method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None,
                  host: str = "gateway.test") -> bytes:
    """A well-formed request; `headers` may override the usual ones."""
    fields = {"Host": host, **({"Content-Type": "application/json", "Content-Length": str(len(body))} if body else {})}
    fields.update(headers or {})
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return head.encode("latin-1") + b"\r\n" + body
