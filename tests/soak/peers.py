"""The processes of a part: the gateway in front of scripted providers, each in a folder of its own, all on loopback."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

from support.gateway import Gateway
from support.process import environment
from support.raw_client import RawClient, request_bytes

TESTS = Path(__file__).resolve().parent.parent
PAGE = resource.getpagesize()


class Upstream:
    """A scripted provider as a process of its own, so that its work and ours do not wait for each other."""

    def __init__(self, *arguments: object, script: str = "soak.upstream", tls: bool = False):
        self.process = subprocess.Popen([sys.executable, "-m", script, *map(str, arguments)], stdout=subprocess.PIPE, text=True,
                                        env=environment({"PYTHONPATH": f"{TESTS}:{TESTS / 'integration'}", "PYTHONDONTWRITEBYTECODE": "1"}))
        self.port = int(self.process.stdout.readline())
        self.scheme = "https" if tls else "http"

    def __enter__(self) -> "Upstream":
        return self

    def __exit__(self, *_) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    @property
    def base_url(self) -> str:
        # A name, because certificates are for names.
        return f"{self.scheme}://localhost:{self.port}/v1"

    def call(self, method: str, path: str):
        with RawClient(self.address, timeout=60) as client:
            client.send(request_bytes(method, path, host="localhost"))
            return client.read_response().json()


def policy(base_url: str, server: dict | None = None, provider: dict | None = None) -> dict:
    """One model on one tier, nothing judged: what is measured is the relaying."""
    return {
        "version": 1,
        "server": {"listen": "127.0.0.1:0", "connections_max": 20_000, "stream_keepalive_after": "60s", **(server or {})},
        "admin": {"listen": "127.0.0.1:0", "decisions_kept": 0},
        "log": {"level": "warning", "decisions": "off", "audit": "off"},
        "providers": {"load": {"dialect": "openai", "base_url": base_url, "idle_connections_max": 10_000, **(provider or {})}},
        "models": {"load/m": {"price": {"input": 1, "output": 2}, "context": 1_000_000}},
        "tiers": {"only": ["load/m"]},
        "classes": {"chat": {"tier": "only"}},
        "classifier": {"default_class": "chat"},
    }


def known_to_binary(folder: Path, config: dict) -> str:
    """Why this binary refuses a configuration; empty when it takes it."""
    file = folder / "check.yaml"
    file.write_text(json.dumps(config))
    done = subprocess.run([os.environ["TIERWAY_BINARY"], "check", "-c", str(file)], capture_output=True, text=True, timeout=30,
                          check=False)
    return "" if done.returncode == 0 else done.stderr.strip().splitlines()[0].replace(str(file), file.name)


def supported(folder: Path, config: dict, section: str, keys: dict, report) -> dict:
    """The configuration with those keys that this binary knows; the others become figures that fail."""
    for key, value in keys.items():
        wanted = {**config, section: {**config[section], key: value}}
        if problem := known_to_binary(folder, wanted):
            report.add(f"`{section}.{key}` is known", "no", "yes", False, problem)
        else:
            config = wanted
    return config


def resident_bytes(gateway: Gateway) -> int:
    fields = Path(f"/proc/{gateway.process.process.pid}/statm").read_text().split()
    return int(fields[1]) * PAGE


def open_descriptors(gateway: Gateway) -> int:
    return len(os.listdir(f"/proc/{gateway.process.process.pid}/fd"))


def cpu_seconds(gateway: Gateway) -> float:
    fields = Path(f"/proc/{gateway.process.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def raise_descriptor_limit() -> int:
    """To what the machine allows; children inherit it. Returns the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def end_quickly(gateway: Gateway) -> None:
    """For parts that do not look at the end: streams may still be open, and draining would wait for them."""
    gateway.process.process.kill()
    gateway.process.wait()
