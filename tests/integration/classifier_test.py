"""A classifier trained from labelled prompts, explained, served and replaced."""

import json
import signal
from pathlib import Path

import pytest

from support.deadline import eventually
from support.fake_upstream import whole
from support.gateway import sum_of
from support.lane import PROVIDER_KEYS, Lane
from support.process import run

ASKS = {
    "chat": ["How was your day, talking of {}?", "Tell me something nice about {}", "Do you like {} as much as I do?"],
    "capped": ["Refactor the function that parses {}", "Why does my program crash on {}?", "Add a unit test for {}"],
}
THINGS = ["the dates", "a river", "old books", "seven apples", "the market", "a small boat", "winter light", "the series", "two maps"]


def rows() -> list[dict]:
    return [{"id": f"{label}-{number}-{thing}", "class": label, "prompt": ask.format(thing), "source": "ours", "origin": "user"}
            for label, asks in ASKS.items() for number, ask in enumerate(asks) for thing in THINGS]


def write_rows(path: Path, lines: list) -> Path:
    path.write_text("".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture(name="trained", scope="module")
def trained_fixture(tmp_path_factory):
    """The model's file, and what the command said of it."""
    folder = tmp_path_factory.mktemp("classifier")
    data = write_rows(folder / "rows.jsonl", rows())
    done = run("train", "classifier", "--data", str(data), "--out", str(folder / "model.twm"), "--card", str(folder / "card.md"), "--json")
    assert done.returncode == 0, done.stderr
    return folder / "model.twm", json.loads(done.stdout)


def with_model(file: Path, min_confidence: float = 0.5):
    def change(config: dict) -> None:
        config["classifier"] = {"default_class": "chat", "model": {"file": str(file), "min_confidence": min_confidence}}
    return change


def test_training_reports_held_out_scores_and_writes_a_card(trained):
    file, report = trained
    assert report["rows"] == report["held_out"]["rows"] == 54
    assert report["held_out"]["accuracy"] > 0.9
    assert set(report["held_out"]["classes"]) == {"chat", "capped"}
    card = (file.parent / "card.md").read_text(encoding="utf-8")
    assert "## Confusion" in card and "| ours" in card


def test_training_again_gives_the_same_bytes(trained, tmp_path):
    file, _ = trained
    again = tmp_path / "again.twm"
    done = run("train", "classifier", "--data", str(file.parent / "rows.jsonl"), "--out", str(again))
    assert done.returncode == 0, done.stderr
    assert "## Scores" in done.stdout
    assert again.read_bytes() == file.read_bytes()


def test_a_bad_line_is_named_and_nothing_is_written(tmp_path):
    data = write_rows(tmp_path / "rows.jsonl", [*rows(), "{\n"])
    done = run("train", "classifier", "--data", str(data), "--out", str(tmp_path / "model.twm"))
    assert done.returncode == 2
    assert f"{data}:55:1: " in done.stderr
    assert not (tmp_path / "model.twm").exists()


def test_the_model_decides_and_says_how_sure_it_is(trained, tmp_path):
    with Lane(tmp_path, with_model(trained[0])) as lane:
        lane.cheap.push(whole())
        response = lane.gateway.ask("Please refactor the function that reads the dates")
        assert response.headers["x-tierway-classifier"] == "model"
        assert response.headers["x-tierway-class"] == "capped"
        assert 0.5 <= float(response.headers["x-tierway-class-confidence"]) <= 1.0


def test_explain_names_the_words_that_decided(trained, tmp_path):
    with Lane(tmp_path, with_model(trained[0])) as lane:
        done = run("explain", "-c", str(lane.gateway.config_file), "--json", "Refactor the function", env=PROVIDER_KEYS)
        assert done.returncode == 0, done.stderr
        shown = json.loads(done.stdout)
        assert (shown["class"], shown["classifier"], shown["model"]["label"]) == ("capped", "model", "capped")
        assert any("refactor" in feature for feature in shown["model"]["features"])


def test_a_damaged_file_is_a_problem_of_its_line_and_a_reload_keeps_the_old_model(trained, tmp_path):
    file = tmp_path / "model.twm"
    file.write_bytes(trained[0].read_bytes())
    with Lane(tmp_path / "lane", with_model(file)) as lane:
        file.write_bytes(trained[0].read_bytes()[:-7])
        done = run("check", "-c", str(lane.gateway.config_file), env=PROVIDER_KEYS)
        assert done.returncode == 2
        assert "It is damaged: " in done.stderr + done.stdout
        lane.gateway.process.signal(signal.SIGHUP)
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="failure") == 1, "the failed reload")
        lane.cheap.push(whole())
        assert lane.gateway.ask("Refactor the function that parses old books").headers["x-tierway-classifier"] == "model"
        file.write_bytes(trained[0].read_bytes())
        lane.gateway.process.signal(signal.SIGHUP)
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success") == 1, "the reload")
