import pytest
from client_lane import ClientLane

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
def gateway_survives(request):
    yield
    if "gateway" in request.fixturenames:
        assert request.getfixturevalue("gateway").alive()


@pytest.fixture(scope="session")
def clients_of_session(tmp_path_factory):
    with ClientLane(tmp_path_factory.mktemp("clients")) as lane:
        yield lane


@pytest.fixture(name="clients")
def clients_fixture(clients_of_session):
    """The gateway before a reacting model of each vendor. Whatever a vendor would refuse fails the test."""
    clients_of_session.reset()
    yield clients_of_session
    clients_of_session.check()
