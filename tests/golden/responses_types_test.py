"""What clients of the Responses door get (the golden files) is what openai-python's types say it is: each member, without exception."""

import json
from pathlib import Path

import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

GOLDEN = sorted((Path(__file__).resolve().parent / "dialects" / "responses").glob("*.json"))
TYPES = {"response": TypeAdapter(Response), "event": TypeAdapter(ResponseStreamEvent)}
# Ours; and what the API sends and the types leave out: a custom call's status, the name beside a function's arguments, the bytes of a
# token in an event, what became of `store`, and of Codex's tools where they search.
BEYOND_THE_TYPES = {"tierway", "status", "name", "bytes", "store", "external_web_access"}


def payloads():
    for path in GOLDEN:
        client = json.loads(path.read_text(encoding="utf-8"))["client"]
        if path.name.startswith("reply_"):
            yield pytest.param("response", client, id=path.stem)
        elif path.name.startswith("stream_"):
            for event in client:
                yield pytest.param("event", event, id=f"{path.stem}-{event['sequence_number']}-{event['type']}")


@pytest.mark.parametrize(("kind", "payload"), list(payloads()))
def test_the_sdk_knows_every_member(kind, payload):
    model = TYPES[kind].validate_python(payload)
    assert unknown(model) <= BEYOND_THE_TYPES


def unknown(value) -> set[str]:
    """The names of members that no type declares."""
    if isinstance(value, list):
        return set().union(*(unknown(one) for one in value))
    if not hasattr(value, "model_extra"):
        return set()
    found = set(value.model_extra or {})
    for field in value.model_fields_set:
        if field not in found:
            found |= unknown(getattr(value, field))
    return found
