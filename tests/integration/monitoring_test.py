"""A real Prometheus scrapes a gateway on which everything has happened, and every query that is delivered is put to it."""

import json
import re
from pathlib import Path

import pytest

from support import dashboard
from support.deadline import eventually
from support.gateway import Gateway, parse_metrics
from support.lane import PROVIDER_KEYS, nano, policy
from support.monitored_lane import MonitoredLane
from support.process import run
from support.prometheus_server import ROOT, PrometheusServer, promtool

METRICS_SOURCE = (ROOT / "src" / "telemetry" / "metrics.cpp").read_text()
FAMILIES = re.findall(r'"((?:tierway|gen_ai|process)_\w+)"', METRICS_SOURCE)
# Of what is not configured here, because it wants a collector of spans.
NOT_HERE = {"tierway_trace_spans_total"}
# What Prometheus itself says of a scrape.
OF_PROMETHEUS = {"up", "scrape_samples_scraped"}
METRIC = re.compile(r"\b(?:tierway|gen_ai|process|scrape)_\w+|\bup\b")


def delivered_configuration(folder: Path, address: tuple[str, int]) -> Path:
    """deploy/prometheus with this gateway's address and intervals that suit a test."""
    folder.mkdir()
    source = ROOT / "deploy" / "prometheus"
    (folder / "alerts.yml").write_text((source / "alerts.yml").read_text())
    (folder / "token").write_text("a-token-that-is-not-looked-at-on-loopback")
    text = (source / "prometheus.yml").read_text()
    for old, new in {"tierway:8081": "%s:%d" % address, "/run/secrets/tierway_admin_token": str(folder / "token"),
                     "scrape_interval: 15s": "scrape_interval: 1s\n  scrape_timeout: 1s",
                     "evaluation_interval: 15s": "evaluation_interval: 500ms"}.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "prometheus.yml").write_text(text)
    return folder / "prometheus.yml"


class Monitored:
    """The gateway, the Prometheus, and what the gateway showed when all was over."""

    def __init__(self, lane: MonitoredLane, prometheus: PrometheusServer):
        self.lane, self.prometheus = lane, prometheus
        # Rates need two points: one before and one after.
        lane.round()
        prometheus.wait_for_scrapes()
        lane.round()
        prometheus.wait_for_scrapes()
        self.text = lane.gateway.admin("/metrics").body.decode()
        self.metrics = parse_metrics(self.text)


@pytest.fixture(name="monitored", scope="module")
def monitored_fixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("monitored")
    with MonitoredLane(folder / "lane") as lane:
        config = delivered_configuration(folder / "prometheus", lane.gateway.admin_address)
        with PrometheusServer(config) as prometheus:
            yield Monitored(lane, prometheus)


def test_a_prometheus_scrapes_it_without_an_error(monitored):
    (target,) = monitored.prometheus.ask("targets", state="active")["activeTargets"]
    assert (target["health"], target["lastError"]) == ("up", ""), target
    assert monitored.prometheus.value('min_over_time(up{job="tierway"}[1h])') == 1


def test_a_scrape_carries_the_token_that_the_admin_plane_asks_for(tmp_path):
    token = "an-admin-token-of-the-tests"
    config = policy(*["http://127.0.0.1:1/v1"] * 3)
    config["admin"]["token"] = "${TIERWAY_ADMIN_TOKEN}"
    with Gateway(tmp_path / "gateway", config, {**PROVIDER_KEYS, "TIERWAY_ADMIN_TOKEN": token}) as gateway:
        with PrometheusServer(delivered_configuration(tmp_path / "prometheus", gateway.admin_address)) as prometheus:
            def target() -> tuple[str, str]:
                # None before the configuration has been looked through.
                found = prometheus.ask("targets", state="active")["activeTargets"]
                return (found[0]["health"], found[0]["lastError"]) if found else ("", "")

            eventually(lambda: target()[0] == "down" and "401" in target()[1], "the refusal of another token")
            (tmp_path / "prometheus" / "token").write_text(token)
            eventually(lambda: target() == ("up", ""), "the scrape")


def test_every_metric_that_exists_has_happened(monitored):
    shown = set(re.findall(r"^# TYPE (\S+) ", monitored.text, re.MULTILINE))
    assert len(FAMILIES) > 40 and set(FAMILIES) - NOT_HERE <= shown <= set(FAMILIES)


def test_promtool_has_nothing_to_say_of_names_types_and_help(monitored):
    done = promtool("check", "metrics", stdin=monitored.text)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    # It would say so: the same with a counter that is not named as one.
    spoilt = promtool("check", "metrics", stdin=monitored.text.replace("tierway_gate_total", "tierway_gate"))
    assert spoilt.returncode != 0 and "tierway_gate" in spoilt.stdout + spoilt.stderr


