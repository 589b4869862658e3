"""What the page asks the admin plane: figures of late, decisions by page and by filter, explanations; and the page's own files."""

import json

import pytest

from support.answers import answer, encode, logprobs, usage
from support.deadline import eventually
from support.fake_upstream import error, whole
from support.gateway import chat, sum_of
from support.lane import PROVIDER_KEYS
from support.process import run
from support.raw_client import RawClient, request_bytes

JSON = {"Content-Type": "application/json"}
JUDGED = {"x-tierway-class": "judged"}
UNSURE = "I am not sure, I do not know."


def escalate(lane) -> str:
    """One request whose draft is given up; its id."""
    lane.cheap.push(whole(answer(UNSURE, logprobs=logprobs(UNSURE, -3.0), used=usage(20, 8))))
    lane.dear.push(whole(answer("It is 42.", used=usage(20, 5))))
    response = lane.gateway.ask(headers=JUDGED)
    assert response.headers["x-tierway-escalation"].startswith("approved")
    return response.request_id


def summary(lane, window: str = "1h") -> dict:
    response = lane.gateway.admin(f"/api/summary?window={window}")
    assert response.status == 200, response.body
    return response.json()


def explain(lane, body, headers=None):
    return lane.gateway.admin("/api/explain", "POST", body if isinstance(body, bytes) else encode(body), headers or JSON)


def test_the_summary_says_what_the_metrics_say(lane):
    lane.gateway.record(escalate(lane))
    lane.cheap.push(whole())
    lane.gateway.record_of(lane.gateway.ask())
    metrics = lane.gateway.metrics()
    ever = summary(lane)["since_start"]
    assert ever["requests"] == sum_of(metrics, "tierway_requests_total")
    assert ever["cost_usd"] == pytest.approx(sum_of(metrics, "tierway_cost_usd_total"), abs=1e-9)
    assert ever["baseline_usd"] == pytest.approx(sum_of(metrics, "tierway_baseline_cost_usd_total"), abs=1e-9)
    assert ever["saved_usd"] == pytest.approx(ever["baseline_usd"] - ever["cost_usd"], abs=2e-9)
    assert ever["escalated"] == sum_of(metrics, "tierway_escalations_total", verdict="approved")
    judged = [entry for entry in ever["classes"] if entry["class"] == "judged"][0]
    assert judged["tiers"]["frontier"] == sum_of(metrics, "tierway_requests_total", **{"class": "judged", "tier": "frontier"})


@pytest.mark.parametrize("window", ["15m", "1h", "6h", "24h"])
def test_a_window_of_a_young_process_holds_all_it_did(lane, window):
    lane.cheap.push(whole())
    lane.gateway.record_of(lane.gateway.ask())
    told = summary(lane, window)
    assert told["window"] == told["since_start"]
    points = told["points"]
    assert sum(points["cost_usd"]) == pytest.approx(told["window"]["cost_usd"], abs=1e-9)
    assert sum(sum(values) for values in points["requests"].values()) == told["window"]["requests"]
    assert all(b - a == told["step_seconds"] for a, b in zip(points["time"], points["time"][1:]))


def test_a_window_that_is_none_is_refused(lane):
    assert lane.gateway.admin("/api/summary?window=1y").status == 400


def test_decisions_come_in_pages(lane):
    lane.cheap.default = whole()
    for _ in range(7):
        last = lane.gateway.ask().request_id
    lane.gateway.record(last)
    everything = lane.gateway.decisions()
    pages, before = [], None
    while page := lane.gateway.admin("/api/decisions?last=3" + (f"&before={before}" if before else "")).json():
        pages += page
        before = page[-1]["sequence"]
    assert pages == everything
    newer = lane.gateway.admin(f"/api/decisions?after={everything[2]['sequence']}").json()
    assert newer == everything[:2]
    assert lane.gateway.admin("/api/decisions?before=x").status == 400


def test_decisions_are_found_by_what_was_decided(lane):
    escalated = escalate(lane)
    lane.cheap.push(error(500), error(500), error(500))
    lane.spare.push(error(500), error(500), error(500))
    failed = lane.gateway.ask().request_id
    lane.gateway.record(failed)
    lane.cheap.scripts.clear()
    lane.spare.scripts.clear()

    def ids(query: str) -> list[str]:
        return [record["request_id"] for record in lane.gateway.admin(f"/api/decisions?last=1000&{query}").json()]

    assert escalated in ids("escalation=approved") and failed not in ids("escalation=approved")
    assert failed in ids("outcome=upstream_error") and escalated not in ids("outcome=upstream_error")
    assert ids(f"request_id={failed}") == [failed]
    assert escalated in ids("class=judged&tier=frontier") and not ids("class=nothing")


