import pytest

from support.gateway import Gateway
from support.simulator import Simulator, policy


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    with Simulator(tmp_path_factory.mktemp("simulator")) as running:
        yield running


@pytest.fixture(scope="session")
def gateway(simulator, tmp_path_factory):
    """The gateway in front of the simulator, with short limits so that silence is soon noticed."""
    config = policy(simulator.base_url)
    config["providers"]["sim"]["timeouts"] = {"first_content": "1s", "idle": "1s", "headers": "1s"}
    config["models"]["sim/sim-mid"]["supports"] = ["tools", "json_schema"]
    # One model fails at will for every test: it must not be left alone for that.
    config["breaker"] = {"consecutive_failures": 1_000, "success_share_min": 0, "open_first": "10ms", "open_max": "10ms"}
    config["classes"]["blind"] = {"tier": "mid"}
    with Gateway(tmp_path_factory.mktemp("gateway"), config) as running:
        yield running


@pytest.fixture(autouse=True)
def gateway_survives(gateway):
    yield
    assert gateway.alive()
