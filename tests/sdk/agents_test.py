"""Codex and Claude Code, unchanged: they read a file by their own tools and report a word of it, through a cascade.

The draft's model calls a tool that was not offered, so that every first turn climbs; the frontier's model calls the right one. The
result of the tool goes to the draft's model again, whose answer stands. So an agent's history holds what two vendors said.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest
from large_clients import NOT_INSTALLED, claude_code, codex

from support.dialect_lane import DialectLane
from support.fake_upstream import RecordedRequest
from support.neutral import Asked, Call, Result, Said, Tokens
from support.vendors import Vendor
from support.vendors.vendor import Deed

pytestmark = NOT_INSTALLED
WORD = "heliotrope"
TASK = "Read note.txt and report the word that it names."
# Of the draft and of the frontier; each dialect is on both sides of the door's own.
CASCADES = [("openai", "anthropic"), ("anthropic", "openai_responses"), ("openai_responses", "openai"), ("gemini", "bedrock"),
            ("azure", "gemini")]
OWN_MEMBERS = {"client_metadata"}  # Of Codex; the vendor knows them.


def without_their_own(request: RecordedRequest) -> RecordedRequest:
    """What an agent says to its own vendor in words that the double does not know, left out."""
    body = request.json()
    body = {name: value for name, value in body.items() if name not in OWN_MEMBERS}
    body["tools"] = [{name: value for name, value in tool.items() if name not in ("defer_loading", "eager_input_streaming")}
                     for tool in body.get("tools", []) if tool.get("type", "function") == "function"]
    if "messages" in body:
        body["messages"] = [message for message in body["messages"] if message["role"] != "system"]
    return RecordedRequest(request.head, json.dumps(body).encode(), request.connection)


class AgentLane(DialectLane):
    """Each vendor's models work on the task: as a draft wrongly, as a frontier well."""

    def __init__(self, folder: Path, note: Path, draft: str, frontier: str, own: str):
        super().__init__(folder)
        self.note, self.draft, self.frontier = note, draft, frontier
        if own in (draft, frontier):
            vendor = self.vendors[own]
            read = vendor.read
            vendor.read = lambda request: read(without_their_own(request))  # type: ignore[method-assign]
        for name in (draft, frontier):
            self.vendors[name].react(lambda asked, vendor=self.vendors[name]: self._choose(vendor, asked))

    def _choose(self, vendor: Vendor, asked: Asked) -> Deed:
        told = [part.text for turn in asked.turns for part in turn.parts if isinstance(part, Result)]
        tokens = Tokens(prompt=9000, completion=30)
        if not asked.tools:
            return vendor.saying(Said("Reading a note", tokens=tokens))
        if told:
            found = re.search(r"the word is (\w+)", told[-1])
            return vendor.saying(Said(f"The word is {found[1]}." if found else "There is no word in it.", tokens=tokens))
        seal = "U2VhbGVkIGNhbGw=" if vendor.seals_calls else ""
        if vendor.dialect == self.draft:
            return vendor.saying(Said(calls=(Call("call_wrong", "open_the_pod_bay_doors", '{"path": "note.txt"}', seal),), tokens=tokens))
        if "exec_command" in asked.tools:
            return vendor.saying(Said(calls=(Call("call_right", "exec_command", '{"cmd": "cat note.txt"}', seal),), tokens=tokens))
        return vendor.saying(Said(calls=(Call("call_right", "Read", json.dumps({"file_path": str(self.note)}), seal),), tokens=tokens))

    def transcript(self) -> str:
        lines = [f"{record['model']}: {record['outcome']}, escalation {record.get('escalation')}, {record['cost_usd']} USD"
                 for record in reversed(self.gateway.decisions())]
        return "\n".join(lines)


def work(program: list[str], env: dict[str, str], folder: Path) -> str:
    """Nothing but loopback: whatever asks elsewhere is sent to a port where nobody listens."""
    nowhere = "http://127.0.0.1:9"
    done = subprocess.run(program, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=200, check=False, env={
        "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HTTP_PROXY": nowhere, "HTTPS_PROXY": nowhere,
        "NO_PROXY": "127.0.0.1,localhost", **env})
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == 0, said
    return said


def ask_codex(lane: AgentLane, home: Path, folder: Path, name: str) -> str:
    settings = home / ".codex"
    settings.mkdir(parents=True)
    (settings / "config.toml").write_text(f"""
model = "auto"
model_provider = "tierway"
[model_providers.tierway]
name = "tierway"
base_url = "{lane.gateway.base_url}"
env_key = "TIERWAY_KEY"
wire_api = "responses"
http_headers = {{ "x-tierway-class" = "{name}" }}
""")
    return work([codex(), "exec", "--skip-git-repo-check", "-s", "danger-full-access", "-C", str(folder), TASK],
                {"HOME": str(home), "CODEX_HOME": str(settings), "TIERWAY_KEY": "sk-anything"}, folder)


def ask_claude_code(lane: AgentLane, home: Path, folder: Path, name: str) -> str:
    home.mkdir(parents=True)
    return work([claude_code(), "--model", "auto", "--allowedTools", "Read", "--output-format", "stream-json", "--verbose", "-p", TASK], {
        "HOME": str(home), "ANTHROPIC_BASE_URL": lane.gateway.base_url.removesuffix("/v1"), "ANTHROPIC_API_KEY": "sk-anything",
        "ANTHROPIC_CUSTOM_HEADERS": f"x-tierway-class: {name}", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_MAX_RETRIES": "1"}, folder)


AGENTS = {"Codex": (ask_codex, "openai_responses"), "Claude Code": (ask_claude_code, "anthropic")}


@pytest.mark.parametrize("draft, frontier", CASCADES, ids=["_to_".join(pair) for pair in CASCADES])
@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_works_through_a_cascade(agent, draft, frontier, tmp_path):
    ask, own = AGENTS[agent]
    folder = tmp_path / "work"
    folder.mkdir()
    note = folder / "note.txt"
    note.write_text(f"This is a note: the word is {WORD}.\n")
    with AgentLane(tmp_path / "gateway", note, draft, frontier, own) as lane:
        said = ask(lane, tmp_path / "home", folder, f"{draft}_to_{frontier}")
        print(f"\n=== {agent} through {draft} -> {frontier}\n{said}\n--- the gateway's records\n{lane.transcript()}")
        lane.check()
        assert f"The word is {WORD}." in said
        records = list(reversed(lane.gateway.decisions()))
        assert f"{frontier}/frontier" in [record["model"] for record in records], "the call came from the frontier"
        assert records[-1]["model"] == f"{draft}/small", "the answer came from the draft"
        assert all(record["status"] == 200 for record in records)
