#!/usr/bin/env python3
"""Writes Grafana's dashboard from what is below: build/venv/bin/python scripts/build_dashboard.py

Panels are put together with Grafana's own schema (grafana-foundation-sdk), so that a misspelt setting is an error here and not a
panel that silently ignores it. tests/integration/dashboard_test.py sees to it that the committed file is what this writes.
"""

from pathlib import Path

from dashboard_panels import BAD, DATASOURCE, FAIR, GOOD, PLAIN, bars, density, lines, number, numbered, rows_by, states, values
from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model

TARGET = Path(__file__).resolve().parent.parent / "deploy" / "grafana" / "dashboards" / "tierway.json"
USD, SHARE, SECONDS, COUNT, PER_SECOND = "currencyUSD", "percentunit", "s", "short", "reqps"

SPENT = "sum(increase(tierway_cost_usd_total<class>[range]))"
BASELINE = "sum(increase(tierway_baseline_cost_usd_total<class>[range]))"
ANSWERED = "sum(increase(tierway_requests_total<class>[range]))"
CLIMBED = 'tierway_escalations_total<class;verdict="approved",reason=~"low_confidence|expected_gain">'


def quantiles(metric: str, by: str = "") -> dict[str, str]:
    group, legend = (f"{by}, le", f"{{{{{by}}}}} ") if by else ("le", "")
    return {f"{legend}p{round(q * 100)}": f"histogram_quantile({q}, sum by ({group}) (rate({metric}[rate])))"
            for q in (0.5, 0.95, 0.99)}


MONEY = [
    number("Spent", "What all attempts cost in the time shown: answers, drafts, judges, failures, shadows. Prometheus does not see the first "
           "event of a series; `tierway report` is exact.", SPENT, USD, width=4),
    number("On the frontier alone", "What the same answers would have cost on the frontier tier's first model.", BASELINE, USD,
           width=4),
    number("Saved", "The baseline less all that was spent: drafts that were given up and judges are already off it.",
           f"{BASELINE} - {SPENT}", USD, (None, BAD), (0, GOOD), width=4),
    number("Saved share", "Saved, of the baseline.", f"1 - {SPENT} / {BASELINE}", SHARE, (None, BAD), (0, FAIR), (0.2, GOOD),
           width=4, decimals=1),
    number("Requests", "Requests that had a class and ended, however they ended.", ANSWERED, COUNT, width=4, decimals=0),
    number("A thousand requests cost", "Spent over requests.", f"1000 * {SPENT} / {ANSWERED}", USD, width=4),
    lines("Spending against the frontier alone, an hour", "The distance of the lines is what is saved.", {
        "all on the frontier": "3600 * sum(rate(tierway_baseline_cost_usd_total<class>[rate]))",
        "spent": "3600 * sum(rate(tierway_cost_usd_total<class>[rate]))"}, USD),
    lines("Spending by what it was for, an hour", "`draft`: cheap answers that were given up; `judge`: opinions on drafts; `failed`: attempts that "
          "came to nothing; `shadow`: comparisons in the background.",
          {"{{kind}}": "3600 * sum by (kind) (rate(tierway_cost_usd_total<class>[rate]))"}, USD, stacked=True),
    rows_by("class", "What each class saves", "In the time shown. A class that saves less than nothing pays for drafts that are given up: see its "
            "escalations.", {
                "requests": "sum by (class) (increase(tierway_requests_total<class>[range]))",
                "spent": "sum by (class) (increase(tierway_cost_usd_total<class>[range]))",
                "on the frontier alone": "sum by (class) (increase(tierway_baseline_cost_usd_total<class>[range]))",
                "saved": "sum by (class) (increase(tierway_baseline_cost_usd_total<class>[range])) "
                         "- sum by (class) (increase(tierway_cost_usd_total<class>[range]))"},
            {"spent": USD, "on the frontier alone": USD, "saved": USD}, width=12),
    lines("Tokens, a second", "All attempts. `cached` and `cache_write` are parts of `input`, `reasoning` is part of `output`.",
          {"{{type}}": "sum by (type) (rate(tierway_tokens_total<model>[rate]))"}, COUNT),
]

