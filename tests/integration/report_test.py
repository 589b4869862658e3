"""What was spent: the ledger, `tierway report` and `/api/spend` agree with each other and with what the providers billed."""

import csv
import datetime
import io
import json
import sqlite3
from pathlib import Path

import pytest

from support.answers import answer, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import error, stream, whole
from support.lane import PROVIDER_KEYS, Lane, cost_nano, nano
from support.process import run

CHEAP = (1_000, 50)
DEAR = (900, 70)


@pytest.fixture(name="spent", scope="module")
def spent_fixture(tmp_path_factory):
    """A gateway that has answered a few requests of every kind, and what they cost."""
    folder = tmp_path_factory.mktemp("report")
    ledger = folder / "ledger.db"
    with Lane(folder / "lane", lambda config: config.update(store={"sqlite": str(ledger)})) as lane:
        # Two answers of the cheap model, one of them streamed.
        lane.cheap.push(whole(answer("Fine.", used=usage(*CHEAP))), stream(stream_chunks("Fine.", used=usage(*CHEAP))))
        assert lane.gateway.ask().status == 200
        lane.gateway.stream()
        # A draft that is given up, and the answer of the frontier.
        lane.cheap.push(whole(answer("I'm not sure, I don't know.", used=usage(*CHEAP))))
        lane.dear.push(whole(answer("Surely.", used=usage(*DEAR))))
        assert lane.gateway.ask(headers={"x-tierway-class": "judged"}).headers["x-tierway-model"] == "dear/frontier"
        # A failure that may have been billed, and its fallback.
        lane.cheap.push(error(500))
        lane.spare.push(whole(answer("Fine.", used=usage(*CHEAP))))
        last = lane.gateway.ask()
        assert last.headers["x-tierway-fallbacks"] == "1"
        lane.gateway.record_of(last)
        eventually(lambda: settled(ledger) == 6, "six settled attempts")
        yield lane, ledger


def settled(ledger: Path) -> int:
    with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT count(*) FROM attempts WHERE state = 'settled'").fetchone()[0]


def report(ledger: Path, *arguments: str):
    done = run("report", "--ledger", str(ledger), *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def expected_cost(lane: Lane) -> int:
    """By the decision records, which the accounting tests hold against the providers' usage."""
    return sum(nano(record["cost_usd"]) for record in lane.gateway.decisions())


def test_the_total_is_what_the_records_say_and_what_the_providers_billed(spent):
    lane, ledger = spent
    total = json.loads(report(ledger, "--json"), parse_float=str)["total"]
    failed = next(attempt for record in lane.gateway.decisions() for attempt in record["attempts"] if attempt["purpose"] == "failed")
    billed = (3 * cost_nano("cheap/small", *CHEAP) + cost_nano("dear/frontier", *DEAR) + cost_nano("spare/small", *CHEAP)
              + nano(failed["cost_usd"]))
    assert nano(total["cost_usd"]) == billed == expected_cost(lane)
    baseline = 3 * cost_nano("dear/frontier", *CHEAP) + cost_nano("dear/frontier", *DEAR)
    assert nano(total["baseline_usd"]) == baseline
    assert nano(total["saved_usd"]) == baseline - billed
    assert (total["requests"], total["attempts"]) == (4, 6)


def test_groups_add_up_and_name_drafts_and_failures(spent):
    _, ledger = spent
    by_purpose = {row["purpose"]: row for row in json.loads(report(ledger, "--by", "purpose", "--json"), parse_float=str)["rows"]}
    assert {purpose: row["attempts"] for purpose, row in by_purpose.items()} == {"answer": 4, "draft": 1, "failed": 1}
    assert nano(by_purpose["draft"]["cost_usd"]) == cost_nano("cheap/small", *CHEAP)
    rows = json.loads(report(ledger, "--by", "class,model", "--json"), parse_float=str)["rows"]
    assert [(row["class"], row["model"], row["requests"]) for row in rows] == [
        ("chat", "cheap/small", 2), ("chat", "spare/small", 1), ("judged", "cheap/small", 0), ("judged", "dear/frontier", 1)]
    total = nano(json.loads(report(ledger, "--json"), parse_float=str)["total"]["cost_usd"])
    for by in ("class", "tier", "model", "key", "team", "day", "purpose"):
        parts = json.loads(report(ledger, "--by", by, "--json"), parse_float=str)["rows"]
        assert sum(nano(row["cost_usd"]) for row in parts) == total, by


def test_every_form_holds_the_same_figures(spent):
    lane, ledger = spent
    as_json = json.loads(report(ledger, "--json"), parse_float=str)
    as_csv = list(csv.DictReader(io.StringIO(report(ledger, "--csv"))))
    served = lane.gateway.admin("/api/spend").json()
    assert served["rows"] == json.loads(report(ledger, "--json"))["rows"]
    assert [row["cost_usd"] for row in as_csv] == [row["cost_usd"] for row in as_json["rows"]]
    table = report(ledger).splitlines()
    assert len(table) == len(as_csv) + 2
    assert table[0].split()[:3] == ["class", "tier", "model"]
    assert as_json["total"]["cost_usd"] in table[-1]


def test_days_are_those_of_the_zone(spent):
    _, ledger = spent
    today = datetime.datetime.now(datetime.timezone.utc).date()
    far = report(ledger, "--by", "day", "--time-zone", "Pacific/Kiritimati", "--csv")
    assert list(csv.DictReader(io.StringIO(far)))[0]["day"] == str(
        (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=14)).date())
    yesterday = str(today - datetime.timedelta(days=1))
    assert json.loads(report(ledger, "--until", yesterday, "--json"))["total"]["attempts"] == 0


@pytest.mark.parametrize("query, words", [
    ("by=classs", "Did you mean `class`?"), ("by=class,class", "twice"), ("since=2026-02-30", "must be a date"), ("since=x", "must be a date"),
    ("time_zone=Mars", "no time zone"), ("since=2100-01-01", "must not be before"), ("group=class", "no parameter `group`"),
])
def test_a_wrong_question_is_refused_with_what_to_write(spent, query, words):
    lane, _ = spent
    response = lane.gateway.admin(f"/api/spend?{query}")
    assert response.status == 400
    assert words in response.json()["error"]["message"]


def test_the_command_refuses_too(spent, tmp_path):
    _, ledger = spent
    assert run("report").returncode == 2
    assert run("report", "--ledger", str(ledger), "--by", "clas").returncode == 2
    missing = run("report", "--ledger", str(tmp_path / "none.db"))
    assert missing.returncode == 1
    assert "none.db" in missing.stderr
    foreign = tmp_path / "foreign.db"
    foreign.write_bytes(b"not a database" * 100)
    assert run("report", "--ledger", str(foreign)).returncode == 1


def test_without_a_ledger_there_is_nothing_to_report(tmp_path):
    with Lane(tmp_path) as lane:
        response = lane.gateway.admin("/api/spend")
        assert response.status == 400
        assert "store" in response.json()["error"]["message"]
        done = run("report", "-c", str(lane.gateway.config_file), env=PROVIDER_KEYS)
        assert done.returncode == 2
        assert "keeps no ledger" in done.stderr
