"""The long part of the proof: load, faults and change on the release build, each figure beside its goal. Run by scripts/soak.sh."""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from .part_abuse import abuse
from .part_cuts import cuts
from .part_drain import drain
from .part_ledger import kills, race
from .part_overload import overload
from .part_redis import redis_faults, replicas
from .part_reload import reload
from .part_slow_http import slow_http
from .part_slow_readers import slow_readers
from .part_soak import soak
from .part_storm import storm
from .part_streams import streams, tls_streams
from .peers import raise_descriptor_limit
from .report import Report, table

PARTS = {part.__name__: part for part in (streams, tls_streams, slow_readers, overload, storm, slow_http, reload, drain, cuts, kills, race,
                                           replicas, redis_faults, abuse, soak)}


def run(name: str, folder: Path, quick: bool) -> Report:
    """One part; whatever happens to it is a figure of its report."""
    began = time.monotonic()
    try:
        folder.mkdir(parents=True)
        report = PARTS[name](folder, quick)
    except Exception as problem:  # noqa: BLE001 - one part must not take the others' figures with it.
        report = Report(name)
        report.broke(problem)
    report.add("time", f"{time.monotonic() - began:.0f} s")
    return report


def main() -> int:
    parser = argparse.ArgumentParser(prog="soak.sh", description=__doc__)
    parser.add_argument("--binary", required=True, help="the tierway to prove")
    parser.add_argument("--part", action="append", choices=list(PARTS), help="only this part; may be given several times")
    parser.add_argument("--quick", action="store_true", help="fewer, shorter: to see that everything works, not to prove it")
    chosen = parser.parse_args()
    os.environ["TIERWAY_BINARY"] = str(Path(chosen.binary).resolve())
    raise_descriptor_limit()
    reports = []
    with tempfile.TemporaryDirectory(prefix="tierway-soak-") as folder:
        for name in chosen.part or PARTS:
            print(f"{name} …", file=sys.stderr, flush=True)
            reports.append(run(name, Path(folder) / name, chosen.quick))
            # Shown at once too: a long run may be interrupted.
            print(table(reports[-1:]), file=sys.stderr, flush=True)
    print(table(reports))
    return 0 if all(report.holds for report in reports) else 1


if __name__ == "__main__":
    sys.exit(main())
