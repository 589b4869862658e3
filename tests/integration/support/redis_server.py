"""A real redis-server for tests: on a free port of loopback, ended with its object; and the few commands that tests send to it."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
from pathlib import Path

from .deadline import eventually


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class RedisError(Exception):
    """The server refused a command."""


class RedisConnection:
    """One connection: a command, its answer."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None):
        sock = socket.create_connection(("127.0.0.1", port), 10)
        self.socket = context.wrap_socket(sock, server_hostname="localhost") if context else sock
        self.file = self.socket.makefile("rb")

    def __enter__(self) -> "RedisConnection":
        return self

    def __exit__(self, *_) -> None:
        self.file.close()
        self.socket.close()

    def ask(self, *words: str | int | float):
        encoded = [str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in encoded))
        return self._answer()

    def _answer(self):
        line = self.file.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RedisError(rest.decode())
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if int(rest) < 0 else self.file.read(int(rest) + 2)[:-2].decode()
        return [self._answer() for _ in range(int(rest))]


class RedisServer:
    """`redis-server` that keeps nothing on disk."""

    def __init__(self, folder: Path, *options: str, port: int | None = None, tls: dict[str, str] | None = None):
        assert shutil.which("redis-server"), "redis-server is not installed: scripts/install.sh --tests"
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.options, self.tls = folder, options, tls
        self.port = port or free_port()
        self.password = options[options.index("--requirepass") + 1] if "--requirepass" in options else None
        self.start()

    def start(self) -> None:
        ports = ["--port", "0", "--tls-port", str(self.port), *sum(([name, value] for name, value in self.tls.items()), [])] if self.tls \
            else ["--port", str(self.port)]
        self.process = subprocess.Popen(["redis-server", *ports, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no",
                                         "--dir", str(self.folder), "--logfile", "redis.log", *self.options], cwd=self.folder)
        eventually(self.listens, "the redis-server")

    def listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def url(self) -> str:
        return f"redis{'s' if self.tls else ''}://{'localhost' if self.tls else '127.0.0.1'}:{self.port}"

    def ask(self, *words: str | int | float):
        with RedisConnection(self.port) as connection:
            if self.password:
                connection.ask("AUTH", self.password)
            return connection.ask(*words)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """It exists and does nothing."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def __enter__(self) -> "RedisServer":
        return self

    def __exit__(self, *_) -> None:
        if self.process.poll() is None:
            self.kill()


class Counters:
    """What the server says of one budget, by the keys that src/store/lua describes."""

    def __init__(self, server: RedisServer, scope: str, prefix: str = "{tierway}:"):
        self.settled, self.reserved, self.sliced = 0, 0, 0
        with RedisConnection(server.port) as connection:
            for key in connection.ask("KEYS", f"{prefix}budget:{scope}|*"):
                fields = connection.ask("HMGET", key, "settled", "reserved", "sliced")
                self.settled, self.reserved, self.sliced = (int(field or 0) for field in fields)
