"""Who may ask the admin plane, and what its answers tell browsers."""

import pytest

from support.gateway import CHAT, Gateway
from support.lane import PROVIDER_KEYS, policy

TOKEN = "an-admin-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
PAGES = ("/metrics", "/api/decisions", "/api/models", "/api/limits", "/api/spend")
PROBES = ("/healthz", "/readyz")


@pytest.fixture(name="guarded", scope="module")
def guarded_fixture(tmp_path_factory):
    """A gateway whose admin plane is open to other machines and asks for a token."""
    config = policy(*["http://127.0.0.1:1/v1"] * 3)
    config["admin"] = {"listen": "0.0.0.0:0", "token": "${TIERWAY_ADMIN_TOKEN}"}
    with Gateway(tmp_path_factory.mktemp("guarded"), config, {**PROVIDER_KEYS, "TIERWAY_ADMIN_TOKEN": TOKEN}) as gateway:
        yield gateway


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_for_the_token(guarded, path):
    refused = guarded.admin(path)
    assert refused.status == 401
    assert refused.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in refused.body.decode()
    assert guarded.admin(path, headers={"Authorization": "Bearer another-token-of-the-tests"}).status == 401
    assert guarded.admin(path, headers=BEARER).status not in (401, 403)


@pytest.mark.parametrize("path", PROBES)
def test_probes_need_no_token(guarded, path):
    assert guarded.admin(path).status == 200


def test_nobody_learns_without_the_token_what_exists(guarded):
    assert guarded.admin("/api/nothing").status == 401
    assert guarded.admin("/api/nothing", headers=BEARER).status == 404


def test_a_client_key_is_no_admin_token(guarded):
    assert guarded.admin("/metrics", headers={"x-api-key": TOKEN}).status == 401


def test_the_admin_token_opens_nothing_on_the_data_plane(guarded):
    assert guarded.request("GET", "/metrics", headers=BEARER).status == 404


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.1:8081", "127.0.0.1.evil.example"])
def test_without_a_token_no_other_name_reads_loopback(lane, host):
    assert lane.gateway.admin("/metrics", headers={"Host": host}).status == 403
    assert lane.gateway.admin("/healthz", headers={"Host": host}).status == 200


@pytest.mark.parametrize("path", [*PAGES, *PROBES, "/nothing"])
def test_every_answer_tells_browsers_to_run_nothing_else(lane, path):
    headers = lane.gateway.admin(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert headers["cache-control"] == "no-store"


def test_the_admin_plane_serves_no_completions(lane):
    assert lane.gateway.admin(CHAT, "POST", b"{}").status == 404