def test_a_record_tells_the_features_and_no_text(lane):
    lane.cheap.push(whole())
    record = lane.gateway.record_of(lane.gateway.ask("SECRETWORD and twenty others"))
    assert record["features"]["ask_bytes"] == len("SECRETWORD and twenty others")
    assert record["features"]["turns"] == 1
    assert record["features"]["prompt_tokens"] > 0
    assert "SECRETWORD" not in str(record)
    assert "simulated" not in record


def test_a_labelled_answer_is_recorded_as_simulated(lane):
    lane.cheap.push(whole(headers={"X-Simulated": "tierway"}))
    response = lane.gateway.ask()
    assert response.headers["x-simulated"] == "tierway"
    assert lane.gateway.record_of(response)["simulated"] is True


def test_an_explanation_is_that_of_the_command(lane):
    prompt = "Please prove formally that 1 = 1."
    done = run("explain", "-c", str(lane.gateway.config_file), "--json", prompt, env=PROVIDER_KEYS)
    response = explain(lane, {"prompt": prompt})
    assert response.status == 200, response.body
    assert response.json() == json.loads(done.stdout)
    assert response.json()["class"] == "top"


def test_an_explanation_calls_counts_and_records_nothing(lane):
    before = lane.gateway.metrics(), len(lane.gateway.decisions())
    assert explain(lane, {"request": chat("What is it?"), "class": "judged"}).json()["route"]["cascade"]["to"] == "frontier"
    assert not any(upstream.requests for upstream in lane.upstreams.values())
    metrics = lane.gateway.metrics()
    assert sum_of(metrics, "tierway_requests_total") == sum_of(before[0], "tierway_requests_total")
    assert len(lane.gateway.decisions()) == before[1]


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"{", 400), (b"[]", 400), (b"{}", 400), (b'{"prompt": 1}', 400), (b'{"prompt": "a", "request": {}}', 400),
    (b'{"prompt": "a", "clas": "chat"}', 400), (b'{"request": {"messages": []}, "model": "auto"}', 400),
    (b'{"prompt": "a", "key": "nobody"}', 400), (b'{"prompt": "' + b"\xff" + b'"}', 400),
])
def test_a_question_that_is_none_is_refused_with_words(lane, body, status):
    response = explain(lane, body)
    assert response.status == status, response.body
    assert response.json()["error"]["message"]


def test_what_would_be_refused_is_explained_as_such(lane):
    told = explain(lane, {"prompt": "Hello", "model": "cheap/smal"}).json()
    assert told["error"]["code"] == "model_not_found"


def test_a_form_of_another_site_cannot_ask(lane):
    assert explain(lane, {"prompt": "a"}, {"Content-Type": "text/plain"}).status == 415
    assert explain(lane, {"prompt": "a"}, {**JSON, "Origin": "https://evil.example"}).status == 403


def test_a_question_beyond_a_mebibyte_is_refused(lane):
    with RawClient(lane.gateway.admin_address) as client:
        body = encode({"prompt": "a" * (2 << 20)})
        client.send_until_refused(request_bytes("POST", "/api/explain", body, host="localhost"))
        response = client.read_response()
    assert response.status == 413
    assert lane.gateway.alive()


def test_the_policy_names_tiers_in_order_and_no_secret(lane):
    told = lane.gateway.admin("/api/policy")
    assert [tier["tier"] for tier in told.json()["tiers"]] == ["small", "frontier"]
    assert {"class": "judged", "tier": "small", "escalates_to": "frontier", "below": 0.6} in told.json()["classes"]
    assert not any(key in told.body.decode() for key in PROVIDER_KEYS.values())


def test_the_page_is_one_of_files_that_browsers_may_keep(lane):
    moved = lane.gateway.admin("/ui")
    assert (moved.status, moved.headers["location"]) == (308, "ui/")
    page = lane.gateway.admin("/ui/")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    again = lane.gateway.admin("/ui/", headers={"If-None-Match": page.headers["etag"]})
    assert again.status == 304
    assert lane.gateway.admin("/ui/main.js").headers["content-type"] == "text/javascript; charset=utf-8"
    for nothing in ("/ui/nothing.js", "/ui/../etc/passwd", "/ui/vendor", "/ui/%2e%2e/admin.cpp"):
        assert lane.gateway.admin(nothing).status in (400, 404), nothing
    assert lane.gateway.admin("/ui/", "POST").status == 405


def test_asking_while_requests_run_loses_none(lane):
    lane.cheap.default = whole()
    before = summary(lane)["since_start"]["requests"]
    for _ in range(20):
        lane.gateway.ask()
        summary(lane)
    eventually(lambda: summary(lane)["since_start"]["requests"] == before + 20, "all of them")
