"""Answers cut at a random byte: what each case sends, where it is cut, and what a client may then believe. Everything follows from the
seed and the number of the case, so that provider, clients and judge need to share nothing else."""

import random
from dataclasses import dataclass, field

from support.answers import answer, chunk, encode, event, stream_chunks, usage

WORDS = ["alpha", "naïve", "Zürich", "€", "漢字", "😀", "\"quoted\"", "back\\slash", "line\nbreak", "data: x", "{}", "[DONE]", "0\r\n"]
# Cases that are not cut at all must look complete, or the judge would be blind.
WHOLE_SHARE = 0.04
TAIL_BYTES = 400


@dataclass
class Case:
    """One answer and its end."""

    number: int
    streamed: bool
    framing: str  # "chunked", "length" or "close"
    text: str  # All that the model says: content, or the arguments of its tool call.
    wire: bytes = b""
    cut_at: int | None = None  # Bytes of `wire` that are sent; None: all.
    reset: bool = False  # Cut by RST instead of FIN.
    pieces: list[int] = field(default_factory=list)  # Where the writes are separated.
    meant_complete_at: int = 0  # From this many bytes on, the model's answer is whole, finish reason and all.

    @property
    def sent(self) -> int:
        return len(self.wire) if self.cut_at is None else self.cut_at

    @property
    def cut(self) -> bool:
        return self.cut_at is not None

    @property
    def may_look_complete(self) -> bool:
        """The provider said everything, with its finish reason: only the formalities of the end may be missing."""
        return self.sent >= self.meant_complete_at


def tool_chunks(text: str, pieces: int) -> list[dict]:
    size = max(1, len(text) // pieces)
    begun = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}}
    chunks = [chunk({"role": "assistant", "content": None, "tool_calls": [begun]})]
    for at in range(0, len(text), size):
        chunks.append(chunk({"tool_calls": [{"index": 0, "function": {"arguments": text[at:at + size]}}]}))
    return [*chunks, chunk({}, "tool_calls"), chunk(choices=[], usage=usage())]


def stream_body(draw: random.Random, words: list[str], tools: bool) -> tuple[list[bytes], int, str]:
    """The events, how many of them up to and with the finish reason, and what they say."""
    text = encode({"words": words}).decode() if tools else " ".join(words)
    chunks = tool_chunks(text, len(words)) if tools else stream_chunks(text)
    line_end = draw.choice([b"\n", b"\n", b"\n", b"\r\n"])
    events = [event(each, line_end) for each in chunks]
    finish = len(events) - 1  # The usage comes behind the finish reason …
    if draw.random() < 0.3:
        del events[-1]  # … or does not come.
    if draw.random() < 0.8:
        events.append(event(b"[DONE]", line_end))
    if draw.random() < 0.2:
        at = draw.randrange(len(events))
        events.insert(at, b": ping" + line_end * 2)
        finish += at < finish
    if line_end == b"\r\n":
        # A carriage return alone ends a line too, so the event is whole before its last byte.
        events[finish - 1:finish] = [events[finish - 1][:-1], events[finish - 1][-1:]]
    return events, finish, text


def framed(draw: random.Random, framing: str, parts: list[bytes]) -> tuple[bytes, list[int]]:
    """The body as it is on the wire, and where each part is complete in it."""
    body, ends = b"", []
    for part in parts:
        # Sometimes an event lies in several chunks.
        cut = draw.randrange(1, len(part)) if framing == "chunked" and len(part) > 1 and draw.random() < 0.2 else len(part)
        for piece in (part[:cut], part[cut:]):
            if piece:
                body += b"%x\r\n%s\r\n" % (len(piece), piece) if framing == "chunked" else piece
        # The line end behind a chunk's data is framing: the part is there without it.
        ends.append(len(body) - (2 if framing == "chunked" else 0))
    return body + (b"0\r\n\r\n" if framing == "chunked" else b""), ends


def make_case(seed: int, number: int, streamed: bool) -> Case:
    draw = random.Random(f"{seed}/{number}/{streamed}")
    framing = draw.choice(["chunked", "chunked", "length", "close"])
    words = [draw.choice(WORDS) for _ in range(draw.randrange(1, 40))]
    if streamed:
        parts, finish, text = stream_body(draw, words, tools=draw.random() < 0.25)
        content_type = b"text/event-stream"
    else:
        text = " ".join(words)
        whole = encode(answer(text)) + draw.choice([b"", b"\n", b"  \n"])
        # Its last brace is what makes it whole.
        close = whole.rindex(b"}") + 1
        parts, finish = [whole[:close], *([whole[close:]] if whole[close:] else [])], 1
        content_type = b"application/json"
    body, ends = framed(draw, framing, parts)
    head = b"HTTP/1.1 200 OK\r\nContent-Type: " + content_type + b"\r\n"
    head += {"chunked": b"Transfer-Encoding: chunked\r\n", "length": b"Content-Length: %d\r\n" % len(body), "close": b""}[framing] + b"\r\n"
    case = Case(number, streamed, framing, text, head + body)
    case.meant_complete_at = len(head) + ends[finish - 1]
    if draw.random() >= WHOLE_SHARE:
        # The end is where a cut is easily overlooked, so many cuts are there.
        first = max(0, len(case.wire) - TAIL_BYTES) if draw.random() < 0.4 else 0
        case.cut_at = draw.randrange(first, len(case.wire))
        case.reset = draw.random() < 0.35
    case.pieces = sorted(draw.randrange(case.sent + 1) for _ in range(draw.randrange(4)))
    return case
