"""A share of the ten thousand cuts of scripts/soak.sh: no truncated answer looks complete to a client as users have them."""

import pytest

from soak.cut_clients import CLIENTS
from soak.cut_judge import judge
from soak.part_cuts import cut_policy
from soak.peers import Upstream
from support.gateway import Gateway

# Another seed than the long run's: together they see more.
SEED = 3
CASES = 300


@pytest.fixture(name="provider", scope="module")
def provider_fixture():
    with Upstream(SEED, script="soak.cut_upstream") as provider:
        yield provider


@pytest.fixture(name="cut_gateway", scope="module")
def cut_gateway_fixture(provider, tmp_path_factory):
    with Gateway(tmp_path_factory.mktemp("cuts"), cut_policy(provider.base_url)) as running:
        yield running


def numbers_of(name: str) -> range:
    """Each client has cases of its own."""
    first = 1_000 * list(CLIENTS).index(name)
    return range(first, first + round(CASES * CLIENTS[name][1]))


@pytest.mark.parametrize("name", CLIENTS)
def test_no_cut_answer_looks_complete(name, cut_gateway, provider):
    ask, _ = CLIENTS[name]
    verdict = judge(SEED, ask(cut_gateway.base_url, numbers_of(name)), provider.call("GET", "/log"))
    assert not verdict.fooled, "\n".join(verdict.fooled)
    assert not verdict.let_down, "\n".join(verdict.let_down)
    assert not verdict.unasked
    assert verdict.cut > 0


def test_the_judge_sees_who_is_fooled_without_the_gateway(provider):
    name = "openai-python, raw"
    ask, _ = CLIENTS[name]
    verdict = judge(SEED, ask(f"http://127.0.0.1:{provider.port}/v1", range(50_000, 50_060)), provider.call("GET", "/log"))
    assert verdict.fooled
