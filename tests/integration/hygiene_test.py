"""What was planted is seen again nowhere: secrets of the environment, the configuration, headers and bodies, in logs, records, audit lines,
metrics, pages and errors, also when a provider repeats them."""

import hashlib
import json

import pytest

from support.answers import answer, stream_chunks
from support.fake_upstream import error, stream, whole
from support.lane import PROVIDER_KEYS, Lane

CLIENT_KEYS = [f"tw-canary-{number}-{'0123456789abcdef' * 2}" for number in range(3)]
HEADERS = {name: f"CANARY-{name}" for name in ("cookie", "x-secret", "x-tierway-session", "openai-organization", "openai-project", "user-agent")}
TEXTS = {"prompt": "CANARY-PROMPT", "answer": "CANARY-ANSWER", "user": "CANARY-USER", "tool": "CANARY-TOOL", "metadata": "CANARY-METADATA"}
PLANTED = [*PROVIDER_KEYS.values(), *CLIENT_KEYS, *HEADERS.values(), *TEXTS.values()]
PAGES = ("/metrics", "/healthz", "/readyz", "/api/decisions?last=100", "/api/models", "/api/limits", "/api/spend?by=key,model",
         "/api/summary", "/api/policy", "/ui/", "/nowhere")


def change_policy(config: dict) -> None:
    config["keys"] = [{"id": f"key-{number}", "sha256": hashlib.sha256(key.encode()).hexdigest()} for number, key in enumerate(CLIENT_KEYS)]
    config["log"] = {"level": "debug"}


def seen_in(text: str, planted: list[str]) -> list[str]:
    return [secret for secret in planted if secret in text]


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_planted_secrets_are_seen_nowhere(tmp_path, kind):
    def change(config: dict) -> None:
        change_policy(config)
        if kind == "sqlite":
            config["store"] = {"sqlite": str(tmp_path / "ledger.db")}

    told: list[str] = []
    with Lane(tmp_path / "lane", change) as lane:
        def ask(key: str, **fields) -> None:
            tools = [{"type": "function", "function": {"name": "f", "description": TEXTS["tool"]}}]
            response = lane.gateway.ask(TEXTS["prompt"], {"Authorization": f"Bearer {key}", **HEADERS}, user=TEXTS["user"], tools=tools,
                                        metadata={"note": TEXTS["metadata"]}, **fields)
            # The answer itself is the client's; what is beside it is not.
            told.append(json.dumps(response.headers) + response.body.decode().replace(TEXTS["answer"], ""))

        for key in [*CLIENT_KEYS, "tw-canary-unknown"]:
            lane.cheap.default = whole(answer(TEXTS["answer"]))
            ask(key)
            lane.cheap.default = stream(stream_chunks(TEXTS["answer"]))
            ask(key, stream=True)
            # Providers that repeat what they were sent, and not only where it is asked for.
            for status in (400, 401, 403, 429, 500, 503):
                lane.spare.default = error(500)
                lane.cheap.default = error(status, f"Bad key {PROVIDER_KEYS['CHEAP_KEY']}.",
                                           headers={"x-echo": PROVIDER_KEYS["CHEAP_KEY"]})
                ask(key)
            ask(key, model="tier:nothing")
            ask(key, n=1_000)
            ask(key, api_key=CLIENT_KEYS[0])
        pages = [lane.gateway.admin(page).body.decode() for page in PAGES]
        lane.gateway.process.stop()
        lines = lane.gateway.process.stdout.all()
        log = lane.gateway.process.log()
    assert len(lines) > 30, "records and audit lines"
    for place in (*pages, *lines, log):
        assert not seen_in(place, PLANTED)
    for place in told:
        assert not seen_in(place, [*PROVIDER_KEYS.values(), *CLIENT_KEYS, *HEADERS.values()])
    if kind == "sqlite":
        for file in tmp_path.glob("ledger.db*"):
            assert not seen_in(file.read_bytes().decode("latin-1"), PLANTED)