TRAFFIC = [
    lines("Class mix", "Requests a second by class.", {"{{class}}": "sum by (class) (rate(tierway_requests_total<class>[rate]))"},
          PER_SECOND, width=8, stacked=True),
    lines("Tier that answered", "`none`: no answer.", {"{{tier}}": "sum by (tier) (rate(tierway_requests_total<class,model>[rate]))"},
          PER_SECOND, width=8, stacked=True),
    lines("How requests ended", "`client_error`, `denied` and `client_gone` are the callers' doing; `upstream_error` is the providers', "
          "`internal_error` ours.", {"{{outcome}}": "sum by (outcome) (rate(tierway_requests_total<class>[rate]))"},
          PER_SECOND, width=8, stacked=True),
]

ESCALATIONS = [
    lines("Escalations by reason", "Approved climbs above the bound tier, a second, and why.",
          {"{{reason}}": 'sum by (reason) (rate(tierway_escalations_total<class;verdict="approved">[rate]))'}, PER_SECOND, width=8,
          stacked=True),
    lines("Denied escalations by reason", "Which ceiling, quota or budget refused.",
          {"{{reason}}": 'sum by (reason) (rate(tierway_escalations_total<class;verdict="denied">[rate]))'}, PER_SECOND, width=8,
          stacked=True),
    lines("Share of drafts given up", "Requests whose cheap answer was not good enough, of all requests of the class. Each pays for two answers.",
          {"{{class}}": f"sum by (class) (rate({CLIMBED}[rate])) / sum by (class) (rate(tierway_requests_total<class>[rate]))"},
          SHARE, width=8, top=1),
    density("Confidence", "Of judged answers. What lies below the class's `escalate.below` is given up.",
            "sum by (le) (increase(tierway_confidence_bucket<class>[rate]))", "none", width=8),
    lines("Median confidence by class", "A fall says that drafts got worse, or requests harder.",
          {"{{class}}": "histogram_quantile(0.5, sum by (class, le) (rate(tierway_confidence_bucket<class>[rate])))"}, SHARE,
          width=8, top=1),
    lines("Opinions of other models", "What came of asking a second model or a verifier, a second.",
          {"{{signal}}: {{outcome}}": "sum by (signal, outcome) (rate(tierway_opinions_total<class>[rate]))"}, PER_SECOND, width=8,
          stacked=True),
    lines("Drafts that want the higher tier", "Of a class's judged drafts of late, against the share from which on going direct is cheaper.", {
        "{{class}}": 'max by (class) (tierway_cascade_wanting_share<class;bound="estimate">)',
        "{{class}} breaks even": "max by (class) (tierway_cascade_break_even_share<class>)"}, SHARE, width=8, top=1),
    lines("Quality of kept drafts", "Share that is as good as the higher tier's answer, by comparisons in the background (`shadow`), with its 95 % "
          "interval.", {"{{class}} {{bound}}": "min by (class, bound) (tierway_shadow_quality<class>)"}, SHARE, width=8, top=1),
    states("Classes below their bar, cascades passed over", "`below the bar`: raise `escalate.below`, or bind the class higher. `goes direct`: its "
           "drafts cost more than they spare.", {
               "{{class}}: quality": "max by (class) (tierway_quality_below_bar<class>)",
               "{{class}}: cascade": "2 * max by (class) (tierway_cascade_passed_over<class>)"},
           width=8, of_0=("well", GOOD), of_1=("below the bar", BAD), of_2=("goes direct", FAIR)),
]

LATENCY = [
    lines("Duration of requests", "From a request's first byte to its end; streams until their last event.",
          quantiles("tierway_request_duration_seconds_bucket<class>"), SECONDS, width=8),
    density("Durations", "All requests.", "sum by (le) (increase(tierway_request_duration_seconds_bucket<class>[rate]))", SECONDS,
            width=8),
    lines("Overhead of the gateway", "Time in the gateway itself, without waiting for providers. When it rises, the machine is too busy.",
          quantiles("tierway_overhead_seconds_bucket<>"), SECONDS, width=8, limit=0.05),
    lines("Time to first token", "Streams, by the model that answered.",
          quantiles("tierway_time_to_first_token_seconds_bucket<model>", "model"),
          SECONDS),
    lines("Duration of attempts, 95th percentile", "Single calls, by the provider's name of the model.", {
        "{{gen_ai_request_model}}": "histogram_quantile(0.95, sum by (gen_ai_request_model, le) "
                                    "(rate(gen_ai_client_operation_duration_seconds_bucket<>[rate])))"}, SECONDS),
]

