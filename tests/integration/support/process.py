"""A running tierway command: its ready file, what it writes, and how it ends."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path

from .deadline import PATIENCE, eventually

# What a sanitizer writes when it finds something; any of these fails the test whatever else it checked.
SANITIZER_MARKS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:", "WARNING: ThreadSanitizer")


def binary() -> str:
    """The tierway under test."""
    path = os.environ.get("TIERWAY_BINARY", "")
    if not path:
        raise RuntimeError("TIERWAY_BINARY is not set; run the tests by ctest, or set it to the built tierway")
    return path


def environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """The process's environment: without proxies or keys of the machine, with strict sanitizers."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "TMPDIR", "LANG", "TZ")}
    kept["ASAN_OPTIONS"] = "halt_on_error=1:detect_stack_use_after_return=1:detect_leaks=1:abort_on_error=0"
    kept["UBSAN_OPTIONS"] = "halt_on_error=1:print_stacktrace=1"
    kept["TSAN_OPTIONS"] = "halt_on_error=1"
    kept.update(extra or {})
    return kept


def run(*arguments: str, stdin: str = "", env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """Runs a command that ends by itself."""
    done = subprocess.run([binary(), *arguments], input=stdin, capture_output=True, text=True, timeout=60,
                          env=environment(env), check=False)
    assert not any(mark in done.stderr for mark in SANITIZER_MARKS), done.stderr
    return done


class Lines:
    """The lines of a pipe, gathered by a thread as they come."""

    def __init__(self, pipe):
        self._lines: list[str] = []
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._gather, args=(pipe,), daemon=True)
        self._thread.start()

    def _gather(self, pipe) -> None:
        with pipe:
            for line in pipe:
                with self._lock:
                    self._lines.append(line.rstrip("\n"))

    def all(self) -> list[str]:
        with self._lock:
            return list(self._lines)

    def finish(self) -> None:
        self._thread.join(PATIENCE)


class TierwayProcess:
    """A tierway command that serves until it is told to stop."""

    def __init__(self, folder: Path, arguments: list[str], env: dict[str, str] | None = None):
        self.folder = folder
        self._ready_file = folder / f"ready-{arguments[0]}.json"
        self._ready_file.unlink(missing_ok=True)
        self.process = subprocess.Popen([binary(), *arguments, "--ready-file", str(self._ready_file)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
                                        encoding="utf-8", errors="replace", env=environment(env))
        self.stdout = Lines(self.process.stdout)
        self.stderr = Lines(self.process.stderr)
        try:
            self.addresses = self._wait_until_ready()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise

    def _wait_until_ready(self) -> dict[str, str]:
        def ready() -> dict[str, str] | None:
            if self._ready_file.exists():
                return json.loads(self._ready_file.read_text())
            if self.process.poll() is not None:
                self.stderr.finish()
                raise AssertionError(f"tierway ended with {self.process.returncode} before it was ready:\n" + self.log())
            return None

        return eventually(ready, "the ready file", timeout=30)

    def log(self) -> str:
        return "\n".join(self.stderr.all())

    def address(self, name: str) -> tuple[str, int]:
        host, port = self.addresses[name].rsplit(":", 1)
        return host, int(port)

    def alive(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, timeout: float = 30) -> int:
        """Until it has ended; its exit code."""
        code = self.process.wait(timeout)
        self.stdout.finish()
        self.stderr.finish()
        return code

    def stop(self) -> None:
        """SIGTERM; fails unless it then ends well and no sanitizer had anything to say."""
        if self.alive():
            self.signal(signal.SIGTERM)
        try:
            code = self.wait()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.wait()
            raise AssertionError("tierway did not end within 30 s of SIGTERM:\n" + self.log()) from None
        assert not any(mark in self.log() for mark in SANITIZER_MARKS), self.log()
        assert code == 0, f"tierway ended with {code}:\n{self.log()}"
