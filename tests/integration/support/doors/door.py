"""What clients of the doors have in common: they write requests of neutral turns, and read answers as strictly as SDKs dare not."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..neutral import Call, Image, Result, Thought, Tokens, Turn
from ..raw_client import Response


@dataclass
class Question:
    """What a client asks. `history` holds neutral turns, and earlier answers as this door told them (`Heard`), in order."""

    history: Sequence["Turn | Heard"]
    system: str = ""
    tools: dict[str, Any] = field(default_factory=dict)  # A schema by each name.
    tool_choice: str = ""
    schema: Any = None
    output_tokens_max: int | None = 200
    stop: list[str] = field(default_factory=list)
    effort: str = ""


@dataclass
class Heard:
    """An answer as a client of a door understood it."""

    model: str
    text: str = ""
    calls: list[Call] = field(default_factory=list)
    thoughts: list[Thought] = field(default_factory=list)  # Seals as the door carries them.
    finish: str = ""  # In the neutral words.
    tokens: Tokens | None = None
    items: list[dict] = field(default_factory=list)  # What the client puts into its history, as it came.
    disclosure: dict | None = None  # The `tierway` object of a stream.


@dataclass
class Event:
    name: str
    data: str

    @property
    def json(self) -> dict:
        return json.loads(self.data)


class Door(ABC):
    name: str
    path: str
    native: str  # The provider dialect whose bodies are the same.

    def headers(self) -> dict[str, str]:
        """What its SDKs send."""
        return {}

    def body(self, question: Question, model: str, stream: bool) -> dict:
        body = self.write(question, model)
        return {**body, **self.streamed()} if stream else body

    def streamed(self) -> dict:
        return {"stream": True}

    def hear(self, response: Response, stream: bool) -> Heard:
        assert response.status == 200, f"{response.status}: {response.body.decode()}"
        kind = response.headers["content-type"]
        if stream:
            assert kind.startswith("text/event-stream"), kind
            return self.hear_stream(response.body)
        assert kind.startswith("application/json"), kind
        return self.hear_whole(response.json())

    @abstractmethod
    def write(self, question: Question, model: str) -> dict:
        pass

    @abstractmethod
    def hear_whole(self, body: dict) -> Heard:
        pass

    @abstractmethod
    def hear_stream(self, body: bytes) -> Heard:
        pass

    @abstractmethod
    def error(self, response: Response) -> dict:
        """{message, type, code, param} of an error before the answer, its envelope checked."""

    @abstractmethod
    def error_in(self, body: bytes) -> dict:
        """Likewise of the error with which a stream broke off; text before it is `text`."""


def events_of(body: bytes, comments: list[str] | None = None) -> list[Event]:
    """Named events, one line of data each, one blank line behind each."""
    text = body.decode("utf-8")
    assert "\r" not in text
    assert text.endswith("\n\n"), f"the last event is not ended: {text[-80:]!r}"
    events = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        lines = block.split("\n")
        if all(line.startswith(":") for line in lines):
            if comments is not None:
                comments += [line[1:].strip() for line in lines]
            continue
        assert len(lines) == 2 and lines[0].startswith("event: ") and lines[1].startswith("data: "), block
        events.append(Event(lines[0].removeprefix("event: "), lines[1].removeprefix("data: ")))
        assert events[-1].json["type"] == events[-1].name, block
    return events


def disclosed(comments: list[str], found: dict | None) -> dict | None:
    """The disclosure of a stream: in its last object, or as a comment before it. A vendor gives none."""
    told = [json.loads(comment.removeprefix("tierway ")) for comment in comments if comment.startswith("tierway ")]
    told += [found] if found else []
    assert len(told) <= 1, f"{len(told)} disclosures"
    return told[0] if told else None


def parts_of(turn: Turn, kind: type) -> list:
    return [part for part in turn.parts if isinstance(part, kind)]


def data_url(image: Image) -> str:
    return image.url or f"data:{image.media_type};base64,{image.data}"


__all__ = ["Call", "Door", "Event", "Heard", "Image", "Question", "Result", "Thought", "Tokens", "Turn", "data_url", "disclosed",
           "events_of", "parts_of"]