def without_own_labels(labels: dict[str, str]) -> str:
    kept = {name: value for name, value in labels.items() if name not in ("instance", "job", "__name__")}
    inner = ",".join(f'{name}="{value}"' for name, value in sorted(kept.items()))
    return labels["__name__"] + (f"{{{inner}}}" if inner else "")


def test_prometheus_has_every_series_with_its_value(monitored):
    def in_order(key: str) -> str:
        name, _, inner = key.partition("{")
        return name + ("{" + ",".join(sorted(re.findall(r'\w+="[^"]*"', inner))) + "}" if inner else "")

    shown = {in_order(key): value for key, value in monitored.metrics.items()}
    seen = {without_own_labels(labels): value for labels, value in monitored.prometheus.query('{job="tierway"}')
            if labels["__name__"] not in OF_PROMETHEUS and not labels["__name__"].startswith("scrape_")}

    def plain(series: dict[str, float]) -> dict[str, float]:
        # Bucket bounds are written in more than one way, and memory and connections move by being looked at.
        moving = ("process_", "tierway_connections_open", "tierway_upstream_limit_remaining", "tierway_upstream_resting_seconds")
        return {re.sub(r'le="([^"]+)"', lambda match: f"le={float(match[1])}", key): value for key, value in series.items()
                if not key.startswith(moving)}

    assert plain(seen) == plain(shown)


def test_the_sums_are_those_of_decisions_and_ledger(monitored):
    records = monitored.lane.gateway.decisions()
    classified = [record for record in records if record.get("class")]
    value = monitored.prometheus.value
    assert value("sum(tierway_requests_total)") == len(classified)
    assert value("sum(tierway_requests_total) + sum(tierway_refused_total)") == len(records)
    climbs = [climb for record in records for climb in record.get("climbs", [])]
    for verdict in ("approved", "denied"):
        wanted = sum(climb["verdict"] == verdict for climb in climbs)
        assert wanted and value(f'sum(tierway_escalations_total{{verdict="{verdict}"}})') == wanted
    report = run("report", "--ledger", str(monitored.lane.gateway.folder / "ledger.db"), "--by", "purpose", "--json")
    rows = json.loads(report.stdout, parse_float=str)["rows"]
    assert {row["purpose"] for row in rows} >= {"answer", "draft", "judge", "shadow"}
    for row in rows:
        spent = value(f'sum(tierway_cost_usd_total{{kind="{row["purpose"]}"}})')
        assert spent == pytest.approx(nano(row["cost_usd"]) / 1e9, rel=1e-9), row
    charged = sum(nano(row["cost_usd"]) for row in rows) / 1e9
    of_all = '{scope="total",window="month",kind="hard"}'
    assert value(f"tierway_budget_limit_usd{of_all}") == 50
    assert value(f"tierway_budget_remaining_usd{of_all}") == pytest.approx(50 - charged, rel=1e-9)
    baseline = sum(nano(row["baseline_usd"]) for row in rows) / 1e9
    assert value("sum(tierway_baseline_cost_usd_total)") == pytest.approx(baseline, rel=1e-9)


def test_every_rule_is_evaluated_and_knows_its_metrics(monitored):
    rules = [rule for group in monitored.prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert len(rules) > 15
    for rule in rules:
        assert (rule["health"], rule.get("lastError", "")) == ("ok", ""), rule
        assert_known(rule["query"], monitored)


def assert_known(query: str, monitored: Monitored) -> None:
    samples = {key.partition("{")[0] for key in monitored.metrics}
    named = set(METRIC.findall(re.sub(r'"[^"]*"|\b(?:by|on|ignoring) \([^)]*\)', "", query)))
    assert named and named - samples - OF_PROMETHEUS == set(), query


@pytest.mark.parametrize("place,query", list(dashboard.queries(dashboard.load())), ids=lambda each: each[:60])
def test_a_query_of_the_dashboard_has_an_answer(monitored, place, query):
    assert_known(query, monitored)
    samples = monitored.prometheus.query(query)
    assert samples, f"{place}: nothing for {query}"
    # A quantile or share over nothing is no number.
    assert any(value == value for _, value in samples), (place, query, samples)


@pytest.mark.parametrize("name,metric,label", list(dashboard.variables(dashboard.load())))
def test_a_variable_of_the_dashboard_has_values(monitored, name, metric, label):
    assert monitored.prometheus.ask(f"label/{label}/values", **{"match[]": metric})


def documented_queries() -> list[str]:
    text = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
    return [block.strip() for block in re.findall(r"```promql\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("query", documented_queries(), ids=lambda each: each[:60])
def test_a_query_of_the_documentation_has_an_answer(monitored, query):
    assert_known(query, monitored)
    samples = monitored.prometheus.query(query)
    # A quantile over nothing is no number.
    assert any(value == value for _, value in samples), query


def test_every_metric_is_documented():
    documents = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("operations.md", "monitoring.md"))
    assert [name for name in FAMILIES if f"`{name}" not in documents] == []
