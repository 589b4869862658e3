#!/usr/bin/env python3
"""How long Tierway takes to start and how much memory it holds: from its start to /readyz saying 200, idle, and after requests.

Usage: bench/footprint.py PROGRAM [--starts 20] [--requests 1000] [--nginx]
"""

import argparse
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

IDLE_SECONDS = 5


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port: int, path: str) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def resident_mib(process: int) -> float:
    """Of the process and those that it started."""
    family = [process, *(int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split())]
    pages = sum(int(Path(f"/proc/{each}/statm").read_text().split()[1]) for each in family)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def start(command: list[str], port: int, path: str, folder: Path) -> tuple[subprocess.Popen, float]:
    """The process, and the milliseconds until it answered."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not answers(port, path):
        if process.poll() is not None or time.perf_counter() - begun > 30:
            raise SystemExit(f"{command} did not start")
        time.sleep(0.0005)
    return process, (time.perf_counter() - begun) * 1000


def stop(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def starts(command: list[str], port: int, path: str, folder: Path, count: int) -> str:
    times = []
    for _ in range(count):
        process, milliseconds = start(command, port, path, folder)
        times.append(milliseconds)
        stop(process)
    return f"median {statistics.median(times):.1f} ms, fastest {min(times):.1f}, slowest {max(times):.1f} of {count}"


def configuration(simulator: int, listen: int, admin: int) -> dict:
    return {
        "version": 1,
        "server": {"listen": f"127.0.0.1:{listen}", "drain_delay": "1ms"},
        "admin": {"listen": f"127.0.0.1:{admin}"},
        "log": {"decisions": "off", "audit": "off"},
        "providers": {"sim": {"dialect": "openai", "base_url": f"http://127.0.0.1:{simulator}/v1"}},
        "models": {"sim/sim-small": {"price": {"input": 0.1, "output": 0.4}, "context": 128000}},
        "tiers": {"small": ["sim/sim-small"]},
        "classes": {"chat": {"tier": "small"}},
        "classifier": {"default_class": "chat", "rules": []},
    }


def ask(port: int, count: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    body = json.dumps({"model": "auto", "messages": [{"role": "user", "content": "Hello! How are you today?"}]})
    for _ in range(count):
        connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"a request was answered with {response.status}")
    connection.close()


def measure_tierway(program: str, folder: Path, count: int, requests: int) -> None:
    simulator_port, listen, admin = free_port(), free_port(), free_port()
    file = folder / "tierway.yaml"
    file.write_text(json.dumps(configuration(simulator_port, listen, admin)))
    command = [program, "serve", "--config", str(file)]
    print(f"tierway  start to ready: {starts(command, admin, '/readyz', folder, count)}")
    simulator = subprocess.Popen([program, "simulate", "--listen", f"127.0.0.1:{simulator_port}"], stdout=subprocess.DEVNULL)
    try:
        gateway, _ = start(command, admin, "/readyz", folder)
        time.sleep(IDLE_SECONDS)
        print(f"tierway  idle: {resident_mib(gateway.pid):.1f} MiB")
        ask(listen, requests)
        print(f"tierway  after {requests} requests: {resident_mib(gateway.pid):.1f} MiB")
        stop(gateway)
    finally:
        stop(simulator)


def measure_nginx(folder: Path, count: int) -> None:
    port = free_port()
    file = folder / "nginx.conf"
    file.write_text(f"""daemon off; pid {folder}/nginx.pid; error_log /dev/null; worker_processes auto; events {{}}
http {{ access_log off; server {{ listen 127.0.0.1:{port}; location / {{ return 200 "ok"; }} }} }}""")
    command = ["nginx", "-p", str(folder), "-c", str(file)]
    print(f"nginx    start to answer: {starts(command, port, '/', folder, count)}")
    process, _ = start(command, port, "/", folder)
    time.sleep(IDLE_SECONDS)
    print(f"nginx    idle, with its workers: {resident_mib(process.pid):.1f} MiB")
    stop(process)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda name: str(Path(name).resolve()))
    parser.add_argument("--starts", type=int, default=20)
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--nginx", action="store_true", help="measure nginx beside it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure_tierway(options.program, Path(folder), options.starts, options.requests)
        if options.nginx:
            measure_nginx(Path(folder), options.starts)


if __name__ == "__main__":
    main()
