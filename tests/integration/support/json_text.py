"""JSON whose objects remember how they were written, and JSON with texts of others inside it, byte for byte."""

import json
from json.decoder import JSONObject
from json.scanner import py_make_scanner
from typing import Any


class WrittenObject(dict):
    """An object with the text that it was read from."""

    text: str = ""


class _Decoder(json.JSONDecoder):
    def __init__(self) -> None:
        super().__init__()

        def parse_object(s_and_end: tuple[str, int], *arguments: Any) -> tuple[WrittenObject, int]:
            text, begin = s_and_end
            value, end = JSONObject(s_and_end, *arguments)
            written = WrittenObject(value)
            written.text = text[begin - 1:end]
            return written, end

        self.parse_object = parse_object
        self.scan_once = py_make_scanner(self)


def read(data: bytes | str) -> Any:
    """Refuses what is no JSON, and members that appear twice."""
    text = data.decode("utf-8") if isinstance(data, bytes) else data
    json.loads(text, object_pairs_hook=_once)
    return _Decoder().decode(text)


def _once(pairs: list[tuple[str, Any]]) -> dict:
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), f"a member appears twice: {names}"
    return dict(pairs)


class AsWritten:
    """JSON text that `write` puts where this stands, as it is."""

    def __init__(self, text: str):
        self.text = text


def write(value: Any) -> bytes:
    """Compact JSON; `AsWritten` texts are embedded byte for byte."""
    texts: list[str] = []

    def mark(inner: Any) -> str:
        assert isinstance(inner, AsWritten), inner
        texts.append(inner.text)
        return f"\0{len(texts) - 1}\0"

    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=mark)
    for number, inner in enumerate(texts):
        text = text.replace(f'"\\u0000{number}\\u0000"', inner)
    return text.encode()
