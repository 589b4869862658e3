"""The admin plane, the signals and the commands around serving."""

import json
import os
import re
import signal
import threading
import time
from pathlib import Path

import pytest

from support.answers import answer, chunk, encode, event, events
from support.deadline import eventually
from support.fake_upstream import whole
from support.gateway import CHAT, Gateway, chat, parse_metrics, sum_of
from support.lane import PROVIDER_KEYS, Lane, policy
from support.process import TierwayProcess, run
from support.raw_client import RawClient, request_bytes
from support.sse import Stream


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


def slow_stream(go_on: threading.Event):
    def script(exchange):
        exchange.send_stream_head()
        exchange.send_chunk(event(chunk({"role": "assistant", "content": "first"})))
        exchange.wait(go_on)
        exchange.send_chunk(events([chunk({"content": " second"}, "stop")]))
        exchange.end_chunks()

    return script


def test_sigterm_lets_a_live_stream_finish_and_takes_no_new_connection(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path) as lane:
        lane.cheap.push(slow_stream(go_on))
        idle = lane.gateway.connect()
        client = lane.gateway.connect()
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        response = client.read_head()
        client.read_until(response, b"first")
        lane.gateway.process.signal(signal.SIGTERM)
        assert idle.closed_by_peer(), "an idle connection has nothing to wait for"

        def refused() -> bool:
            try:
                with lane.gateway.connect(timeout=1) as late:
                    return late.closed_by_peer()
            except (ConnectionRefusedError, ConnectionResetError, TimeoutError):
                return True

        eventually(refused, "no new connections")
        assert lane.gateway.process.alive()
        assert lane.gateway.admin("/readyz").status == 503
        go_on.set()
        client.read_body(response)
        assert Stream.parse(response.body).text == "first second"
        assert lane.gateway.process.wait() == 0
    [line] = lane.gateway.process.stdout.all()
    assert json.loads(line)["outcome"] == "ok"


def test_sigint_ends_well_too(tmp_path):
    with Lane(tmp_path) as lane:
        lane.gateway.process.signal(signal.SIGINT)
        assert lane.gateway.process.wait() == 0


def test_what_outlasts_the_drain_is_cut_and_the_process_still_ends_well(tmp_path):
    with Lane(tmp_path, lambda config: config["server"].update(drain_timeout="300ms")) as lane:
        lane.cheap.push(slow_stream(threading.Event()))
        client = lane.gateway.connect()
        client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
        client.read_until(client.read_head(), b"first")
        lane.gateway.process.signal(signal.SIGTERM)
        assert lane.gateway.process.wait(10) == 0
        client.close()
        lane.cheap.closing = True


def test_a_reload_takes_the_new_policy_and_live_requests_keep_the_old(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path) as lane:
        lane.cheap.push(slow_stream(go_on))
        with lane.gateway.connect() as client:
            client.send(request_bytes("POST", CHAT, encode(chat(stream=True))))
            response = client.read_head()
            client.read_until(response, b"first")
            old = response.headers["x-tierway-policy"]
            lane.config["classes"]["chat"] = {"tier": "frontier"}
            lane.gateway.write_config(lane.config)
            lane.gateway.process.signal(signal.SIGHUP)
            eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success") == 1, "the reload")
            lane.dear.push(whole())
            fresh = lane.gateway.ask()
            assert fresh.headers["x-tierway-model"] == "dear/frontier"
            assert fresh.headers["x-tierway-policy"] != old
            go_on.set()
            client.read_body(response)
        seen = Stream.parse(response.body)
        assert (seen.text, seen.disclosure["policy"]) == ("first second", old)


def test_a_bad_configuration_keeps_the_old_one(tmp_path):
    with Lane(tmp_path) as lane:
        lane.gateway.write_config("version: 1\nprovders: {}\n")
        lane.gateway.process.signal(signal.SIGHUP)
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="failure") == 1, "the failed reload")
        lane.cheap.push(whole())
        assert lane.gateway.ask().status == 200
        assert "provders" in lane.gateway.process.log()


