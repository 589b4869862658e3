"""The admin plane and the commands around serving."""

import json
import os
import re
from pathlib import Path

import pytest

from support.answers import answer, encode
from support.deadline import eventually
from support.fake_upstream import whole
from support.gateway import CHAT, Gateway, chat, parse_metrics
from support.lane import PROVIDER_KEYS, policy
from support.process import TierwayProcess, run
from support.raw_client import RawClient, request_bytes


def test_health_and_readiness(lane):
    assert lane.gateway.admin("/healthz").status == 200
    assert lane.gateway.admin("/readyz").status == 200


def test_metrics_are_prometheus_text(lane):
    lane.cheap.push(whole())
    # Settlement follows the answer; what is in the record is in the metrics.
    lane.gateway.record_of(lane.gateway.ask())
    response = lane.gateway.admin("/metrics")
    assert response.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = parse_metrics(response.body.decode())
    assert samples
    for name in ("tierway_requests_total", "tierway_cost_usd_total", "tierway_overhead_seconds_count"):
        assert any(key.startswith(name) for key in samples), name


def test_the_last_decisions_come_newest_first(lane):
    lane.cheap.default = whole()
    ids = [lane.gateway.ask().request_id for _ in range(5)]
    newest = eventually(lambda: (found := lane.gateway.decisions(3)) and found[0]["request_id"] == ids[-1] and found, "the newest")
    assert [record["request_id"] for record in newest] == ids[:1:-1]


@pytest.mark.parametrize("query", ["last=x", "last=-1", "last=1e3", "last=99999999999999999999"])
def test_a_wrong_count_of_decisions_is_refused(lane, query):
    assert lane.gateway.admin(f"/api/decisions?{query}").status == 400


def test_the_admin_plane_knows_its_pages(lane):
    assert lane.gateway.admin("/metrcs").status == 404
    assert lane.gateway.admin("/healthz", "POST").status == 405
    assert lane.gateway.admin(CHAT).status == 404


def test_the_admin_plane_survives_hostile_bytes(lane):
    for data in (b"\0" * 100_000, b"GET /metrics HTTP/1.0\r\n\r\n", b"GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"):
        with RawClient(lane.gateway.admin_address) as client:
            client.send_until_refused(data + b"\r\n\r\n")
            assert 400 <= client.read_response().status < 500
    assert lane.gateway.alive()


def test_a_port_in_use_is_a_clear_failure(tmp_path, lane):
    host, port = lane.gateway.address
    config = policy(*["http://127.0.0.1:1/v1"] * 3)
    config["server"]["listen"] = f"{host}:{port}"
    file = tmp_path / "taken.yaml"
    file.write_text(json.dumps(config))
    done = run("serve", "-c", str(file), env=PROVIDER_KEYS)
    assert done.returncode == 1
    assert str(port) in done.stderr


# Commands.

@pytest.fixture(name="good_file")
def good_file_fixture(tmp_path):
    file = tmp_path / "good.yaml"
    file.write_text(json.dumps(policy(*["http://127.0.0.1:1/v1"] * 3), indent=1))
    return file


def test_check_accepts_a_good_configuration(good_file):
    done = run("check", "-c", str(good_file), env=PROVIDER_KEYS)
    assert done.returncode == 0, done.stderr
    assert run("check", "-c", str(good_file), "--json", env=PROVIDER_KEYS).returncode == 0


BAD_CONFIG = """version: 1
server: {listen: "127.0.0.1:0", wokers: 2}
providers:
  one: {dialect: openai, base_url: "http://127.0.0.1:1/v1", api_key: "${TIERWAY_NO_SUCH_VARIABLE}"}
models:
  one/small: {context: 1000}
tiers: {small: [one/smal], frontier: [one/small]}
classes:
  chat: {tier: smll}
classifier:
  default_class: chatt
  rules:
    - {class: chat, when: {text: "("}}
"""


