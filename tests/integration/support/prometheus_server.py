"""A real Prometheus for tests: on a free port of loopback, its samples in the test's folder, ended with its object. And promtool."""

import json
import shutil
import subprocess
import urllib.parse
from pathlib import Path
from typing import Any

from .deadline import eventually
from .raw_client import RawClient, request_bytes
from .redis_server import free_port

ROOT = Path(__file__).resolve().parents[3]


def program(name: str) -> str:
    unpacked = ROOT / "build" / "prometheus" / "usr" / "bin" / name
    found = str(unpacked) if unpacked.exists() else shutil.which(name)
    assert found, f"{name} is not there: scripts/install.sh --tests"
    return found


def promtool(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess:
    return subprocess.run([program("promtool"), *arguments], input=stdin, capture_output=True, text=True, timeout=240, check=False)


class PrometheusServer:
    """`prometheus` with a configuration file that is there already."""

    def __init__(self, config_file: Path):
        self.folder = config_file.parent
        self.port = free_port()
        self.log = self.folder / "prometheus.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [program("prometheus"), f"--config.file={config_file}", f"--storage.tsdb.path={self.folder / 'samples'}",
                 f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn"], stdout=log, stderr=log, cwd=self.folder)
        try:
            eventually(self._ready, "the prometheus", timeout=30)
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self._get("/-/ready")[0] == 200
        except OSError:
            return False

    def _get(self, path: str) -> tuple[int, bytes]:
        with RawClient(("127.0.0.1", self.port)) as client:
            client.send(request_bytes("GET", path))
            response = client.read_response()
            return response.status, response.body

    def ask(self, path: str, **parameters: str) -> Any:
        """The `data` of one of its API's answers; fails on an error."""
        status, body = self._get(f"/api/v1/{path}?{urllib.parse.urlencode(parameters)}")
        answer = json.loads(body)
        assert (status, answer["status"]) == (200, "success"), (parameters, answer)
        assert not answer.get("warnings"), (parameters, answer)
        return answer["data"]

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Labels and value of each sample that the expression has now."""
        data = self.ask("query", query=expression)
        if data["resultType"] == "scalar":
            return [({}, float(data["result"][1]))]
        return [(each["metric"], float(each["value"][1])) for each in data["result"]]

    def value(self, expression: str) -> float | None:
        """Of an expression that has at most one sample."""
        samples = self.query(expression)
        assert len(samples) <= 1, (expression, samples)
        return samples[0][1] if samples else None

    def wait_for_scrapes(self, count: int = 2) -> None:
        """Until so many more scrapes have begun and ended after now."""
        def seen() -> float:
            return self.value('sum(count_over_time(up{job="tierway"}[1h]))') or 0

        before = seen()
        # The one that is under way may have begun before.
        eventually(lambda: seen() >= before + count + 1, f"{count} scrapes", timeout=30)

    def __enter__(self) -> "PrometheusServer":
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
