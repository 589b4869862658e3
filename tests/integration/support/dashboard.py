"""The dashboard as Prometheus is asked by it: every query with Grafana's variables filled in."""

import json
import re
from collections.abc import Iterator
from typing import Any

from .prometheus_server import ROOT

FILE = ROOT / "deploy" / "grafana" / "dashboards" / "tierway.json"
# As Grafana does for "All"; windows that fit a test of seconds.
FILLED = {"$instance": ".*", "$class": ".*", "$model": ".*", "$__rate_interval": "40s", "$__range": "1h"}


def load() -> dict[str, Any]:
    return json.loads(FILE.read_text(encoding="utf-8"))


def fill(query: str) -> str:
    return re.sub(r"\$\w+", lambda match: FILLED[match[0]], query)


def panels(board: dict) -> list[dict]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def queries(board: dict) -> Iterator[tuple[str, str]]:
    """Where each query stands, and the query."""
    for panel in panels(board):
        for target in panel["targets"]:
            yield f"{panel['title']} {target['refId']}", fill(target["expr"])
    for annotation in board["annotations"]["list"]:
        yield annotation["name"], fill(annotation["expr"])


def variables(board: dict) -> Iterator[tuple[str, str, str]]:
    """The name of each variable that is asked of Prometheus, its metric and label."""
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            metric, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]).groups()
            yield variable["name"], metric, label
