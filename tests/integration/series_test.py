"""The number of series is bounded by the configuration, whatever clients and providers send."""

import random
import string
from collections import Counter

import pytest

from support import answers, series_bound
from support.answers import answer, stream_chunks, usage
from support.deadline import eventually
from support.fake_upstream import error, stream, whole
from support.monitored_lane import CHECKOUT, EMBEDDINGS, MonitoredLane


@pytest.fixture(name="lane", scope="module")
def lane_fixture(tmp_path_factory):
    with MonitoredLane(tmp_path_factory.mktemp("series")) as lane:
        yield lane


def series(lane: MonitoredLane) -> set[str]:
    eventually(lambda: lane.gateway.metrics()["tierway_requests_in_flight"] == 0, "the end of all requests")
    return set(lane.gateway.metrics())


def strange_requests(lane: MonitoredLane, word) -> None:
    """Each shape once, with words that were never used before."""
    post, key = lane.gateway.post, CHECKOUT
    for body in ({"model": word(), "messages": [{"role": "user", "content": word()}]},
                 {"model": f"tier:{word()}", "messages": [{"role": "user", "content": word()}]},
                 {"model": f"cheap/{word()}", "messages": [{"role": "user", "content": word()}]},
                 {"model": "auto", "messages": [{"role": "user", "content": word()}], "user": word(), word(): word(),
                  "metadata": {word(): word()}, "safety_identifier": word(), "prompt_cache_key": word()},
                 {"model": "auto", "messages": [{"role": word(), "content": word()}]},
                 {"model": "auto", "messages": [{"role": "user", "content": word()}], "service_tier": word(),
                  "reasoning_effort": word()}):
        post(body, key)
    for headers in ({"x-tierway-class": word()}, {"x-tierway-max-tier": word()}, {"x-tierway-recovery": word()}, {word(): word()},
                    {"x-tierway-acknowledge-usd": word()}, {"traceparent": word()}, {"User-Agent": word()},
                    {"x-request-id": word()},
                    {"x-tierway-class": "chat", "OpenAI-Organization": word(), "OpenAI-Project": word()}):
        lane.gateway.ask(word(), {**key, **headers})
    lane.gateway.ask(word(), {"Authorization": f"Bearer {word()}"})
    post({"model": word(), "input": word(), "user": word()}, key, EMBEDDINGS)
    for method, path in (("GET", f"/{word()}"), ("POST", f"/v1/{word()}"), ("DELETE", f"/v1/models/{word()}"),
                         ("GET", f"/v1/models/{word()}"),
                         (word().upper(), "/v1/chat/completions"), ("GET", f"/?{word()}={word()}")):
        lane.gateway.request(method, path, b"", key)
    for path in (f"/{word()}", f"/metrics?{word()}={word()}", f"/api/{word()}"):
        lane.gateway.admin(path)


def strange_answers(lane: MonitoredLane, word) -> None:
    """Providers that say what nobody has heard of, in each place in which they may."""
    strange = {"class": "chat"}
    for script in (error(400, word(), code=word(), type_=word()), error(404, word(), code=word()),
                   error(418, word(), code=word(), type_=word()),
                   whole(answer(word(), model=word(), used={**usage(3, 4), word(): 5}, finish=word(), system_fingerprint=word())),
                   whole({word(): word()}), whole(answers.error_body(word(), word(), word()), 200)):
        lane.cheap.push(script)
        lane.spare.default = lane.dear.default = whole(answer("42"))
        lane.gateway.ask(word(), {**CHECKOUT, "x-tierway-class": strange["class"]})
        lane.cheap.scripts.clear()
    chunks = stream_chunks(word(), model=word(), finish=word())
    lane.cheap.push(stream(answers.events(chunks[:3], done=False) + f"event: {word()}\nid: {word()}\ndata: {{}}\n\n".encode()
                           + answers.events(chunks[3:])))
    lane.gateway.ask(word(), {**CHECKOUT, "x-tierway-class": "chat"}, stream=True)
    lane.cheap.scripts.clear()


def test_strange_words_of_clients_and_providers_make_no_series(lane):
    dice = random.Random(20261128)

    def word() -> str:
        return "x" + "".join(dice.choices(string.ascii_lowercase, k=11))

    lane.round()
    for _ in range(2):
        # Twice, because a model that failed may be passed over once.
        strange_requests(lane, word)
        strange_answers(lane, word)
    settled = series(lane)
    for _ in range(5):
        strange_requests(lane, word)
        strange_answers(lane, word)
    assert series(lane) - settled == set()
    assert list(series_bound.foreign_labels(settled, lane.config)) == []


def test_no_family_has_more_series_than_the_formula_allows(lane):
    lane.round()
    limits = series_bound.bound(lane.config)
    found = Counter(map(series_bound.family_of, series(lane)))
    assert found and set(found) <= set(limits)
    assert {name: (count, limits[name]) for name, count in found.items() if count > limits[name]} == {}
    assert sum(found.values()) < sum(limits.values()) == documented_formula(lane.config)


def documented_formula(config: dict) -> int:
    """The table of docs/monitoring.md."""
    tier_sizes = [len(members) for members in config["tiers"].values()]
    c, t, m, p, j = len(config["classes"]), len(tier_sizes), len(config["models"]), sum(tier_sizes), len(series_bound.judges(config))
    f, e, b = sum(size * (size - 1) for size in tier_sizes), series_bound.CODES, series_bound.budget_windows(config)
    of_class = 6 * (p + t + 1) + 5 * (p + t * j) + 17 * (t + 1) + 7 * t * (t - 1) + 15 + 3 * e + 16
    return c * of_class + m * (84 + e + 18) + f * e + e + 2 * b + 37


def test_a_label_that_nobody_has_named_would_be_seen(lane):
    planted = 'tierway_requests_total{class="chat",model="xqwertyuiopa",outcome="ok",tier="small"}'
    assert list(series_bound.foreign_labels({planted}, lane.config)) == [planted]


def test_series_are_not_made_by_reloads(lane):
    lane.round()
    before = series(lane)
    for _ in range(3):
        lane.round()
    assert series(lane) == before
