"""The headline run behind scripts/headline.sh: every recorded prompt goes through the real gateway over HTTP, with the simulator
giving the recorded answers again as its upstreams. Prints bill and quality against sending everything to the frontier, and ends
with an error for every row that `tierway eval` sees differently."""

import argparse
import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SUITES = ("zeroeval_gsm", "zeroeval_crux", "zeroeval_math-l5")
START_SECONDS = 30
REQUEST_SECONDS = 60
DIFFERENCES_SHOWN = 20


class Server:
    """A `tierway` command that serves until it is told to end."""

    def __init__(self, command: list[str], ready_file: Path, env: dict[str, str]):
        self.log = ready_file.with_suffix(".log")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*command, "--ready-file", str(ready_file)], stdout=log, stderr=log, env=env)
        deadline = time.monotonic() + START_SECONDS
        while not ready_file.exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.end()
                sys.exit(f"{' '.join(command)} did not start:\n{self.log.read_text(errors='replace')}")
            time.sleep(0.02)
        self.address = json.loads(ready_file.read_text())["listen"]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def outcome_files(folder: Path) -> list[Path]:
    inner = folder / "outcomes"
    files = [(inner if inner.is_dir() else folder) / f"{suite}.jsonl" for suite in SUITES]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        sys.exit("There is no " + ", no ".join(missing) + ".")
    return files


def first_rows(files: list[Path], limit: int, folder: Path) -> list[Path]:
    """Copies of the files with their first rows, `limit` in all and about as many of each."""
    copies = []
    for number, file in enumerate(files):
        count = limit // len(files) + (1 if number < limit % len(files) else 0)
        with file.open(encoding="utf-8") as lines:
            rows = [line for _, line in zip(range(count), lines)]
        if rows:
            copies.append(folder / file.name)
            copies[-1].write_text("".join(rows), encoding="utf-8")
    return copies


class Client:
    """Asks the gateway as a client would, over one connection for each thread."""

    def __init__(self, address: str):
        self.address = address
        self.of_thread = threading.local()

    def ask(self, prompt: str) -> dict[str, Any]:
        body = json.dumps({"model": "auto", "messages": [{"role": "user", "content": prompt}]}, ensure_ascii=False).encode()
        connection = getattr(self.of_thread, "connection", None)
        if connection is None:
            connection = self.of_thread.connection = http.client.HTTPConnection(self.address, timeout=REQUEST_SECONDS)
        try:
            connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise
        headers = {name.lower(): value for name, value in response.getheaders()}
        if response.status != 200:
            return {"error": f"status {response.status}: {answer.decode(errors='replace')[:300]}"}
        return {"class": headers["x-tierway-class"], "tier": headers["x-tierway-tier"], "model": headers["x-tierway-model"],
                "escalated": headers["x-tierway-escalation"].startswith("approved; reason=low_confidence"),
                "cost_nano_usd": int(Decimal(headers["x-tierway-cost-usd"]) * 10**9)}


def evaluate(binary: str, config: Path, files: list[Path], folder: Path, env: dict[str, str]) -> tuple[dict, dict[str, dict]]:
    rows_file = folder / "rows.jsonl"
    command = [binary, "eval", "-c", str(config), "--data", *map(str, files), "--rows", str(rows_file), "--json"]
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1) or not rows_file.exists():
        sys.exit("tierway eval failed.")
    rows = {row["id"]: row for row in map(json.loads, rows_file.read_text(encoding="utf-8").splitlines())}
    return json.loads(done.stdout), rows


def differences(served: dict[str, dict], evaluated: dict[str, dict]) -> list[str]:
    found = []
    for row_id, answer in served.items():
        if "error" in answer:
            found.append(f"{row_id}: the gateway answered with {answer['error']}")
        elif row_id not in evaluated:
            found.append(f"{row_id}: the gateway answered, tierway eval passed the row over")
        else:
            expected = evaluated[row_id]
            wrong = [f"{name} {answer[name]} instead of {expected[name]}" for name in answer if answer[name] != expected[name]]
            if wrong:
                found.append(f"{row_id}: the gateway says {', '.join(wrong)}")
    return found


