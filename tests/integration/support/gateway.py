"""The gateway under test: started with a configuration, asked over raw sockets, observed by its records and metrics."""

import json
import re
from pathlib import Path
from typing import Any

from .answers import encode
from .deadline import eventually
from .process import TierwayProcess
from .raw_client import RawClient, Response, request_bytes
from .sse import Stream

CHAT = "/v1/chat/completions"


def chat(content: Any = "What is the answer?", model: str = "auto", **extra: Any) -> dict:
    """A request body with one user turn."""
    return {"model": model, "messages": [{"role": "user", "content": content}], **extra}


class Gateway:
    """`tierway serve` with a configuration of its own in a folder of its own."""

    def __init__(self, folder: Path, config: dict | str, env: dict[str, str] | None = None):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.config_file = folder / "tierway.yaml"
        self.write_config(config)
        self.process = TierwayProcess(folder, ["serve", "-c", str(self.config_file)], env)

    def write_config(self, config: dict | str) -> None:
        """JSON is YAML too."""
        self.config_file.write_text(config if isinstance(config, str) else json.dumps(config, indent=1))

    def __enter__(self) -> "Gateway":
        return self

    def __exit__(self, kind, *_) -> None:
        if kind is None:
            self.process.stop()
        else:
            self.process.process.kill()
            self.process.wait()

    @property
    def address(self) -> tuple[str, int]:
        return self.process.address("listen")

    @property
    def admin_address(self) -> tuple[str, int]:
        return self.process.address("admin")

    @property
    def base_url(self) -> str:
        return "http://%s:%d/v1" % self.address

    def connect(self, timeout: float = 15.0) -> RawClient:
        return RawClient(self.address, timeout)

    # Asking.

    def request(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Response:
        with self.connect() as client:
            client.send(request_bytes(method, path, body, headers))
            return client.read_response()

    def post(self, body: dict | bytes, headers: dict[str, str] | None = None, path: str = CHAT) -> Response:
        return self.request("POST", path, body if isinstance(body, bytes) else encode(body), headers)

    def ask(self, content: Any = "What is the answer?", headers: dict[str, str] | None = None, **fields: Any) -> Response:
        """A whole answer to one user turn."""
        return self.post(chat(content, **fields), headers)

    def stream(self, content: Any = "What is the answer?", headers: dict[str, str] | None = None, **fields: Any) -> Stream:
        """A whole event stream, which must begin well and end as HTTP wants."""
        response = self.ask(content, headers, stream=True, **fields)
        assert response.status == 200, response
        assert response.headers["content-type"].startswith("text/event-stream"), response.headers
        return Stream.parse(response.body)

    # Observing.

    def admin(self, path: str, method: str = "GET", body: bytes = b"", headers: dict[str, str] | None = None) -> Response:
        with RawClient(self.admin_address) as client:
            client.send(request_bytes(method, path, body, headers, host="%s:%d" % self.admin_address))
            return client.read_response()

    def decisions(self, last: int = 1000) -> list[dict]:
        """Newest first."""
        return self.admin(f"/api/decisions?last={last}").json()

    def record(self, request_id: str) -> dict:
        """The decision record of one request; exactly one."""
        def found() -> list[dict]:
            return [record for record in self.decisions() if record["request_id"] == request_id]

        records = eventually(found, f"the record of {request_id}")
        assert len(records) == 1, records
        return records[0]

    def record_of(self, response: Response) -> dict:
        return self.record(response.request_id)

    def next_record(self, before: int) -> dict:
        """The one record that came after there were `before` of them."""
        records = eventually(lambda: (found := self.decisions()) and len(found) > before and found, "a further record")
        assert len(records) == before + 1, records[: len(records) - before]
        return records[0]

    def metrics(self) -> dict[str, float]:
        """Every sample by its name and labels as they are written."""
        response = self.admin("/metrics")
        assert response.status == 200
        return parse_metrics(response.body.decode())

    def alive(self) -> bool:
        return self.process.alive() and self.admin("/healthz").status == 200


def parse_metrics(text: str) -> dict[str, float]:
    """Reads the Prometheus text format; fails on a line that is not of it or a series that appears twice."""
    sample = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*",?)*\})? (\S+)( \d+)?')
    found: dict[str, float] = {}
    for line in text.splitlines():
        if not line or line.startswith(("# HELP ", "# TYPE ")):
            continue
        match = sample.fullmatch(line)
        assert match, f"not a sample: {line}"
        key = match[1] + (match[2] or "")
        assert key not in found, f"twice: {key}"
        found[key] = float(match[3])
    return found


def sum_of(metrics: dict[str, float], name: str, **labels: str) -> float:
    """The sum of the samples of one metric whose labels include those given."""
    wanted = [f'{label}="{value}"' for label, value in labels.items()]
    return sum(value for key, value in metrics.items()
               if re.split(r"\{", key)[0] == name and all(each in key for each in wanted))
