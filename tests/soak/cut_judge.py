"""Who was fooled: what clients believe, held against what the provider's log says was sent."""

from dataclasses import dataclass, field

from .cut_cases import make_case
from .cut_clients import Belief


@dataclass
class Verdict:
    """Over the cases of one client."""

    cases: int = 0
    cut: int = 0
    complete_though_cut: int = 0  # Rightly: all was said, only the formal end was cut off.
    fooled: list[str] = field(default_factory=list)  # Looked complete although it was not.
    let_down: list[str] = field(default_factory=list)  # Not cut at all, but did not look complete.
    given_up: int = 0  # The same, but the client was told of a failure: allowed.
    unasked: list[int] = field(default_factory=list)  # Never came to the provider, so it shows nothing.


def judge(seed: int, beliefs: list[Belief], log: dict[str, list[int]]) -> Verdict:
    verdict = Verdict()
    for belief in beliefs:
        case = make_case(seed, belief.number, belief.streamed)
        sent = log.get(str(belief.number), [])
        verdict.cases += 1
        verdict.cut += case.cut
        if not sent:
            verdict.unasked.append(belief.number)
        said_all = max(sent, default=0) >= case.meant_complete_at
        whole = belief.text == case.text and belief.finish in ("stop", "tool_calls")
        if belief.complete and whole and said_all:
            verdict.complete_though_cut += case.cut
        elif belief.complete:
            verdict.fooled.append(f"case {belief.number}: {case.framing}, cut at {case.cut_at} of {len(case.wire)} bytes, "
                                  f"finish {belief.finish}, text {belief.text[:60]!r} of {case.text[:60]!r}")
        elif not case.cut:
            verdict.let_down.append(f"case {belief.number}: {case.framing}: {belief.error}")
        elif said_all:
            verdict.given_up += 1
    return verdict