def report(served: dict[str, dict], evaluated: dict[str, dict], evaluation: dict, outcomes: dict[str, dict], seconds: float) -> None:
    answered = {row_id: answer for row_id, answer in served.items() if "error" not in answer and row_id in evaluated}
    count = max(len(answered), 1)
    cost = sum(answer["cost_nano_usd"] for answer in answered.values()) / 1e9
    frontier_cost = sum(evaluated[row_id]["frontier_cost_nano_usd"] for row_id in answered) / 1e9
    right = sum(outcomes[row_id]["answers"][answer["model"]]["acceptable"] for row_id, answer in answered.items())
    frontier_right = sum(evaluated[row_id]["frontier_acceptable"] for row_id in answered)
    climbed = sum(answer["escalated"] for answer in answered.values())
    low, high = evaluation["overall"]["quality_difference_ci"] or (0.0, 0.0)
    print(f"{len(served)} prompts over HTTP in {seconds:.1f} s, {climbed} escalated ({100 * climbed / count:.1f} %)")
    print(f"{'':22}{'through the gateway':>22}{'all to the frontier':>22}{'ratio':>10}")
    print(f"{'cost, USD':22}{cost:>22.6f}{frontier_cost:>22.6f}{100 * cost / frontier_cost if frontier_cost else 0:>9.1f}%")
    print(f"{'acceptable answers':22}{right:>22}{frontier_right:>22}{100 * right / frontier_right if frontier_right else 0:>9.1f}%")
    print(f"{'quality':22}{right / count:>22.4f}{frontier_right / count:>22.4f}")
    print(f"difference of the qualities: {100 * (right - frontier_right) / count:+.2f} points, 95 % interval {100 * low:+.2f} to {100 * high:+.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/headline.sh", description=__doc__)
    parser.add_argument("data_folder", type=Path, help="holds outcomes/*.jsonl, or the files themselves")
    parser.add_argument("--limit", type=int, default=0, help="send only so many rows, about as many of each suite")
    parser.add_argument("--config", type=Path, default=ROOT / "config" / "headline.yaml", help="default: config/headline.yaml")
    parser.add_argument("--concurrency", type=int, default=8, help="requests under way at once (default: 8)")
    parser.add_argument("--binary", required=True, help="the tierway program; scripts/headline.sh builds one without it")
    options = parser.parse_args()
    files = outcome_files(options.data_folder)
    with tempfile.TemporaryDirectory(prefix="tierway-headline-") as name:
        folder = Path(name)
        if options.limit > 0:
            files = first_rows(files, options.limit, folder)
        outcomes = {row["id"]: row for file in files for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
        env = dict(os.environ)
        command = [options.binary, "simulate", "--listen", "127.0.0.1:0", "--replay", *map(str, files)]
        upstream = Server(command, folder / "upstream.json", env)
        env["HEADLINE_UPSTREAM"] = f"http://{upstream.address}/v1"
        gateway = None
        try:
            evaluation, evaluated = evaluate(options.binary, options.config, files, folder, env)
            gateway = Server([options.binary, "serve", "-c", str(options.config)], folder / "gateway.json", env)
            client = Client(gateway.address)
            began = time.monotonic()
            with ThreadPoolExecutor(max(options.concurrency, 1)) as pool:
                answers = list(pool.map(lambda row: client.ask(row["prompt"]), outcomes.values()))
            seconds = time.monotonic() - began
        finally:
            if gateway:
                gateway.end()
            upstream.end()
    served = dict(zip(outcomes, answers))
    report(served, evaluated, evaluation, outcomes, seconds)
    for reason in evaluation["passed_over"]:
        print(f"tierway eval passed over {reason['rows']} rows: {reason['message']}")
    wrong = differences(served, evaluated)
    for line in wrong[:DIFFERENCES_SHOWN]:
        print(f"DIFFERS {line}", file=sys.stderr)
    if wrong:
        print(f"{len(wrong)} of {len(served)} rows differ from tierway eval.", file=sys.stderr)
        return 1
    print(f"All {len(served)} rows agree with tierway eval -c {options.config.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
