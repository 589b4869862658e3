import pytest

from support.certificates import Certificates
from support.dialect_lane import DialectLane
from support.lane import Lane


@pytest.fixture(scope="session")
def certificates(tmp_path_factory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def lane_of_module(request, tmp_path_factory):
    """One gateway for all tests of a module; `change_policy` of the module adapts its configuration."""
    with Lane(tmp_path_factory.mktemp("lane"), getattr(request.module, "change_policy", None)) as lane:
        yield lane


@pytest.fixture
def lane(lane_of_module):
    """The module's gateway and providers with nothing recorded and nothing scripted."""
    lane_of_module.reset()
    yield lane_of_module
    lane_of_module.check()


@pytest.fixture(scope="session")
def dialect_lane_of_session(tmp_path_factory):
    """One gateway before a double of each vendor for every test of doors and dialects."""
    with DialectLane(tmp_path_factory.mktemp("dialects")) as lane:
        yield lane


@pytest.fixture(name="vendors")
def vendors_fixture(dialect_lane_of_session):
    """The gateway and the vendors with nothing recorded and nothing scripted."""
    dialect_lane_of_session.reset()
    yield dialect_lane_of_session
    dialect_lane_of_session.check()
