"""Ten thousand answers cut at random: none may look complete to anybody (RELIABILITY.md section 8, row 10)."""

from pathlib import Path

from .cut_clients import CLIENTS, Belief
from .cut_judge import judge
from .peers import Upstream, end_quickly, policy
from .report import Report
from support.gateway import Gateway

SEED = 20_261_124
CASES = 10_000
CONTROL_CASES = 200


def cut_policy(base_url: str) -> dict:
    """One model, and nothing that keeps requests away from it for its failures; every third answer is held and restarted when it is cut
    (`cut_clients.question`)."""
    config = policy(base_url)
    config["breaker"] = {"consecutive_failures": 1_000, "success_share_min": 0}
    config["retry"] = {"backoff_first": "5ms", "backoff_max": "10ms"}
    config["classes"]["held"] = {"tier": "only", "recovery": "buffered"}
    config["classifier"]["rules"] = [{"class": "held", "when": {"text": "held"}}]
    return config


def run_clients(base_url: str, cases: int) -> dict[str, list[Belief]]:
    """Each client gets cases of its own, as many as its share."""
    beliefs, first = {}, 0
    for name, (ask, share) in CLIENTS.items():
        numbers = range(first, first + max(1, round(cases * share)))
        first = numbers.stop
        beliefs[name] = ask(base_url, numbers)
    return beliefs


def fooled_without_gateway(upstream: Upstream) -> tuple[int, int]:
    """The same clients straight at the provider: how many cut answers look complete then, and of how many. Shows that the judge sees."""
    base_url = f"http://127.0.0.1:{upstream.port}/v1"
    beliefs = [belief for each in run_clients(base_url, CONTROL_CASES).values() for belief in each]
    verdict = judge(SEED, beliefs, upstream.call("GET", "/log"))
    return len(verdict.fooled), verdict.cut


def cuts(folder: Path, quick: bool) -> Report:
    report = Report("cuts")
    with Upstream(SEED, script="soak.cut_upstream") as upstream:
        fooled, cut = fooled_without_gateway(upstream)
        report.add(f"without the gateway: looks complete, of {cut} cut", fooled, "> 0", fooled > 0)
    with Upstream(SEED, script="soak.cut_upstream") as upstream:
        gateway = Gateway(folder, cut_policy(upstream.base_url))
        try:
            beliefs = run_clients(gateway.base_url, 600 if quick else CASES)
            log = upstream.call("GET", "/log")
        finally:
            end_quickly(gateway)
    verdicts = {name: judge(SEED, each, log) for name, each in beliefs.items()}
    for name, verdict in verdicts.items():
        report.none_of(f"{name}: looks complete, of {verdict.cut} cut", len(verdict.fooled), verdict.fooled)
    together = list(verdicts.values())
    report.none_of(f"cut and looks complete, all clients, of {sum(each.cut for each in together)}", sum(len(each.fooled) for each in together))
    let_down = [problem for each in together for problem in each.let_down]
    report.none_of(f"not cut but looks broken, of {sum(each.cases - each.cut for each in together)}", len(let_down), let_down)
    unasked = [number for each in together for number in each.unasked]
    report.none_of("never reached the provider", len(unasked), unasked)
    report.add("all said, only the formal end cut: taken as complete / told as failed",
               f"{sum(each.complete_though_cut for each in together)} / {sum(each.given_up for each in together)}")
    return report
