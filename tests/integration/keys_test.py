"""Client keys: who may ask, for what, how far up and how often; and that no key is ever seen again."""

import hashlib
import json
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.answers import answer, encode, usage
from support.deadline import eventually
from support.fake_upstream import begun_stream, error, whole
from support.gateway import CHAT, chat, sum_of
from support.lane import PROVIDER_KEYS, Lane, cost_nano, nano
from support.process import run
from support.raw_client import RawClient, request_bytes

FULL, CAPPED, NARROW, INSIDE, OLD, SMALL_QUOTA, SMALL_SHARE, SMALL_PURSE = (
    f"tw-{name}-{'0123456789abcdef' * 2}" for name in ("full", "capped", "narrow", "inside", "old", "quota", "share", "purse"))
JUDGED = {"x-tierway-class": "judged"}
HEDGES = "I'm not sure, I don't know, I cannot determine this."


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def bearer(key: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", **{name.replace("_", "-"): value for name, value in headers.items()}}


KEYS = [
    {"id": "full", "sha256": digest(FULL), "team": "shop"},
    {"id": "capped", "sha256": digest(CAPPED), "max_tier": "small", "classes": []},
    {"id": "narrow", "sha256": digest(NARROW), "classes": ["judged"], "models": {"allow": ["*/small"], "deny": ["cheap/*"]}},
    {"id": "inside", "sha256": digest(INSIDE), "stay": "inside"},
    {"id": "old", "sha256": digest(OLD), "expires": "2020-01-01"},
    {"id": "small-quota", "sha256": digest(SMALL_QUOTA), "escalations": {"per_hour": 3}},
    {"id": "small-share", "sha256": digest(SMALL_SHARE), "escalations": {"share_max": 0.1}},
    {"id": "small-purse", "sha256": digest(SMALL_PURSE), "escalations": {"usd_per_hour": 0.5}},
]


def change_policy(config: dict) -> None:
    config["keys"] = KEYS
    config["classes"]["falls_up"] = {"tier": "small", "max_tier": "frontier", "when_tier_is_down": "climb"}


def unsure(text: str = HEDGES, used: dict | None = None):
    return whole(answer(text, used=used or usage(10, 10)))


# The command.

def test_the_command_makes_keys_that_differ_and_shows_their_digest():
    made = [json.loads(run("keys", "new", "--id", "agent", "--team", "shop", "--json").stdout) for _ in range(3)]
    assert len({each["key"] for each in made}) == 3
    for each in made:
        assert each["key"].startswith("tw-")
        assert len(each["key"]) == 3 + 43, "256 bits"
        assert each["key"][3:].replace("-", "").replace("_", "").isalnum()
        assert (each["id"], each["team"], each["sha256"]) == ("agent", "shop", digest(each["key"]))


def test_the_entry_that_the_command_prints_can_be_pasted_and_its_key_used(tmp_path):
    printed = run("keys", "new", "--id", "pasted").stdout
    key = next(word for word in printed.split() if word.startswith("tw-"))
    entry = printed[printed.index("keys:"):]
    with Lane(tmp_path) as lane:
        # The lane's configuration is written as JSON, which is YAML, but no block can follow it: here goes what is after the dash.
        flow = entry.split("- ", 1)[1].strip()
        lane.gateway.write_config(json.dumps(lane.config)[:-1] + f', "keys": [{flow}]}}')
        lane.cheap.default = whole()
        lane.gateway.process.signal(signal.SIGHUP)
        eventually(lambda: lane.gateway.ask().status == 401, "the reload")
        assert lane.gateway.ask(headers=bearer(key)).status == 200


@pytest.mark.parametrize("wrong", [["--id", "A b"], ["--team", "shop:1"], ["--id", "tw-Key"], ["--days", "3"]])
def test_the_command_refuses_what_it_cannot_use(wrong):
    done = run("keys", "new", *wrong)
    assert done.returncode == 2
    assert "tw-" not in done.stdout


# Who asks.

@pytest.mark.parametrize("headers", [bearer(FULL), {"authorization": f"bearer {FULL}"}, {"x-api-key": FULL}, {"api-key": FULL},
                                     {"X-API-KEY": FULL, "Authorization": f"Bearer {FULL}"}])
def test_a_known_key_is_served_and_no_provider_sees_it(lane, headers):
    lane.cheap.push(whole())
    response = lane.gateway.ask(headers=headers)
    assert response.status == 200
    assert lane.cheap.last.headers["authorization"] == f"Bearer {PROVIDER_KEYS['CHEAP_KEY']}"
    assert FULL.encode() not in lane.cheap.last.head + lane.cheap.last.body
    record = lane.gateway.record_of(response)
    assert (record["principal"], record["team"]) == ("full", "shop")


@pytest.mark.parametrize("path", [CHAT, "/v1/models", "/v1/models/auto"])
@pytest.mark.parametrize("headers, code", [
    ({}, "missing_api_key"), ({"Authorization": "Bearer "}, "missing_api_key"),
    (bearer("sk-anything"), "invalid_api_key"), (bearer(OLD), "invalid_api_key"), (bearer(FULL[:-1]), "invalid_api_key"),
    (bearer(digest(FULL)), "invalid_api_key"), ({"Authorization": f"Basic {FULL}"}, "invalid_api_key"),
    ({"x-api-key": "x" * 4000}, "invalid_api_key")])
def test_without_a_good_key_nothing_is_served(lane, path, headers, code):
    response = lane.gateway.post(chat(), headers) if path == CHAT else lane.gateway.request("GET", path, headers=headers)
    assert response.status == 401
    assert (response.error["code"], response.error["type"]) == (code, "authentication_error")
    assert response.headers["www-authenticate"] == "Bearer"
    record = lane.gateway.record_of(response)
    assert (record["outcome"], record["error_code"]) == ("denied", code)
    assert "principal" not in record


def test_an_unknown_and_an_expired_key_look_the_same(lane):
    def told(key: str) -> tuple:
        response = lane.gateway.ask(headers=bearer(key))
        return response.status, response.body, set(response.headers)

    assert told(OLD) == told("tw-nobody")


def test_a_key_is_asked_for_before_the_body_is_looked_at(lane):
    assert lane.gateway.post(b"{", bearer("tw-nobody")).status == 401
    assert lane.gateway.post(b"{", bearer(FULL)).status == 400


@pytest.mark.parametrize("headers", [{"Authorization": f"Bearer {FULL}", "x-api-key": CAPPED},
                                     {"x-api-key": FULL, "api-key": CAPPED}])
def test_two_different_keys_are_refused(lane, headers):
    response = lane.gateway.ask(headers=headers)
    assert (response.status, response.error["code"]) == (400, "conflicting_api_keys")


def test_the_same_header_twice_with_different_keys_is_refused(lane):
    body = encode(chat())
    request = request_bytes("POST", CHAT, body, bearer(CAPPED))
    for line in (f"Authorization: Bearer {FULL}", f"aUTHORIZATION: bearer {FULL}"):
        with lane.gateway.connect() as client:
            client.send(request.replace(b"\r\n\r\n", f"\r\n{line}\r\n\r\n".encode(), 1))
            response = client.read_response()
        assert (response.status, response.error["code"]) == (400, "conflicting_api_keys")


SPOOFS = ["x-tierway-principal: full", "X-Tierway-Key: full", "x-tierway-team: shop", "X-TIERWAY-MAX-TIER: frontier",
          "x-tierway-quota: 1000", "x-forwarded-user: full", "x-tierway-max-tier:frontier", "Cookie: api-key=" + FULL,
          "Proxy-Authorization: Bearer " + FULL, "x-tierway-api-key: " + FULL]
REFUSED_SPOOFS = ["X_Api_Key: " + FULL, "x_tierway_principal: full", "Authorization : Bearer " + FULL, " Authorization: Bearer " + FULL,
                  "Connection: authorization", "Connection: x-tierway-max-tier", "Authorization\t: Bearer " + FULL,
                  "x-tierway-max-tier: frontier\r\nX-Tierway-Max-Tier: small"]


@pytest.mark.parametrize("line", SPOOFS + REFUSED_SPOOFS)
def test_no_spelling_of_a_header_lends_another_keys_rights(lane, line):
    lane.cheap.default = whole()
    request = request_bytes("POST", CHAT, encode(chat(model="tier:frontier")), bearer(CAPPED))
    with lane.gateway.connect() as client:
        client.send(request.replace(b"\r\n\r\n", f"\r\n{line}\r\n\r\n".encode(), 1))
        response = client.read_response()
    if line in REFUSED_SPOOFS:
        assert response.status == 400
        assert not lane.cheap.requests
    else:
        assert response.headers["x-tierway-model"] == "cheap/small"
        assert response.headers["x-tierway-escalation"] == "denied; reason=key_ceiling"
        assert b"tierway" not in lane.cheap.last.head.lower().replace(b"user-agent: tierway", b"")
    assert not lane.dear.requests


# What for.

def test_a_keys_ceiling_holds_for_wishes_and_for_classes_bound_above_it(lane):
    lane.cheap.default = unsure()
    for model in ("tier:frontier", "best", "dear/frontier", "auto"):
        response = lane.gateway.ask(headers=bearer(CAPPED), model=model)
        assert response.headers["x-tierway-tier"] == "small", model
    response = lane.gateway.ask("Prove formally.", bearer(CAPPED))
    assert (response.headers["x-tierway-class"], response.headers["x-tierway-tier"]) == ("top", "small")
    assert not lane.dear.requests


def test_a_key_declares_only_the_classes_it_may(lane):
    assert lane.gateway.ask(headers=bearer(CAPPED, x_tierway_class="judged")).error["code"] == "class_not_allowed"
    assert lane.gateway.ask(headers=bearer(NARROW, x_tierway_class="top")).error["code"] == "class_not_allowed"
    assert lane.gateway.ask(headers=bearer(NARROW, x_tierway_class="nonsense")).error["code"] == "class_not_allowed"
    lane.spare.push(whole(answer("Paris.")))
    assert lane.gateway.ask(headers=bearer(NARROW, x_tierway_class="judged")).status == 200


def test_a_key_is_answered_only_by_models_it_may_use(lane):
    lane.spare.default = whole()
    response = lane.gateway.ask(headers=bearer(NARROW))
    assert response.headers["x-tierway-model"] == "spare/small"
    assert lane.gateway.record_of(response)["passed_over"] == [{"model": "cheap/small", "missing": "permission of the key"}]
    for model in ("cheap/small", "little", "dear/frontier", "tier:frontier"):
        response = lane.gateway.ask(headers=bearer(NARROW), model=model)
        assert (response.status, response.error["code"]) == (403, "model_not_allowed"), model
        assert lane.gateway.record_of(response)["outcome"] == "denied"
    assert not lane.cheap.requests and not lane.dear.requests


def test_a_key_that_stays_inside_reaches_no_outside_provider_by_any_way(lane):
    lane.spare.default = unsure()
    for model in ("auto", "gpt-4o", "tier:small", "tier:frontier", "best", "little", "cheap/small", "spare/small", "dear/frontier"):
        for request_class in ("chat", "capped", "strict", "judged", "strict_judged", "falls_up", "top"):
            lane.gateway.ask(headers=bearer(INSIDE, x_tierway_class=request_class), model=model)
    lane.spare.default = error(500)
    lane.gateway.ask(headers=bearer(INSIDE, x_tierway_class="falls_up"))
    assert lane.spare.requests
    assert not lane.cheap.requests and not lane.dear.requests


def test_models_are_listed_as_the_key_may_use_them(lane):
    def listed(key: str) -> list[str]:
        return [each["id"] for each in lane.gateway.request("GET", "/v1/models", headers=bearer(key)).json()["data"]]

    assert "dear/frontier" in listed(FULL)
    assert listed(CAPPED) == ["auto", "tier:small", "gpt-4o", "little", "cheap/small", "spare/small"]
    assert listed(NARROW) == ["auto", "tier:small", "gpt-4o", "spare/small"]
    for key, status in ((FULL, 200), (CAPPED, 404)):
        assert lane.gateway.request("GET", "/v1/models/dear%2Ffrontier", headers=bearer(key)).status == status


def test_explain_tells_what_a_key_would_get(lane):
    config = str(lane.gateway.config_file)
    explained = json.loads(run("explain", "-c", config, "--json", "--model", "tier:frontier", "--key", "capped", "Hello",
                               env=PROVIDER_KEYS).stdout)
    assert explained["principal"] == "capped"
    assert explained["climbs"] == [{"from": "small", "to": "frontier", "why": "client_wish", "verdict": "denied",
                                    "reason": "key_ceiling"}]
    assert run("explain", "-c", config, "--key", "nobody", "Hello", env=PROVIDER_KEYS).returncode == 2


# How often.

def test_every_climb_of_a_key_counts_whatever_it_is_for(tmp_path):
    with Lane(tmp_path, change_policy) as lane:
        lane.cheap.default, lane.dear.default = unsure(), whole(answer("Sure."))
        lane.spare.default = error(500)

        def climb(key: str, **fields) -> str:
            return lane.gateway.ask(headers=bearer(key, **fields.pop("headers", {})), **fields).headers["x-tierway-escalation"]

        image = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
        assert climb(SMALL_QUOTA, model="tier:frontier") == "approved; reason=client_wish"
        assert climb(SMALL_QUOTA, headers={"x_tierway_class": "judged"}) == "approved; reason=low_confidence"
        assert climb(SMALL_QUOTA, content=image) == "approved; reason=capability"
        for fields in ({"model": "tier:frontier"}, {"headers": {"x_tierway_class": "judged"}}, {"content": image}):
            assert climb(SMALL_QUOTA, **fields) == "denied; reason=key_quota_count"
        lane.cheap.default = error(500)
        assert climb(SMALL_QUOTA, headers={"x_tierway_class": "falls_up"}) == "denied; reason=key_quota_count"
        assert climb(FULL, headers={"x_tierway_class": "falls_up"}) == "approved; reason=tier_down", "another key's quota is its own"
        assert len(lane.dear.requests) == 4


def test_a_climb_that_reached_no_model_is_given_back(tmp_path):
    def narrow(config: dict) -> None:
        change_policy(config)
        config["models"]["dear/frontier"]["supports"] = ["tools"]

    with Lane(tmp_path, narrow) as lane:
        image = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
        for _ in range(10):
            response = lane.gateway.ask(image, bearer(SMALL_QUOTA), model="dear/frontier")
            assert response.status == 400
            assert lane.gateway.record_of(response)["climbs"][0]["verdict"] == "approved"
        lane.dear.push(whole(), whole(), whole())
        for _ in range(3):
            assert lane.gateway.ask(headers=bearer(SMALL_QUOTA), model="tier:frontier").headers["x-tierway-tier"] == "frontier"
        assert not lane.dear.scripts


def test_the_record_lists_every_climb_that_was_asked(lane):
    lane.cheap.push(unsure())
    response = lane.gateway.ask(headers=bearer(CAPPED), model="best", response_format={
        "type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}})
    record = lane.gateway.record_of(response)
    assert [{name: climb[name] for name in ("from", "to", "why", "verdict", "reason")} for climb in record["climbs"]] == [
        {"from": "small", "to": "frontier", "why": "client_wish", "verdict": "denied", "reason": "key_ceiling"},
        {"from": "small", "to": "frontier", "why": "low_confidence", "verdict": "denied", "reason": "key_ceiling"}]
    assert all(climb["estimate_usd"] > 0 for climb in record["climbs"])
    assert record["principal"] == "capped"


def test_every_climb_that_was_asked_leaves_an_audit_line(lane):
    lane.cheap.push(unsure())
    asked = lane.gateway.ask(headers=bearer(CAPPED), model="best", response_format={
        "type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}})
    lane.cheap.push(whole())
    quiet = lane.gateway.ask(headers=bearer(CAPPED))
    record = lane.gateway.record_of(asked)
    lane.gateway.record_of(quiet)

    def lines() -> list[dict]:
        written = [json.loads(line) for line in lane.gateway.process.stdout.all()]
        return [line for line in written if line.get("audit") == "climb" and line["request_id"] in (asked.request_id, quiet.request_id)]

    found = eventually(lambda: len(lines()) == 2 and lines(), "two audit lines")
    assert [(line["principal"], line["class"], line["from"], line["to"], line["why"], line["verdict"], line["reason"]) for line in found] == [
        ("capped", record["class"], "small", "frontier", why, "denied", "key_ceiling") for why in ("client_wish", "low_confidence")]
    assert all(line["estimate_usd"] > 0 and line["policy"] == record["policy"] for line in found)


def test_audit_lines_can_go_to_a_file_of_their_own(tmp_path):
    def change(config):
        change_policy(config)
        config["log"] = {"decisions": "off", "audit": str(tmp_path / "audit.jsonl")}

    with Lane(tmp_path / "lane", change) as lane:
        lane.cheap.push(whole())
        request_id = lane.gateway.ask(headers=bearer(CAPPED), model="tier:frontier").request_id
        lane.gateway.process.stop()
        assert lane.gateway.process.stdout.all() == []
    [line] = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert json.loads(line)["request_id"] == request_id


def test_a_share_of_the_calls_is_of_twenty_calls_at_least(tmp_path):
    with Lane(tmp_path, change_policy) as lane:
        lane.cheap.default, lane.dear.default = whole(), whole()

        def climb() -> bool:
            return lane.gateway.ask(headers=bearer(SMALL_SHARE), model="best").headers["x-tierway-tier"] == "frontier"

        assert [climb() for _ in range(4)] == [True, True, False, False], "a tenth of twenty"
        for _ in range(30):
            lane.gateway.ask(headers=bearer(SMALL_SHARE))
        assert climb(), "a tenth of thirty"


def test_money_is_held_at_the_estimate_and_settled_at_what_it_cost(tmp_path):
    with Lane(tmp_path, change_policy) as lane:
        go_on = threading.Event()
        lane.cheap.default = whole()
        lane.dear.push(begun_stream(go_on))
        # 20,000 tokens of answer at 19.7 USD per million are 0.394 USD.
        with lane.gateway.connect() as client:
            client.send(request_bytes("POST", CHAT, encode(chat(model="best", max_tokens=20_000, stream=True)), bearer(SMALL_PURSE)))
            head = client.read_head()
            assert head.headers["x-tierway-escalation"] == "approved; reason=client_wish"
            assert lane.gateway.ask(headers=bearer(SMALL_PURSE), model="best", max_tokens=20_000).headers[
                "x-tierway-escalation"] == "denied; reason=key_quota_usd"
            go_on.set()
            client.read_body(head)
        # The stream said nothing of its usage: the estimate stays, and 0.106 USD are left.
        lane.dear.push(whole(answer("Yes.", used=usage(10, 100))))
        assert lane.gateway.ask(headers=bearer(SMALL_PURSE), model="best", max_tokens=20_000).headers[
            "x-tierway-escalation"] == "denied; reason=key_quota_usd"
        response = lane.gateway.ask(headers=bearer(SMALL_PURSE), model="best", max_tokens=5_000)
        assert response.headers["x-tierway-tier"] == "frontier"
        # That one said so: only what it cost is gone, once it is settled.
        lane.gateway.record_of(response)
        lane.dear.push(whole(answer("Yes.", used=usage(10, 100))))
        assert lane.gateway.ask(headers=bearer(SMALL_PURSE), model="best", max_tokens=5_000).headers["x-tierway-tier"] == "frontier"


def test_a_reload_gives_no_quota_back(tmp_path):
    with Lane(tmp_path, change_policy) as lane:
        lane.cheap.default = lane.dear.default = whole()

        def climb() -> str:
            return lane.gateway.ask(headers=bearer(SMALL_QUOTA), model="best").headers["x-tierway-tier"]

        assert [climb() for _ in range(4)] == ["frontier"] * 3 + ["small"]
        reload(lane, 1)
        assert climb() == "small"


def reload(lane: Lane, number: int) -> None:
    """The configuration as it is now in `lane.config`, the `number`th time."""
    lane.gateway.write_config(lane.config)
    lane.gateway.process.signal(signal.SIGHUP)
    eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="success") >= number, "the reload")


def test_a_key_is_replaced_under_load_without_a_failed_request(tmp_path):
    with Lane(tmp_path, change_policy) as lane:
        lane.cheap.default = whole()
        entry = lane.config["keys"][0]
        secrets = [FULL]
        failures: list = []
        enough = threading.Event()

        served = [0] * 4

        def ask(index: int) -> None:
            with lane.gateway.connect() as client:
                while not enough.is_set():
                    client.send(request_bytes("POST", CHAT, encode(chat()), bearer(secrets[-1])))
                    response = client.read_response()
                    if response.status != 200:
                        failures.append(response.body)
                    served[index] += 1

        threads = [threading.Thread(target=ask, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        reloads = 0
        for generation in range(5):
            fresh = f"tw-generation-{generation}"
            before = entry["sha256"]
            entry["sha256"] = [before, digest(fresh)]
            reloads += 1
            reload(lane, reloads)
            assert lane.gateway.ask(headers=bearer(fresh)).status == 200
            secrets.append(fresh)
            before_switch = list(served)
            eventually(lambda then=before_switch: all(now > count + 1 for now, count in zip(served, then, strict=True)),
                       "every client to use the new key")
            entry["sha256"] = digest(fresh)
            reloads += 1
            reload(lane, reloads)
            eventually(lambda old=secrets[-2]: lane.gateway.ask(headers=bearer(old)).status == 401, "the end of the old key")
        enough.set()
        for thread in threads:
            thread.join()
        assert not failures
        assert {record["principal"] for record in lane.gateway.decisions() if record["outcome"] == "ok"} == {"full"}


# Abuse.

def test_a_thousand_prompts_that_always_fail_judgement_spend_no_more_than_the_quota(tmp_path):
    def quotas(config: dict) -> None:
        change_policy(config)
        config["keys"] = [{"id": "attacker", "sha256": digest(FULL), "escalations": {"per_hour": 60, "usd_per_hour": 0.2}}]
        config["admin"]["decisions_kept"] = 2_000

    used = usage(10, 100)
    cost = cost_nano("dear/frontier", 10, 100)
    with Lane(tmp_path, quotas) as lane:
        lane.cheap.default = unsure()
        lane.dear.default = whole(answer("Sure.", used=used))

        def attack(number: int) -> str:
            with RawClient(lane.gateway.address, 60) as client:
                client.send(request_bytes("POST", CHAT, encode(chat(f"Attack {number}", max_tokens=200)),
                                          bearer(FULL, x_tierway_class="judged")))
                response = client.read_response()
            assert response.status == 200
            return response.headers["x-tierway-escalation"]

        with ThreadPoolExecutor(16) as pool:
            seen = list(pool.map(attack, range(1_000)))
        escalated = len(lane.dear.requests)
        assert seen.count("approved; reason=low_confidence") == escalated == 60
        assert seen.count("denied; reason=key_quota_count") == 940
        assert escalated * cost <= nano("0.2")
        records = eventually(lambda: (found := lane.gateway.decisions(2_000)) and len(found) == 1_000 and found, "all records")
        spent = sum(nano(attempt["cost_usd"]) for record in records for attempt in record["attempts"] if attempt["tier"] == "frontier")
        assert spent == 60 * cost
        assert sum(len(record["climbs"]) for record in records) == 1_000


def test_a_purse_is_never_overdrawn_by_many_at_once(tmp_path):
    def purse(config: dict) -> None:
        change_policy(config)
        config["keys"] = [{"id": "attacker", "sha256": digest(FULL), "escalations": {"usd_per_hour": 0.05}}]

    used = usage(10, 100)
    cost = cost_nano("dear/frontier", 10, 100)
    with Lane(tmp_path, purse) as lane:
        lane.cheap.default = unsure()
        lane.dear.default = whole(answer("Sure.", used=used))

        def attack(number: int) -> dict:
            response = lane.gateway.ask(f"Attack {number}", bearer(FULL, x_tierway_class="judged"), max_tokens=200)
            return lane.gateway.record_of(response)["climbs"][0]

        with ThreadPoolExecutor(16) as pool:
            list(pool.map(attack, range(100)))
        while (last := attack(0))["verdict"] == "approved":
            pass
        assert last["reason"] == "key_quota_usd"
        spent = len(lane.dear.requests) * cost
        assert nano("0.05") - nano(last["estimate_usd"]) < spent <= nano("0.05"), "what was held too much came back"


def test_prompts_that_are_made_to_look_hard_spend_no_more_than_the_quota(tmp_path):
    """The rules send whoever says the words to a class that is bound to the frontier: no climb of the cascade, and a climb all the same."""
    def quotas(config: dict) -> None:
        change_policy(config)
        config["keys"] = [{"id": "attacker", "sha256": digest(FULL), "escalations": {"above": "small", "per_hour": 20}}]

    with Lane(tmp_path, quotas) as lane:
        lane.cheap.default = lane.dear.default = whole()

        def attack(number: int) -> tuple[str, str]:
            response = lane.gateway.ask(f"Prove formally that {number} is a number", bearer(FULL))
            assert response.headers["x-tierway-class"] == "top"
            return response.headers["x-tierway-model"], response.headers["x-tierway-escalation"]

        with ThreadPoolExecutor(16) as pool:
            seen = list(pool.map(attack, range(100)))
        assert seen.count(("dear/frontier", "approved; reason=classified")) == 20
        assert seen.count(("cheap/small", "denied; reason=key_quota_count")) == 80
        assert len(lane.dear.requests) == 20
        assert lane.gateway.ask("Prove formally", bearer(FULL), model="dear/frontier").headers["x-tierway-model"] == "cheap/small"


# Secrets.

def test_no_key_is_ever_seen_again(tmp_path):
    def talkative(config: dict) -> None:
        change_policy(config)
        config["log"] = {"level": "debug"}

    canaries = [FULL, CAPPED, SMALL_QUOTA, "tw-unknown-canary", "tw-second-canary"]
    with Lane(tmp_path, talkative) as lane:
        lane.cheap.default = unsure()
        lane.dear.default = error(500, "no")
        lane.spare.default = error(401, "who are you?")
        seen = []
        for key in canaries:
            for headers in (bearer(key), {"x-api-key": key}, {"api-key": key}, bearer(key, x_api_key="tw-second-canary"),
                            {"Authorization": f"Basic {key}"}, bearer(key, x_tierway_class="judged"),
                            bearer(key, x_tierway_class="nonsense"), bearer(key, x_tierway_max_tier="nonsense")):
                for model in ("auto", "best", "spare/small", "nonsense"):
                    seen.append(lane.gateway.ask(headers=headers, model=model))
            seen.append(lane.gateway.request("GET", "/v1/models", headers=bearer(key)))
            seen.append(lane.gateway.request("GET", f"/nowhere?api_key={key}", headers=bearer(key)))
        # A configuration with a key where its digest belongs is refused without repeating it.
        wrong = {**lane.config, "keys": [{"id": FULL, "sha256": CAPPED}]}
        lane.gateway.write_config(wrong)
        lane.gateway.process.signal(signal.SIGHUP)
        eventually(lambda: sum_of(lane.gateway.metrics(), "tierway_config_reloads_total", result="failure") == 1, "the refused reload")
        told = [b"".join([str(each.headers).encode(), each.body]) for each in seen]
        told += [lane.gateway.admin(path).body for path in ("/metrics", "/api/decisions?last=1000", "/api/models", "/healthz", "/readyz")]
        told += [request.head + request.body for upstream in lane.upstreams.values() for request in upstream.requests]
        process = lane.gateway.process
    told += ["\n".join(process.stdout.all() + process.stderr.all()).encode()]
    assert len(told) > 150
    for key in canaries:
        for text in told:
            assert key.encode() not in text
            assert digest(key).encode() not in text
