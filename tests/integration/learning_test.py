"""What is learnt from outcomes is what serves: `calibrate` writes it, `eval` and the gateway decide by it, a changed model expires it."""

import json
import re

import pytest

from support.answers import answer, usage
from support.fake_upstream import error, whole
from support.lane import Lane, PROVIDER_KEYS, policy
from support.process import run

# Where the second model agrees the cheap answer is right, else only the frontier's is.
EASY, HARD, RIGHT = '{"answer": "1"}', '{"answer": "3"}', '{"answer": "2"}'
KNOBS = {"gain": {"quality": 0.99}}


def outcome(number: int) -> dict:
    easy = number % 3 != 0
    tokens = {"prompt_tokens": 100, "completion_tokens": 50}
    return {"id": f"row-{number}", "prompt": f"Sum number {number}", "answers": {
        "cheap/small": {"acceptable": int(easy), "text": EASY if easy else HARD, **tokens},
        "spare/small": {"acceptable": 1, "text": EASY if easy else RIGHT, **tokens},
        "dear/frontier": {"acceptable": 1, "text": EASY if easy else RIGHT, **tokens}}}


def with_sums(config: dict) -> None:
    config["calibration"] = {"file": "learnt.twq"}
    config["classes"]["sums"] = {"tier": "small",
                                 "escalate": {"to": "frontier", "agreement": {"model": "spare/small"}, **KNOBS}}
    config["classifier"] = {"default_class": "sums"}


@pytest.fixture(name="learnt", scope="module")
def learnt_files(tmp_path_factory):
    """A folder with outcomes, a configuration, and what was learnt of them."""
    folder = tmp_path_factory.mktemp("learnt")
    outcomes = folder / "outcomes.jsonl"
    outcomes.write_text("".join(json.dumps(outcome(number)) + "\n" for number in range(600)), encoding="utf-8")
    config = policy("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1")
    with_sums(config)
    (folder / "policy.yaml").write_text(json.dumps(config), encoding="utf-8")
    done = run("calibrate", "-c", str(folder / "policy.yaml"), "--data", str(outcomes), "--json", "--quality", "1.0",
               "--policy", str(folder / "advised.yaml"), env=PROVIDER_KEYS)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout), PROVIDER_KEYS


def test_calibrate_counts_the_outcomes_and_advises(learnt):
    _, advice, _ = learnt
    sums = advice["classes"]["sums"]
    assert (sums["rows"], sums["both"], sums["only_strong"], sums["neither"]) == (600, 400, 200, 0)
    assert sums["mode"] == "climb"
    assert advice["reaches_quality"]
    assert 0.3 < advice["cost_ratio"] < 0.5


def test_the_advised_policy_loads_and_the_old_one_stays(learnt):
    folder, advice, keys = learnt
    checked = run("check", "-c", str(folder / "advised.yaml"), env=keys)
    assert checked.returncode == 0, checked.stderr
    advised = re.findall(r"lambda\W+([0-9.]+)", (folder / "advised.yaml").read_text(encoding="utf-8"))
    assert [float(each) for each in advised] == [pytest.approx(advice["lambda"], abs=1e-4)]
    assert json.loads((folder / "policy.yaml").read_text(encoding="utf-8"))["classes"]["sums"]["escalate"]["gain"] == KNOBS["gain"]


@pytest.mark.parametrize("mode", [[], ["--folds", "5"]], ids=["as it is configured", "cross-validated"])
def test_eval_decides_by_what_was_learnt(learnt, mode):
    folder, _, keys = learnt
    done = run("eval", "-c", str(folder / "policy.yaml"), "--data", str(folder / "outcomes.jsonl"), "--json", *mode, env=keys)
    assert done.returncode == 0, done.stderr
    overall = json.loads(done.stdout)["overall"]
    assert overall["quality"] == 1.0
    assert overall["escalation_rate"] == pytest.approx(1 / 3, abs=0.01)
    assert overall["ece"] < 0.05


def test_a_changed_model_expires_what_was_learnt(learnt):
    folder, _, keys = learnt
    config = json.loads((folder / "policy.yaml").read_text(encoding="utf-8"))
    config["classes"]["sums"]["escalate"]["agreement"]["model"] = "cheap/small"
    (folder / "changed.yaml").write_text(json.dumps(config), encoding="utf-8")
    checked = run("check", "-c", str(folder / "changed.yaml"), env=keys)
    assert checked.returncode == 2
    assert "run `tierway calibrate`" in checked.stderr


def test_a_damaged_calibration_is_an_error_that_names_it(learnt):
    folder, _, keys = learnt
    good = (folder / "learnt.twq").read_bytes()
    (folder / "damaged.twq").write_bytes(good[:-40] + b"x" + good[-39:])
    config = json.loads((folder / "policy.yaml").read_text(encoding="utf-8"))
    config["calibration"] = {"file": "damaged.twq"}
    (folder / "broken.yaml").write_text(json.dumps(config), encoding="utf-8")
    checked = run("check", "-c", str(folder / "broken.yaml"), env=keys)
    assert checked.returncode == 2
    assert "damaged.twq" in checked.stderr


def test_the_gateway_serves_by_it(learnt, tmp_path):
    folder, _, _ = learnt

    def change(config):
        with_sums(config)
        config["calibration"] = {"file": str(folder / "learnt.twq")}

    with Lane(tmp_path, change) as lane:
        lane.cheap.push(whole(answer(EASY, used=usage(100, 50))))
        lane.spare.push(whole(answer(EASY, used=usage(100, 50))))
        kept = lane.gateway.ask()
        assert kept.json()["model"] == "cheap/small"
        assert float(kept.headers["x-tierway-confidence"]) > 0.9
        lane.cheap.push(whole(answer(HARD, used=usage(100, 50))))
        lane.spare.push(whole(answer(RIGHT, used=usage(100, 50))))
        lane.dear.push(whole(answer(RIGHT, used=usage(100, 50))))
        climbed = lane.gateway.ask()
        assert climbed.json()["model"] == "dear/frontier"
        assert climbed.headers["x-tierway-escalation"].startswith("approved")
        assert float(climbed.headers["x-tierway-confidence"]) < 0.1
        lane.check()


def test_a_class_that_began_higher_by_what_it_asks_does_not_climb_to_where_it_is(learnt, tmp_path):
    folder, _, keys = learnt

    def by_ask(config):
        with_sums(config)
        config["calibration"] = {"file": str(tmp_path / "asked.twq")}
        config["classes"]["sums"].update({"when_tier_is_down": "climb",
                                          "escalate": {"to": "frontier", "gain": {"lambda": 0.001, "decide": "ask"}}})

    config = policy("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1")
    by_ask(config)
    (tmp_path / "asked.yaml").write_text(json.dumps(config), encoding="utf-8")
    done = run("calibrate", "-c", str(tmp_path / "asked.yaml"), "--data", str(folder / "outcomes.jsonl"), env=keys)
    assert done.returncode == 0, done.stderr
    with Lane(tmp_path / "lane", by_ask) as lane:
        lane.dear.default = whole(answer("2"))
        assert lane.gateway.ask().headers["x-tierway-escalation"] == "approved; reason=expected_gain"
        lane.dear.default = error(500)
        assert lane.gateway.ask().status == 502
        assert lane.gateway.alive()
