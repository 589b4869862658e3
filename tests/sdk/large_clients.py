"""Where scripts/agents.sh puts the clients that are too large for every test run."""

import platform
from pathlib import Path

import pytest

AGENTS = Path(__file__).resolve().parents[2] / "build" / "agents"
NOT_INSTALLED = pytest.mark.skipif(not (AGENTS / "stamp").exists(), reason="not installed: scripts/agents.sh does")
MACHINE = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def codex() -> str:
    """The program itself: the package's launcher asks for another Node than may be there."""
    [program] = (AGENTS / "node_modules" / "@openai" / f"codex-linux-{MACHINE}" / "vendor").glob("*/bin/codex")
    return str(program)


def claude_code() -> str:
    return str(AGENTS / "node_modules" / "@anthropic-ai" / f"claude-code-linux-{MACHINE}" / "claude")


def python() -> str:
    return str(AGENTS / "venv" / "bin" / "python")