def test_many_reloads_under_load_fail_no_request(tmp_path):
    with Lane(tmp_path) as lane:
        lane.cheap.default = whole()
        failures: list[int] = []
        enough = threading.Event()

        def ask() -> None:
            with lane.gateway.connect() as client:
                while not enough.is_set():
                    client.send(request_bytes("POST", CHAT, encode(chat())))
                    status = client.read_response().status
                    if status != 200:
                        failures.append(status)

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(1, 21):
            lane.config["classes"]["chat"]["max_tier"] = "frontier" if number % 2 else "small"
            lane.gateway.write_config(lane.config)
            lane.gateway.process.signal(signal.SIGHUP)
            eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success") >= number, "a reload")
        enough.set()
        for thread in threads:
            thread.join()
        assert not failures


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


FUTURE_SECTIONS = {"store": {"sqlite": "tierway.db"}, "budgets": [{"scope": "key", "usd": 1.0, "window": "day"}],
                   "gate": {"usd_per_request": 0.5}, "keys": [{"id": "a", "sha256": "b"}]}


@pytest.mark.parametrize("name, value", FUTURE_SECTIONS.items(), ids=FUTURE_SECTIONS.keys())
def test_a_section_that_does_not_exist_yet_is_an_error_and_not_silence(good_file, name, value):
    good_file.write_text(json.dumps({**json.loads(good_file.read_text()), name: value}))
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
    assert shown["route"]["climb"] == {"to": "frontier", "verdict": "denied", "reason": "class_ceiling"}


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
    finally:
        demo.stop()


def admin_json(process: TierwayProcess, path: str):
    with RawClient(process.address("admin")) as client:
        client.send(request_bytes("GET", path))
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


def watched(config: dict) -> None:
    config["server"]["watch"] = True


@pytest.mark.parametrize("how", ["written", "renamed", "linked"])
def test_a_changed_file_is_loaded_by_itself(tmp_path, how):
    with Lane(tmp_path, watched) as lane:
        lane.cheap.default = lane.dear.default = whole()
        path = lane.gateway.config_file
        if how == "linked":
            # As Kubernetes mounts a ConfigMap: the file is a link through a folder that is itself a link.
            (tmp_path / "v1").mkdir()
            path.rename(tmp_path / "v1" / "file")
            (tmp_path / "data").symlink_to("v1")
            path.symlink_to("data/file")
            time.sleep(2.5)
        before = lane.gateway.ask().headers["x-tierway-policy"]
        lane.config["classifier"]["default_class"] = "top"
        text = json.dumps({**lane.config, "server": {**lane.config["server"], "listen": "127.0.0.1:0"}})
        if how == "written":
            path.write_text(text)
        elif how == "renamed":
            (tmp_path / "next").write_text(text)
            (tmp_path / "next").rename(path)
        else:
            (tmp_path / "v2").mkdir()
            (tmp_path / "v2" / "file").write_text(text)
            (tmp_path / "next").symlink_to("v2")
            (tmp_path / "next").rename(tmp_path / "data")
        answered = eventually(lambda: (answer := lane.gateway.ask()).headers["x-tierway-policy"] != before and answer, "the reload")
        assert answered.headers["x-tierway-class"] == "top"


def test_a_changed_file_that_is_wrong_is_reported_once_and_the_old_policy_serves_on(tmp_path):
    with Lane(tmp_path, watched) as lane:
        lane.cheap.default = whole()
        lane.gateway.write_config("version: 1\nprovders: {}\n")
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="failure") == 1, "the failed reload")
        time.sleep(2.5)
        assert sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="failure") == 1
        assert lane.gateway.ask().status == 200


def test_a_file_is_left_alone_when_it_is_not_to_be_watched(tmp_path):
    with Lane(tmp_path) as lane:
        lane.cheap.default = whole()
        lane.gateway.write_config("version: 1\nprovders: {}\n")
        time.sleep(3)
        assert sum_of(lane.gateway.metrics(), "tierway_config_reloads_total") == 0
