"""The alerts that are delivered: each fires when it should and not when something merely looks like it, and says what to do."""

import re

import pytest

from support.prometheus_server import ROOT, promtool

FOLDER = ROOT / "deploy" / "prometheus"
ALERTS = (FOLDER / "alerts.yml").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
# One text for each alert.
RULES = {each.split("\n", 1)[0]: each for each in ALERTS.split("- alert: ")[1:]}


def test_prometheus_takes_the_configuration_and_the_rules():
    done = promtool("check", "config", "--syntax-only", str(FOLDER / "prometheus.yml"))
    assert done.returncode == 0, done.stdout + done.stderr
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", str(FOLDER / "alerts.yml"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(RULES)} rules found" in done.stdout


def test_every_alert_fires_when_it_should_and_only_then():
    done = promtool("test", "rules", str(FOLDER / "alerts_test.yml"))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", RULES)
def test_an_alert_is_seen_firing_and_says_what_to_do(alert):
    worlds = (FOLDER / "alerts_test.yml").read_text()
    assert f'alertname="{alert}"' in worlds, "no world in which it fires"
    rule = RULES[alert]
    assert re.search(r"severity: (critical|warning|info)\b", rule)
    assert "summary:" in rule and "description:" in rule
    # It sends its reader to what docs/operations.md has under that name.
    named = re.search(r"docs/operations\.md,\s+row\s+([/\w]+)\.", rule)
    assert named, rule
    assert f"\n| `{named[1]}" in OPERATIONS or f", `{named[1]}" in OPERATIONS


def test_the_alerts_are_all_in_the_documentation():
    documented = (ROOT / "docs" / "monitoring.md").read_text()
    assert [alert for alert in RULES if f"`{alert}`" not in documented] == []
    assert set(re.findall(r"`(Tierway[A-Z]\w+)`", documented)) <= set(RULES)
