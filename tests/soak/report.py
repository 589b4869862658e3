"""What a part found out: figures beside their goals, printed as one table."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass
class Figure:
    """One line of the table. Without a goal the figure is for the reader's information and cannot fail."""

    part: str
    name: str
    measured: str
    goal: str = ""
    holds: bool | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        return "" if self.holds is None else "ok" if self.holds else "FAIL"


class Report:
    """The figures of one part, in the order in which they were found."""

    def __init__(self, part: str):
        self.part = part
        self.figures: list[Figure] = []

    def add(self, name: str, measured, goal: str = "", holds: bool | None = None, note: str = "") -> None:
        self.figures.append(Figure(self.part, name, str(measured), goal, holds, note))

    def at_most(self, name: str, value: float, limit: float, unit: str = "", digits: int = 1) -> None:
        self.add(name, f"{value:.{digits}f}{unit}", f"<= {limit:g}{unit}", value <= limit)

    def at_least(self, name: str, value: float, limit: float, unit: str = "", digits: int = 1) -> None:
        self.add(name, f"{value:.{digits}f}{unit}", f">= {limit:g}{unit}", value >= limit)

    def none_of(self, name: str, count: int, examples: Iterable = ()) -> None:
        shown = [str(example) for example in examples][:3]
        self.add(name, count, "0", count == 0, "; ".join(shown))

    def broke(self, problem: BaseException) -> None:
        """The part itself did not come to its end."""
        self.add("the part ran to its end", type(problem).__name__, "yes", False, " ".join(str(problem).split())[:300])

    @property
    def holds(self) -> bool:
        return all(figure.holds is not False for figure in self.figures)


def table(reports: list[Report]) -> str:
    rows = [("part", "figure", "measured", "goal", "verdict", "note")]
    for report in reports:
        rows += [(figure.part, figure.name, figure.measured, figure.goal, figure.verdict, figure.note) for figure in report.figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)) + ("  " + row[5]) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of them lie; 0 when there are none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def steady_percentile(timed: list[tuple[float, float]], share: float, window: float = 5) -> float:
    """The median over windows of (seconds, value) samples of each window's percentile: a neighbour's burst of work on the same machine
    spoils a window, not the figure."""
    windows: dict[int, list[float]] = {}
    for at, value in timed:
        windows.setdefault(int(at / window), []).append(value)
    # The windows at both ends are not full, and a few values have no 99th percentile.
    fullest = max((len(values) for values in windows.values()), default=0)
    return percentile([percentile(values, share) for values in windows.values() if len(values) * 2 >= fullest], 0.5)


def slope_per_minute(samples: list[tuple[float, float]]) -> float:
    """The least-squares slope of (seconds, value) samples, per minute."""
    if len(samples) < 2:
        return 0.0
    mean_time = sum(time for time, _ in samples) / len(samples)
    mean_value = sum(value for _, value in samples) / len(samples)
    spread = sum((time - mean_time) ** 2 for time, _ in samples)
    return 60 * sum((time - mean_time) * (value - mean_value) for time, value in samples) / spread if spread else 0.0
