"""`/v1/models` in the shape of the client's API."""

import pytest


def test_models_are_listed_in_the_shape_of_the_clients_api(lane):
    openai = lane.gateway.request("GET", "/v1/models").json()
    assert openai["object"] == "list" and openai["data"][0]["object"] == "model"
    version = {"anthropic-version": "2023-06-01"}
    anthropic = lane.gateway.request("GET", "/v1/models?limit=1000", headers=version).json()
    ids = [model["id"] for model in openai["data"]]
    assert [model["id"] for model in anthropic["data"]] == ids
    assert anthropic["data"][0]["type"] == "model"
    assert (anthropic["has_more"], anthropic["first_id"], anthropic["last_id"]) == (False, ids[0], ids[-1])


@pytest.mark.parametrize("written", ["cheap/small", "cheap%2Fsmall"])
def test_one_model_is_shown_in_the_shape_of_the_clients_api(lane, written):
    version = {"anthropic-version": "2026-10-21"}
    assert lane.gateway.request("GET", f"/v1/models/{written}").json()["owned_by"] == "cheap"
    shown = lane.gateway.request("GET", f"/v1/models/{written}", headers=version).json()
    assert (shown["type"], shown["id"]) == ("model", "cheap/small")
    missing = lane.gateway.request("GET", "/v1/models/nobody", headers=version)
    assert missing.status == 404
    assert (missing.json()["type"], missing.json()["error"]["type"]) == ("error", "not_found_error")
