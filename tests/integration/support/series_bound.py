"""How many series a gateway can come to show, from its configuration alone: the formula of docs/monitoring.md."""

import re
from collections.abc import Iterator

from .prometheus_server import ROOT

SOURCES = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.cpp")]
# Codes, reasons, outcomes and states are literals of the sources: what is one of them came from no client and no provider.
LITERALS = {literal for text in SOURCES for literal in re.findall(r'"([a-z][a-z_0-9]*)"', text)}
ERRORS = {code for text in SOURCES for code in re.findall(r'ErrorKind::\w+,\s*(?:ErrorSource::\w+,\s*)?"([a-z_]+)"', text)}
# What providers' own codes become.
ERRORS |= set(re.findall(r'",\s*"([a-z_]+)"\}', (ROOT / "src" / "dialect" / "provider_codes.cpp").read_text(encoding="utf-8")))
# Errors whose code is chosen beside the place where they are made, and what is counted in a code's place: "ok", "late", "busy".
MORE_CODES = 20
CODES = len(ERRORS) + MORE_CODES
# Bounds of buckets and of the last, the sum and the count.
DURATION, OVERHEAD, CONFIDENCE, RATIO, TOKENS = 14 + 3, 10 + 3, 12 + 3, 13 + 3, 14 + 3
OUTCOMES, KINDS, TOKEN_TYPES, CLIMB_WORDS, VERDICTS, LIMITS = 6, 5, 5, 14, 6, 3


def judges(config: dict) -> set[str]:
    """Models that give opinions or judge comparisons."""
    escalations = [each["escalate"] for each in config["classes"].values() if "escalate" in each]
    found = {each[signal]["model"] for each in escalations for signal in ("agreement", "verifier") if "model" in each.get(signal,
                                                                                                                          {})}
    return found | {judge for judge in [config.get("shadow", {}).get("judge")] if judge in config["models"]}


def budget_windows(config: dict) -> int:
    """Names that budgets may be shown for, each scope's once for each of its budgets."""
    names = {"key": len(config.get("keys", [])), "team": len({key.get("team") for key in config.get("keys", [])}),
             "class": len(config["classes"]), "total": 1}
    return sum(1 if "name" in budget else names[budget["scope"]] for budget in config.get("budgets", [])) + ("shadow" in config)


def bound(config: dict) -> dict[str, int]:
    """Samples of each family at most."""
    classes, tiers, models = (len(config[section]) for section in ("classes", "tiers", "models"))
    pairs = sum(len(members) for members in config["tiers"].values())
    charged = pairs + tiers * len(judges(config))
    moves = sum(len(members) * (len(members) - 1) for members in config["tiers"].values())
    climbs = tiers * (tiers - 1) // 2 * CLIMB_WORDS
    budgets = budget_windows(config)
    return {
        "tierway_requests_total": classes * (pairs + tiers + 1) * OUTCOMES,
        "tierway_cost_usd_total": classes * charged * KINDS,
        "tierway_baseline_cost_usd_total": classes,
        "tierway_escalations_total": classes * climbs,
        "tierway_opinions_total": classes * 2 * CODES,
        "tierway_shadow_comparisons_total": classes * CODES,
        "tierway_gate_total": classes * VERDICTS,
        "tierway_confidence": classes * CONFIDENCE,
        "tierway_request_duration_seconds": classes * (tiers + 1) * DURATION,
        "tierway_cascade_wanting_share": classes * 3, "tierway_cascade_break_even_share": classes,
            "tierway_cascade_passed_over": classes,
        "tierway_shadow_quality": classes * 3, "tierway_quality_below_bar": classes,
        "tierway_tokens_total": models * TOKEN_TYPES,
        "tierway_usage_missing_total": models, "tierway_token_estimate_exceeded_total": models,
        "tierway_upstream_malformed_events_total": models,
        "tierway_token_estimate_error_ratio": models * RATIO,
        "tierway_time_to_first_token_seconds": models * DURATION,
        "tierway_upstream_failures_total": models * CODES,
        "tierway_upstream_breaker_state": models * 3, "tierway_upstream_resting_seconds": models,
        "tierway_upstream_attempts_in_flight": models, "tierway_upstream_limited_total": models * LIMITS,
        "tierway_upstream_limit_remaining": models * 2,
        "gen_ai_client_token_usage": models * 2 * TOKENS, "gen_ai_client_operation_duration_seconds": models * DURATION,
        "tierway_fallbacks_total": moves * CODES,
        "tierway_refused_total": CODES,
        "tierway_budget_remaining_usd": budgets, "tierway_budget_limit_usd": budgets,
        "tierway_overload_total": 3, "tierway_rate_limited_total": LIMITS, "tierway_rate_limits_unshared_total": 1,
        "tierway_store_available": 1, "tierway_store_settlements_waiting": 1, "tierway_store_events_total": 4,
            "tierway_store_slices_usd": 2,
        "tierway_requests_in_flight": 1, "tierway_connections_open": 1, "process_resident_memory_bytes": 1,
        "tierway_overhead_seconds": OVERHEAD, "tierway_config_reloads_total": 2, "tierway_config_last_reload_successful": 1,
        "tierway_trace_spans_total": 3,
    }


def names(config: dict) -> set[str]:
    """What an operator has named: every label that is no literal of the sources must be one of these."""
    keys = config.get("keys", [])
    upstream = {model.get("upstream_name", name.partition("/")[2]) for name, model in config["models"].items()}
    return {*config["classes"], *config["tiers"], *config["models"], *config["providers"], *upstream,
            *(key["id"] for key in keys), *(key["team"] for key in keys if "team" in key), "all"}


def family_of(key: str) -> str:
    name = key.partition("{")[0]
    return re.sub(r"_(bucket|sum|count)$", "", name) if "le=" in key or name.endswith(("_sum", "_count")) else name


def foreign_labels(series: set[str], config: dict) -> Iterator[str]:
    """Series with a label that neither the configuration nor the sources have named."""
    known = names(config) | LITERALS
    for key in series:
        labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', key))
        labels.pop("le", None)
        if not set(labels.values()) <= known:
            yield key
