"""The provider's invoice: what the ledger charged is what the simulator says it billed, to the nano-dollar."""

import csv
import io
import random
import threading

from support.answers import encode
from support.deadline import eventually
from support.gateway import CHAT, Gateway, chat
from support.lane import nano
from support.process import run
from support.raw_client import request_bytes
from support.simulator import MODELS, Simulator, policy

# A token costs a whole number of nano-dollars, so that the invoice needs no rounding of its own.
PRICES = {"sim-small": (100, 400), "sim-mid": (500, 2_000), "sim-frontier": (5_000, 20_000)}
# Each says what it billed. One that does not (an error inside a 200, a stream without usage) is charged by what was sent and received.
FAULTS = ["", "", "", "", "wrong;low_confidence", "hedge", "usage=1000/200/800/50", "status=503;times=1", "status=400", "no_done", "crlf;comments"]
QUESTIONS = ["What is {} * 17?", "Extract the e-mails: ann{}@example.com", "Say hello to visitor {}.", "Summarize report {} in one sentence."]


def questions(count: int, seed: int) -> list[bytes]:
    draw = random.Random(seed)
    bodies = []
    for number in range(count):
        extra = {"max_tokens": draw.choice([16, 64, 256])}
        if draw.random() < 0.4:
            extra.update(stream=True, **({"stream_options": {"include_usage": True}} if draw.random() < 0.5 else {}))
        if fault := draw.choice(FAULTS):
            extra["metadata"] = {"simulate": fault}
        model = draw.choice(["auto", "auto", "auto", "tier:frontier", "sim/sim-mid"])
        body = chat(draw.choice(QUESTIONS).format(f"{seed}-{number}"), model, **extra)
        headers = {"x-tierway-class": draw.choice(["chat", "judged"])}
        bodies.append(request_bytes("POST", CHAT, encode(body), headers | {"Content-Type": "application/json", "Content-Length": str(len(encode(body)))}))
    return bodies


def invoice(simulator: Simulator) -> int:
    """By the simulator's own count, in nano-dollars."""
    models = simulator.stats()["models"]
    return sum(models[name]["prompt_tokens"] * PRICES[name][0] + models[name]["completion_tokens"] * PRICES[name][1] for name in MODELS)


def test_the_ledger_charges_what_the_providers_bill_to_the_nano_dollar(tmp_path):
    ledger = tmp_path / "ledger.db"
    with Simulator(tmp_path / "simulator") as simulator:
        config = policy(simulator.base_url)
        for name, (prompt, completion) in PRICES.items():
            config["models"][f"sim/{name}"]["price"] = {"input": prompt / 1000, "output": completion / 1000}
        config["store"] = {"sqlite": str(ledger), "durability": "process"}
        config["budgets"] = [{"scope": "total", "usd": 1000, "window": "month"}]
        config["breaker"] = {"consecutive_failures": 1_000, "success_share_min": 0}
        config["retry"] = {"backoff_first": "1ms", "backoff_max": "2ms"}
        with Gateway(tmp_path / "gateway", config) as gateway:
            statuses: list[int] = []

            def ask(seed: int) -> None:
                with gateway.connect() as client:
                    for request in questions(60, seed):
                        client.send(request)
                        statuses.append(client.read_response().status)

            threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(statuses) == 240
            assert statuses.count(200) > 150

            def total() -> dict:
                return gateway.admin("/api/spend").json()["total"]

            records = eventually(lambda: (found := gateway.decisions()) and len(found) == 240 and found, "every record")
            attempts = sum(len(record["attempts"]) for record in records)
            eventually(lambda: total()["attempts"] == attempts, "every attempt settled")
            billed = invoice(simulator)
            assert billed > 0
            assert sum(nano(record["cost_usd"]) for record in records) == billed
        # From the file, with the gateway gone.
        done = run("report", "--ledger", str(ledger), "--by", "purpose", "--csv")
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        assert sum(nano(row["cost_usd"]) for row in rows) == billed
        assert {row["purpose"] for row in rows} >= {"answer", "draft", "failed"}
