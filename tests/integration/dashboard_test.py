"""The dashboard as a file: it is what its source writes, keeps to Grafana's schema, and leaves no panel unexplained."""

import json
import sys

import pytest
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from support import dashboard
from support.prometheus_server import ROOT

BOARD = dashboard.load()
PANELS = {panel["title"]: panel for panel in dashboard.panels(BOARD)}


def test_the_file_is_what_its_source_writes(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    import build_dashboard
    assert build_dashboard.build() == dashboard.FILE.read_text(encoding="utf-8"), "run scripts/build_dashboard.py"
    del sys.modules["build_dashboard"]


def lost(before, after, path: str = "") -> list[str]:
    """What is not in `after` as it was; what was added does not count."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [each for key in before for each in lost(before[key], after.get(key), f"{path}/{key}")]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [each for number, pair in enumerate(zip(before, after)) for each in lost(*pair, f"{path}/{number}")]
    return [] if before == after else [path]


def lost_on_reading(board: dict) -> list[str]:
    """Reading keeps what the schema has a place for, of the panels' and queries' own kinds too, and drops the rest."""
    plugins.register_default_plugins()
    return lost(board, json.loads(JSONEncoder().encode(Dashboard.from_json(board))))


def test_grafanas_schema_knows_every_setting():
    assert lost_on_reading(BOARD) == []


@pytest.mark.parametrize("path", [["titel"], ["panels", 1, "descripton"], ["panels", 1, "options", "colourMode"],
                                  ["panels", 1, "targets", 0, "exprs"], ["panels", 1, "fieldConfig", "defaults", "units"]])
def test_a_setting_that_grafana_does_not_know_would_be_seen(path):
    board = dashboard.load()
    place = board
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = "x"
    assert lost_on_reading(board) == ["/" + "/".join(map(str, path))]


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_says_what_it_shows(title):
    panel = PANELS[title]
    assert len(panel["description"]) > 4 and panel["fieldConfig"]["defaults"]["unit"]
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    for target in panel["targets"]:
        assert target["datasource"] == panel["datasource"]
        assert 'instance=~"$instance"' in target["expr"], "it shows all gateways whatever is chosen"
        assert target["legendFormat"]


def test_every_panel_has_a_place_and_a_number_of_its_own():
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids)) and len(PANELS) == len(dashboard.panels(BOARD))
    taken: dict[tuple[int, int], str] = {}
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        x, y = at.get("x", 0), at.get("y", 0)
        assert x + at["w"] <= 24, panel["title"]
        for cell in ((column, line) for column in range(x, x + at["w"]) for line in range(y, y + at["h"])):
            assert taken.setdefault(cell, panel["title"]) == panel["title"], f"{panel['title']} lies over {taken[cell]}"


def test_it_finds_its_data_source_and_its_file_where_they_are_provisioned():
    provisioning = ROOT / "deploy" / "grafana" / "provisioning"
    assert "type: prometheus" in (provisioning / "datasources" / "prometheus.yaml").read_text()
    assert "path: /var/lib/grafana/dashboards" in (provisioning / "dashboards" / "tierway.yaml").read_text()
    datasource = BOARD["templating"]["list"][0]
    assert (datasource["name"], datasource["type"], datasource["query"]) == ("datasource", "datasource", "prometheus")
