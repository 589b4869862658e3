#!/usr/bin/env python3
"""What scraping costs requests: the same load with nobody scraping, with a scrape each second, and with a scraper that never pauses.

    bench/scrape.py [--build-dir build/release] [--rounds 8] [--seconds 2]

The three take turns, so that what else the machine does falls on all of them. CPU is that of the gateway's request threads alone, by
the kernel's own account, so that the admin thread's work is told apart. The gateway shows as many series as a large configuration
has: every class has asked every model of its tier. Ratios are what counts; a noisy machine spoils latencies before it spoils them.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent
CLASSES, TIERS, MODELS_OF_TIER = 20, 4, 5
CHAT = "/v1/chat/completions"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def configuration(stub_port: int) -> dict:
    models = [f"stub{tier}/model{number}" for tier in range(TIERS) for number in range(MODELS_OF_TIER)]
    provider = {"dialect": "openai", "base_url": f"http://127.0.0.1:{stub_port}/v1"}
    return {
        "version": 1,
        "server": {"listen": "127.0.0.1:0", "workers": 1, "watch": False, "drain_delay": "1ms"},
        "admin": {"listen": "127.0.0.1:0"}, "log": {"decisions": "off", "audit": "off"},
        "providers": {f"stub{tier}": provider for tier in range(TIERS)},
        "models": {name: {"price": {"input": 1 + i, "output": 2 + i}, "context": 1_000_000} for i, name in enumerate(models)},
        "tiers": {f"tier{tier}": [name for name in models if name.startswith(f"stub{tier}/")] for tier in range(TIERS)},
        "classes": {f"class{number}": {"tier": "tier0", "max_tier": f"tier{TIERS - 1}"} for number in range(CLASSES)},
        "classifier": {"default_class": "class0"},
    }


def get(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body


def make_series(port: int, config: dict) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for class_name in config["classes"]:
        for model in config["models"]:
            body = json.dumps({"model": model, "messages": [{"role": "user", "content": "Hello."}]})
            connection.request("POST", CHAT, body, {"Content-Type": "application/json", "x-tierway-class": class_name})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
    connection.close()


def cpu_seconds(pid: int, admin: bool) -> float:
    """Of the admin thread, or of the threads that serve requests."""
    ticks = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        name, _, rest = (task / "stat").read_text().partition("(")[2].rpartition(")")
        fields = rest.split()
        if (name == "tierway-admin") == admin and (admin or name.startswith("tierway-")):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Scraper:
    """Scrapes until it is stopped. `pause` of None: does nothing."""

    def __init__(self, port: int, pause: float | None):
        self.count, self.seconds = 0, 0.0
        self._port, self._pause, self._over = port, pause, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while self._pause is not None and not self._over.is_set():
            began = time.monotonic()
            get(self._port, "/metrics")
            self.seconds += time.monotonic() - began
            self.count += 1
            self._over.wait(self._pause)

    def stop(self) -> None:
        self._over.set()
        self._thread.join()


def measure(pid: int, port: int, admin_port: int, seconds: int, pause: float | None) -> dict[str, float]:
    scraper = Scraper(admin_port, pause)
    requests_cpu, admin_cpu = cpu_seconds(pid, False), cpu_seconds(pid, True)
    done = subprocess.run(["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(BENCH / "chat_load.lua"), f"http://127.0.0.1:{port}",
                           "--",
                           "1024", "whole"], capture_output=True, text=True, timeout=seconds + 30, check=True)
    requests_cpu, admin_cpu = cpu_seconds(pid, False) - requests_cpu, cpu_seconds(pid, True) - admin_cpu
    scraper.stop()
    words = next(line for line in done.stdout.splitlines() if line.startswith("wrk ")).split()
    count = int(words[1])
    return {"cpu_us": requests_cpu / count * 1e6, "p50_us": float(words[3]), "p99_us": float(words[4]), "scrapes": scraper.count,
            "scrape_ms": scraper.seconds / max(scraper.count, 1) * 1e3, "admin_ms": admin_cpu / max(scraper.count, 1) * 1e3}


def report(found: dict[str, list[dict[str, float]]]) -> None:
    for name, rounds in found.items():
        middle = {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}
        ratios = {key: statistics.median(each[key] / base[key] for each, base in zip(rounds, found["nobody"]))
                  for key in ("cpu_us", "p50_us", "p99_us")}
        print(f"{name:>12}: {middle['cpu_us']:6.1f} us CPU a request (x{ratios['cpu_us']:.3f}), "
              f"p50 {middle['p50_us']:5.0f} us (x{ratios['p50_us']:.3f}), p99 {middle['p99_us']:6.0f} us (x{ratios['p99_us']:.3f}); "
              f"{middle['scrapes']:.0f} scrapes of {middle['scrape_ms']:.1f} ms, {middle['admin_ms']:.1f} ms CPU each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build-dir", type=Path, default=BENCH.parent / "build" / "release")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    stub_port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        config_file, ready_file = Path(folder) / "tierway.yaml", Path(folder) / "ready.json"
        config = configuration(stub_port)
        config_file.write_text(json.dumps(config))
        stub = subprocess.Popen([options.build_dir / "bench" / "stub_upstream", str(stub_port)], stdout=subprocess.DEVNULL)
        gateway = subprocess.Popen([options.build_dir / "src" / "app" / "tierway", "serve", "-c", config_file, "--ready-file",
                                    ready_file],
                                   stderr=subprocess.DEVNULL)
        try:
            while not ready_file.exists() and gateway.poll() is None:
                time.sleep(0.05)
            ready = json.loads(ready_file.read_text())
            port, admin_port = (int(ready[name].rsplit(":", 1)[1]) for name in ("listen", "admin"))
            make_series(port, config)
            text = get(admin_port, "/metrics").decode()
            print(f"{sum(not line.startswith('#') for line in text.splitlines())} series, {len(text) // 1024} KiB a scrape")
            pauses = {"nobody": None, "each second": 1.0, "no pause": 0.0}
            found: dict[str, list] = {name: [] for name in pauses}
            for _ in range(options.rounds):
                for name, pause in pauses.items():
                    found[name].append(measure(gateway.pid, port, admin_port, options.seconds, pause))
            report(found)
        finally:
            for process in (gateway, stub):
                process.terminate()
                process.wait(20)


if __name__ == "__main__":
    main()
