"""What clients ask and models say, in no dialect's words: what doubles of vendors and clients of doors are told and tell."""

from dataclasses import dataclass, field, replace
from typing import Any

from .json_text import WrittenObject


@dataclass(frozen=True)
class Tokens:
    """As Tierway counts them: caches are parts of the prompt, reasoning is a part of the completion."""

    prompt: int = 10
    completion: int = 5
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Image:
    """By its bytes (base64), or by its address."""

    media_type: str = ""
    data: str = ""
    url: str = ""


@dataclass(frozen=True)
class Thought:
    text: str
    seal: str = ""  # What its maker must get back as it is.
    hidden: bool = False  # There is only the seal.


@dataclass(frozen=True)
class Call:
    id: str
    name: str
    arguments: str  # JSON text, which must survive byte for byte.
    seal: str = ""  # Gemini's thoughtSignature on the call.


@dataclass(frozen=True)
class Result:
    """What a tool answered."""

    id: str
    text: str


Part = Text | Image | Thought | Call | Result


@dataclass(frozen=True)
class Turn:
    """`role` is "user", "assistant", "tool" (results only) or "system"."""

    role: str
    parts: tuple[Part, ...]


def user(*parts: Part | str) -> Turn:
    return Turn("user", tuple(Text(part) if isinstance(part, str) else part for part in parts))


def results(*parts: Result) -> Turn:
    return Turn("tool", parts)


@dataclass(frozen=True)
class Said:
    """A model's answer. Its parts are told in this order: thoughts, text, calls."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    thoughts: tuple[Thought, ...] = ()
    finish: str = ""  # "stop", "length", "tool_calls" or "content_filter"; empty: what follows from the calls.
    tokens: Tokens = Tokens()

    @property
    def finish_reason(self) -> str:
        return self.finish or ("tool_calls" if self.calls else "stop")

    def as_turn(self) -> Turn:
        return Turn("assistant", (*self.thoughts, *([Text(self.text)] if self.text else []), *self.calls))


@dataclass
class Asked:
    """A request as a vendor understood it."""

    model: str
    stream: bool
    turns: list[Turn]
    system: str = ""
    tools: dict[str, Any] = field(default_factory=dict)  # The schema of each by its name.
    tool_choice: str = ""  # "auto", "none", "required" or a tool's name; empty: not stated.
    schema: Any = None  # Of the answer.
    output_tokens_max: int | None = None
    stop: list[str] = field(default_factory=list)
    temperature: float | None = None
    effort: str = ""

    @property
    def thoughts(self) -> list[Thought]:
        return [part for turn in self.turns for part in turn.parts if isinstance(part, Thought)]

    @property
    def calls(self) -> list[Call]:
        return [part for turn in self.turns for part in turn.parts if isinstance(part, Call)]


def plain(turns: list[Turn]) -> list[Turn]:
    """Without what only its maker can read: thoughts and seals."""
    stripped = [Turn(turn.role, tuple(replace(part, seal="") if isinstance(part, Call) else part
                                      for part in turn.parts if not isinstance(part, Thought))) for turn in turns]
    return [turn for turn in stripped if turn.parts]


def same_json(one: Any, other: Any) -> bool:
    """As JSON values, whatever they were written like."""
    return _value(one) == _value(other)


def _value(value: Any) -> Any:
    if isinstance(value, (dict, WrittenObject)):
        return {name: _value(inner) for name, inner in value.items()}
    return [_value(inner) for inner in value] if isinstance(value, list) else value
