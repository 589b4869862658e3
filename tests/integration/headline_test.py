"""Recorded answers given again by the simulator, the gateway in front of it, and `tierway eval` on the same rows."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from support.process import TierwayProcess, binary, environment, run
from support.raw_client import RawClient, request_bytes

ROOT = Path(__file__).resolve().parents[2]
CHEAP, SPARE, STRONG = "openai/gpt-4o-mini", "meta/llama-3.1-8b", "openai/gpt-4o"


def answer(acceptable: int, final: str, **extra) -> dict:
    """In the form that the recorded suites have."""
    text = json.dumps({"reasoning": "Because of « what is asked ».", "answer": final}, ensure_ascii=False)
    return {"acceptable": acceptable, "prompt_tokens": 120 + len(final), "completion_tokens": 30, "text": text, "final": final, **extra}


def row(number: int, cheap: dict, **answers: dict) -> dict:
    code = number % 3 == 0
    prompt = f"[PYTHON]\nprint({number})\n[/PYTHON]\nWhat does it print?" if code else f"How much is {number} \u00d7 \"two\"?\n"
    return {"id": f"made-up-{number}", "suite": "made_up", "class": "code" if code else "math", "prompt": prompt,
            "answers": {CHEAP: cheap, SPARE: answer(1, str(number)), STRONG: answer(1, str(number)), **answers}}


@pytest.fixture(name="data", scope="module")
def data_fixture(tmp_path_factory) -> Path:
    """Rows of our own making under the names of the suites: good drafts, wrong ones, empty and broken ones."""
    folder = tmp_path_factory.mktemp("data")
    rows = [row(number, answer(1, str(number))) for number in range(6)]
    rows += [row(number, answer(0, "I am not sure, I think it may be 7")) for number in range(6, 9)]
    rows += [row(number, {**answer(0, ""), "text": "", "final": "", "no_answer": True}) for number in range(9, 12)]
    for suite, its_rows in (("gsm", rows[:4]), ("crux", rows[4:8]), ("math-l5", rows[8:])):
        text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in its_rows)
        (folder / f"zeroeval_{suite}.jsonl").write_text(text, encoding="utf-8")
    return folder


def headline(data: Path, *arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "scripts" / "headline.py"), "--binary", binary(), str(data), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment(), check=False)


def test_the_gateway_agrees_with_the_evaluation_to_the_row(data):
    done = headline(data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 12 rows agree with tierway eval" in done.stdout
    # The three empty drafts are given up whatever else the configuration says.
    escalated = int(done.stdout.split(" escalated")[0].rsplit(" ", 1)[1])
    assert escalated >= 3, done.stdout


def test_a_configuration_that_serves_differently_is_found_out(data, tmp_path):
    """What is evaluated is not what serves here: the answers come from other rows than those evaluated."""
    script = (ROOT / "scripts" / "headline.py").read_text(encoding="utf-8")
    changed = script.replace('client.ask(row["prompt"])', 'client.ask(outcomes["made-up-10"]["prompt"])')
    assert changed != script
    (tmp_path / "headline.py").write_text(changed, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "headline.py"), "--binary", binary(), "--config", str(ROOT / "config" / "headline.yaml"), str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment(), check=False)
    assert done.returncode == 1
    assert "DIFFERS made-up-1: the gateway says" in done.stderr


def test_a_limit_takes_some_rows_of_each_suite(data):
    done = headline(data, "--limit", "6")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "All 6 rows agree" in done.stdout


@pytest.fixture(name="upstream", scope="module")
def upstream_fixture(data, tmp_path_factory):
    files = [str(data / f"zeroeval_{suite}.jsonl") for suite in ("gsm", "crux", "math-l5")]
    process = TierwayProcess(tmp_path_factory.mktemp("replay"), ["simulate", "--listen", "127.0.0.1:0", "--replay", *files])
    yield process
    process.stop()


def ask(upstream: TierwayProcess, model: str, prompt: str, **fields):
    body = {"model": model, "messages": [{"role": "user", "content": prompt}], **fields}
    with RawClient(upstream.address("listen")) as client:
        client.send(request_bytes("POST", "/v1/chat/completions", json.dumps(body).encode()))
        return client.read_response()


PROMPT = 'How much is 1 × "two"?\n'


@pytest.mark.parametrize("model", [CHEAP, "gpt-4o-mini"])
def test_recorded_answers_are_given_again_with_their_tokens(upstream, model):
    response = ask(upstream, model, PROMPT)
    assert response.status == 200, response.body
    assert response.headers["x-simulated"] == "tierway"
    assert response.headers["x-replayed"] == "recorded-answers"
    body = response.json()
    assert json.loads(body["choices"][0]["message"]["content"])["answer"] == "1"
    assert body["choices"][0]["finish_reason"] == "stop"
    assert (body["usage"]["prompt_tokens"], body["usage"]["completion_tokens"]) == (121, 30)


def test_nothing_is_made_up_where_nothing_is_recorded(upstream):
    unknown_prompt = ask(upstream, CHEAP, PROMPT + " ")
    assert unknown_prompt.status == 404
    assert unknown_prompt.json()["error"]["code"] == "recording_not_found"
    unknown_model = ask(upstream, "openai/gpt-9", PROMPT)
    assert unknown_model.status == 404
    assert unknown_model.json()["error"]["code"] == "model_not_found"
    without_probability = ask(upstream, CHEAP, PROMPT, logprobs=True)
    assert without_probability.json()["choices"][0]["logprobs"] is None


UNJUDGED = {
    "version": 1,
    "providers": {"openai": {"dialect": "openai", "base_url": "http://127.0.0.1:9/v1"}},
    "models": {CHEAP: {"price": {"input": 0.15, "output": 0.6}}, STRONG: {"price": {"input": 2.5, "output": 10}}},
    "tiers": {"small": [CHEAP], "frontier": [STRONG]},
    "classes": {"math": {"tier": "small", "max_tier": "frontier", "quality_bar": 0.9}},
    "classifier": {"default_class": "math"},
}


@pytest.fixture(name="evaluate")
def evaluate_fixture(data, tmp_path):
    """Runs `tierway eval` on four right answers and whatever else is given, with a configuration that judges nothing."""
    config = tmp_path / "unjudged.yaml"
    config.write_text(json.dumps(UNJUDGED), encoding="utf-8")
    files = [str(data / "zeroeval_gsm.jsonl")]
    return lambda *arguments: run("eval", "-c", str(config), "--data", *files, *arguments)


def test_the_evaluation_fails_where_a_class_misses_its_bar(evaluate, tmp_path):
    right = evaluate("--json")
    assert right.returncode == 0, right.stderr
    assert json.loads(right.stdout)["classes"]["math"]["quality_ratio"] == 1
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("".join(json.dumps(row(100 + number, answer(0, "7"))) + "\n" for number in range(4)), encoding="utf-8")
    missed = evaluate(str(wrong), "--json")
    assert missed.returncode == 1
    report = json.loads(missed.stdout)
    assert report["classes"]["math"]["quality_ratio"] == 0.5
    assert report["meets_bars"] is False
    assert evaluate(str(wrong), "--bars", "math=0.5").returncode == 0
    assert "90.0 MISSED" in evaluate(str(wrong)).stdout


def test_rows_and_report_are_written_where_asked(evaluate, tmp_path):
    done = evaluate("--rows", str(tmp_path / "rows.jsonl"), "--report", str(tmp_path / "report.html"))
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["id"] for each in rows] == [f"made-up-{number}" for number in range(4)]
    assert {each["model"] for each in rows} == {CHEAP}
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    unwritable = evaluate("--report", str(tmp_path / "nowhere" / "report.html"))
    assert unwritable.returncode == 1
    assert "The report cannot be written to" in unwritable.stderr


def test_rows_that_lack_an_answer_are_counted_and_not_dropped(evaluate, tmp_path):
    lacking = row(50, answer(1, "50"))
    del lacking["answers"][STRONG]
    (tmp_path / "lacking.jsonl").write_text(json.dumps(lacking) + "\n", encoding="utf-8")
    report = json.loads(evaluate(str(tmp_path / "lacking.jsonl"), "--json").stdout)
    assert report["rows_read"] == 5
    assert report["overall"]["rows"] == 4
    assert [(reason["code"], reason["rows"]) for reason in report["passed_over"]] == [("answer_missing", 1)]


def test_wrong_use_of_the_evaluation_says_what_is_wrong(evaluate, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id":"a"}\n', encoding="utf-8")
    done = evaluate(str(broken))
    assert done.returncode == 2
    assert f"{broken}:1:1: `prompt` must be a string and not empty." in done.stderr
    unknown = evaluate("--bars", "maths=0.9")
    assert unknown.returncode == 2
    assert "there is no class `maths`" in unknown.stderr
    too_high = evaluate("--bars", "97")
    assert too_high.returncode == 2
    assert "must be a share from 0 to 1" in too_high.stderr