UPSTREAMS = [
    states("Breakers", "`open`: the model failed too often and rests. `half open`: it is being tried.", {
        "{{model}}": '2 * max by (model) (tierway_upstream_breaker_state<model;state="open">) '
                     '+ max by (model) (tierway_upstream_breaker_state<model;state="half_open">)'},
           width=8, of_0=("closed", GOOD), of_1=("half open", FAIR), of_2=("open", BAD)),
    lines("Failed attempts", "By model and the error's code, a second.",
          {"{{model}}: {{code}}": "sum by (model, code) (rate(tierway_upstream_failures_total<model>[rate]))"}, PER_SECOND, width=8,
          stacked=True),
    lines("Fallbacks", "Moves to another model of the tier: clients do not notice yet.",
          {"{{from}} → {{to}}": "sum by (from, to) (rate(tierway_fallbacks_total<>[rate]))"}, PER_SECOND, width=8, stacked=True),
    lines("Resting", "For how long a provider's own rate limit still keeps us away.",
          {"{{model}}": "max by (model) (tierway_upstream_resting_seconds<model>)"}, SECONDS, width=8),
    lines("Attempts under way", "At each model.", {"{{model}}": "sum by (model) (tierway_upstream_attempts_in_flight<model>)"},
          COUNT, width=8,
          stacked=True),
    lines("Our own limits", "How often a model was passed over because it was at one of its `limits`, a second.",
          {"{{model}}: {{limit}}": "sum by (model, limit) (rate(tierway_upstream_limited_total<model>[rate]))"}, PER_SECOND,
          width=8),
    lines("What our limits still allow", "Requests or tokens at once.",
          {"{{model}}: {{limit}}": "min by (model, limit) (tierway_upstream_limit_remaining<model>)"}, COUNT, width=8),
    lines("Answers without usage, broken events", "Answers without usage are billed by estimate; broken stream events are dropped.",
          {
        "{{model}}: no usage": "sum by (model) (rate(tierway_usage_missing_total<model>[rate]))",
        "{{model}}: broken events": "sum by (model) (rate(tierway_upstream_malformed_events_total<model>[rate]))"}, PER_SECOND,
          width=8),
    lines("Prompts longer than reserved for", "Of all prompts whose tokens were reported. Above a tenth, reservations are too small.", {
        "{{model}}": "sum by (model) (rate(tierway_token_estimate_exceeded_total<model>[rate])) "
                     "/ sum by (model) (rate(tierway_token_estimate_error_ratio_count<model>[rate]))"}, SHARE, width=8, limit=0.1),
]

BUDGETS = [
    bars("Left of each budget", "Share of its limit. At nothing, requests of a hard budget's scope get 429 until the window ends.",
         {
        "{{scope}} {{name}}, {{window}} ({{kind}})":
            "min by (scope, name, window, kind) (tierway_budget_remaining_usd<> / (tierway_budget_limit_usd<> > 0))"},
         SHARE, (None, BAD), (0.1, FAIR), (0.25, GOOD), width=8, top=1),
    lines("Left of each budget, in dollars", "Limit less what is settled and reserved. Replicas that share a Redis show the same one each.", {
        "{{scope}} {{name}}, {{window}} ({{kind}})": "min by (scope, name, window, kind) (tierway_budget_remaining_usd<>)"}, USD,
          width=8),
    lines("Gate", "Verdicts on what a request may cost, a second.",
          {"{{verdict}}": "sum by (verdict) (rate(tierway_gate_total<class>[rate]))"},
          PER_SECOND, width=8, stacked=True),
    lines("Over the limit of their key", "Requests that got 429, by limit, a second; /api/limits shows whose.",
          {"{{limit}}": "sum by (limit) (rate(tierway_rate_limited_total<>[rate]))",
           "limits not shared": "sum(rate(tierway_rate_limits_unshared_total<>[rate]))"}, PER_SECOND, width=8, stacked=True),
    lines("Refused before they had a class", "By the error's code, a second.",
          {"{{code}}": "sum by (code) (rate(tierway_refused_total<>[rate]))"}, PER_SECOND, width=8, stacked=True),
    lines("Charges that wait for the store", "Grows while the store is away; at 100,000 the oldest are dropped.",
          {"{{instance}}": "tierway_store_settlements_waiting<>"}, COUNT, width=8, limit=1000),
]

