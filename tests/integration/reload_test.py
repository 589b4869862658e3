"""Loading a changed configuration: all of it or nothing, and no request notices."""

import json
import signal
import threading
import time

import pytest

from support.answers import encode
from support.deadline import eventually
from support.fake_upstream import begun_stream, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import Lane
from support.raw_client import request_bytes
from support.sse import Stream


def test_a_reload_takes_the_new_policy_and_live_requests_keep_the_old(tmp_path):
    go_on = threading.Event()
    with Lane(tmp_path) as lane:
        lane.cheap.push(begun_stream(go_on))
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
