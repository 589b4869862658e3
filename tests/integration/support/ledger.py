"""Processes that spend from one ledger file, and the file as SQLite itself sees it."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .process import SANITIZER_MARKS, Lines, binary, environment


def driver() -> str:
    """The program of tests/ledger_driver, which is built with the tierway under test."""
    path = os.environ.get("TIERWAY_LEDGER_DRIVER") or str(Path(binary()).parents[2] / "tests" / "ledger_driver" / "ledger_driver")
    assert Path(path).exists(), f"{path} is not built"
    return path


class Spender:
    """One such process, and what the ledger promised it."""

    def __init__(self, file: Path, name: str, **options):
        flags = [f"--{key.replace('_', '-')}" + ("" if value is True else f"={value}") for key, value in options.items()]
        self._process = subprocess.Popen([driver(), str(file), name, *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                         text=True, env=environment())
        self._said = Lines(self._process.stdout)
        self._log = Lines(self._process.stderr)

    def said(self, word: str) -> list[list[str]]:
        """The rest of each line that began with the word."""
        return [line.split()[1:] for line in self._said.all() if line.startswith(word + " ")]

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        self._process.kill()
        self.wait()

    def wait(self) -> int:
        """Until it has ended; its exit code."""
        code = self._process.wait(timeout=120)
        self._said.finish()
        self._log.finish()
        assert not any(mark in self.log() for mark in SANITIZER_MARKS), self.log()
        return code

    def finish(self) -> None:
        assert self.wait() == 0, self.log()

    def log(self) -> str:
        return "\n".join(self._log.all())


@contextmanager
def spenders(*started: Spender) -> Iterator[tuple[Spender, ...]]:
    """Leaves none behind."""
    try:
        yield started
    finally:
        for spender in started:
            if spender.alive():
                spender.kill()


def rows(file: Path, sql: str) -> list[tuple]:
    """What a connection of its own reads."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(sql).fetchall()


def value(file: Path, sql: str):
    return rows(file, sql)[0][0]