PROCESS = [
    number("Gateways", "Whose last scrape succeeded.", 'sum(up<;job="tierway">)', COUNT, (None, BAD), (1, GOOD), width=3),
    number("Store", "Whether every gateway keeps what is spent.", "min(tierway_store_available<>)", "none", (None, BAD), (1, GOOD),
           width=3,
           mappings=values(of_0=("unavailable", BAD), of_1=("available", GOOD))),
    number("Configuration", "Whether every gateway serves by its newest file.", "min(tierway_config_last_reload_successful<>)",
           "none",
           (None, BAD), (1, GOOD), width=3, mappings=values(of_0=("not loaded", BAD), of_1=("loaded", GOOD))),
    number("Series", "That a gateway shows. The configuration bounds them; docs/monitoring.md has the formula.",
           'max(scrape_samples_scraped<;job="tierway">)', COUNT, (None, PLAIN), width=3),
    lines("Overload", "Work that was refused with 503 because a bound of the process is reached, a second.",
          {"{{instance}}: {{reason}}": "sum by (instance, reason) (rate(tierway_overload_total<>[rate]))"}, PER_SECOND, height=4),
    lines("Requests under way", "At once.", {"{{instance}}": "tierway_requests_in_flight<>"}, COUNT, width=8),
    lines("Client connections", "Open.", {"{{instance}}": "tierway_connections_open<>"}, COUNT, width=8),
    lines("Resident memory", "Of the process.", {"{{instance}}": "process_resident_memory_bytes<>"}, "bytes", width=8),
]

ROWS = [("Money", MONEY), ("Traffic", TRAFFIC), ("Escalations and quality", ESCALATIONS), ("Latency", LATENCY),
        ("Providers", UPSTREAMS),
        ("Budgets, gate and limits", BUDGETS), ("The gateway itself", PROCESS)]


def choice(name: str, label: str, query: str) -> dashboard.QueryVariable:
    return (dashboard.QueryVariable(name).label(label).query(query).datasource(DATASOURCE).multi(True).include_all(True).all_value(".*")
            .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(model.VariableSort.ALPHABETICAL_ASC)
            .current(model.VariableOption(text="All", value="$__all")))


def build() -> str:
    board = (dashboard.Dashboard("Tierway").uid("tierway").tags(["tierway", "llm"])
             .description("What the gateway saves, and whether it is well.")
             .time("now-3h", "now").refresh("30s").timezone("browser").editable().tooltip(model.DashboardCursorSync.CROSSHAIR)
             .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
             .with_variable(choice("instance", "Gateway", "label_values(tierway_requests_in_flight, instance)"))
             .with_variable(choice("class", "Class", "label_values(tierway_requests_total, class)"))
             .with_variable(choice("model", "Model", "label_values(tierway_upstream_attempts_in_flight, model)"))
             .annotation(dashboard.AnnotationQuery().name("New policy").datasource(DATASOURCE).enable(True).icon_color("blue").expr(
                 'sum by (instance) (increase(tierway_config_reloads_total{result="success",instance=~"$instance"}[1m])) > 0')))
    for row, panels in numbered(ROWS):
        board = board.with_row(row)
        for panel in panels:
            board = board.with_panel(panel)
    return JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False).encode(board.build()) + "\n"


if __name__ == "__main__":
    TARGET.write_text(build(), encoding="utf-8")