def test_check_reports_every_problem_at_once_with_its_place(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(BAD_CONFIG)
    done = run("check", "-c", str(file))
    assert done.returncode == 2
    for place, words in {"2:": "wokers", "4:": "TIERWAY_NO_SUCH_VARIABLE", "6:": "one/small", "7:": "one/smal", "9:": "smll",
                         "11:": "chatt", "13:": "("}.items():
        assert any(f"bad.yaml:{place}" in line and words in line for line in done.stderr.splitlines()), (place, words, done.stderr)
    for suggestion in ("workers", "one/small", "small", "chat"):
        assert suggestion in done.stderr


def test_check_reports_as_json(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(BAD_CONFIG)
    done = run("check", "-c", str(file), "--json")
    assert done.returncode == 2
    report = json.loads(done.stdout)
    assert report["ok"] is False
    assert len(report["problems"]) >= 7
    assert all({"file", "line", "column", "message"} <= set(problem) and problem["line"] > 0 for problem in report["problems"])


@pytest.mark.parametrize("name", ["gates", "replicas"])
def test_a_section_that_does_not_exist_is_an_error_and_not_silence(good_file, name):
    good_file.write_text(json.dumps({**json.loads(good_file.read_text()), name: {"usd_per_request": 0.5}}))
    done = run("check", "-c", str(good_file), env=PROVIDER_KEYS)
    assert done.returncode == 2
    assert name in done.stderr


@pytest.mark.parametrize("text", ["", "just text", "[1, 2]", "version: 2", "a: b: c", "\t- x", "version: 1\nversion: 1\n", "\0", "&a [*a]"])
def test_a_file_that_is_no_configuration_is_an_error(tmp_path, text):
    file = tmp_path / "odd.yaml"
    file.write_text(text)
    done = run("check", "-c", str(file))
    assert done.returncode == 2
    assert "odd.yaml" in done.stderr


def test_a_missing_file_is_an_error():
    done = run("check", "-c", "/no/such/file.yaml")
    assert done.returncode == 2
    assert "/no/such/file.yaml" in done.stderr


def test_serving_a_bad_configuration_ends_with_the_problems(tmp_path):
    file = tmp_path / "bad.yaml"
    file.write_text(BAD_CONFIG)
    done = run("serve", "-c", str(file))
    assert done.returncode == 2
    assert "wokers" in done.stderr


def test_an_unpriced_model_is_an_error(good_file):
    config = json.loads(good_file.read_text())
    del config["models"]["spare/small"]["price"]
    good_file.write_text(json.dumps(config))
    done = run("check", "-c", str(good_file), env=PROVIDER_KEYS)
    assert done.returncode == 2
    assert "spare/small" in done.stderr and "price" in done.stderr


def test_explain_shows_the_decision_and_calls_nobody(lane):
    done = run("explain", "-c", str(lane.gateway.config_file), "--json", "Please prove formally that 1 = 1.", env=PROVIDER_KEYS)
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert (shown["class"], shown["classifier"]) == ("top", "rules")
    assert shown["route"]["tier"] == "frontier"
    assert shown["route"]["models"] == ["dear/frontier"]
    assert shown["reason"]
    assert float(shown["estimate_usd"]) > 0
    assert shown["features"]["prompt_tokens"] > 0
    assert not lane.dear.requests


def test_explain_reads_a_request_file_and_standard_input(lane, tmp_path):
    schema = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}
    body = encode(chat("hi", response_format=schema)).decode()
    file = tmp_path / "request.json"
    file.write_text(body)
    for done in (run("explain", "-c", str(lane.gateway.config_file), "--json", "--request", str(file), env=PROVIDER_KEYS),
                 run("explain", "-c", str(lane.gateway.config_file), "--json", "--request", "-", stdin=body, env=PROVIDER_KEYS)):
        assert done.returncode == 0, done.stderr
        shown = json.loads(done.stdout)
        assert shown["class"] == "judged"
        assert shown["route"]["cascade"]["to"] == "frontier"
        assert shown["route"]["passed_over"] == [{"model": "spare/small", "missing": "json_schema"}]


def test_explain_agrees_with_what_serving_does(lane):
    lane.cheap.push(whole())
    response = lane.gateway.ask("The same question.", model="best", headers={"x-tierway-class": "capped"})
    done = run("explain", "-c", str(lane.gateway.config_file), "--json", "--class", "capped", "--model", "best", "The same question.",
               env=PROVIDER_KEYS)
    shown = json.loads(done.stdout)
    assert shown["class"] == response.headers["x-tierway-class"]
    assert shown["policy"] == response.headers["x-tierway-policy"]
    assert shown["route"]["models"][0] == response.headers["x-tierway-model"]
    assert shown["climbs"] == [{"from": "small", "to": "frontier", "why": "client_wish", "verdict": "denied", "reason": "class_ceiling"}]


def test_explain_of_a_refused_request_says_why(lane):
    done = run("explain", "-c", str(lane.gateway.config_file), "--json", "--model", "cheap/smal", "hi", env=PROVIDER_KEYS)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "model_not_found"


def test_explain_for_people_has_the_same_facts(lane):
    done = run("explain", "-c", str(lane.gateway.config_file), "Please prove formally.", env=PROVIDER_KEYS)
    assert done.returncode == 0
    for words in ("top", "frontier", "dear/frontier"):
        assert words in done.stdout


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve"], ["check"], ["explain", "hi"], ["serve", "--no-such-option"],
                                       ["simulate", "--listen", "nowhere"]])
def test_wrong_usage_ends_with_2_and_says_why(arguments):
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr + done.stdout


def test_help_is_complete():
    done = run("--help")
    assert done.returncode == 0
    for command in ("serve", "check", "explain", "demo", "simulate"):
        assert command in done.stdout
        assert run(command, "--help").returncode == 0


def test_the_demo_answers_varied_requests_and_goes_on_serving(tmp_path):
    demo = TierwayProcess(tmp_path, ["demo", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
    try:
        records = eventually(lambda: admin_json(demo, "/api/decisions?last=100"), "the demo's own requests", timeout=60)
        assert records
        with RawClient(demo.address("listen")) as client:
            client.send(request_bytes("POST", CHAT, encode(chat("Say hello."))))
            response = client.read_response()
        assert response.status == 200
        assert response.headers["x-simulated"] == "tierway", "simulated answers are labelled"
        text = eventually(lambda: (joined := "\n".join(demo.stdout.all())) and "saved" in joined.lower() and joined,
                          "the demo's summary", timeout=60)
        assert "sim" in text.lower()
        eventually(lambda: "/ui/" in "\n".join(demo.stdout.all()), "where to look at it", timeout=60)
    finally:
        demo.stop()


def admin_json(process: TierwayProcess, path: str):
    with RawClient(process.address("admin")) as client:
        client.send(request_bytes("GET", path, host="localhost"))
        return client.read_response().json()


def test_two_gateways_do_not_share_anything(lane, tmp_path):
    other = policy(lane.cheap.url(), lane.spare.url(), lane.dear.url())
    lane.cheap.default = whole(answer("both"))
    with Gateway(tmp_path, other, PROVIDER_KEYS) as second:
        request_id = second.ask().request_id
        assert second.record(request_id)
        assert request_id not in {record["request_id"] for record in lane.gateway.decisions()}


def test_the_run_script_starts_the_binary_that_the_build_makes():
    root = Path(__file__).resolve().parents[2]
    started = re.search(r"build/release/(\S+)", (root / "scripts" / "run.sh").read_text()).group(1)
    assert os.environ["TIERWAY_BINARY"].endswith("/" + started)
