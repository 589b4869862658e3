"""What providers send: whole answers and streams of the OpenAI Chat API, as bytes."""

import json
from typing import Any

COMPLETION_ID = "chatcmpl-upstream-1"


def encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def usage(prompt: int = 10, completion: int = 5, cached: int = 0, cache_write: int = 0, reasoning: int = 0) -> dict:
    counts: dict[str, Any] = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if cached or cache_write:
        counts["prompt_tokens_details"] = {"cached_tokens": cached, "cache_write_tokens": cache_write}
    if reasoning:
        counts["completion_tokens_details"] = {"reasoning_tokens": reasoning}
    return counts


def logprobs(text: str, probability_log: float) -> dict:
    """One entry a word, all of the same probability."""
    return {"content": [{"token": word, "logprob": probability_log, "bytes": None, "top_logprobs": []}
                        for word in text.split()], "refusal": None}


def answer(text: str | None = "The answer is 42.", model: str = "upstream-model", used: dict | None = None,
           finish: str = "stop", **extra: Any) -> dict:
    """A whole chat completion. `extra` goes to the top level; `logprobs`, `message` and `choices` to where they belong."""
    message = {"role": "assistant", "content": text, "refusal": None, **extra.pop("message", {})}
    choice = {"index": 0, "message": message, "logprobs": extra.pop("logprobs", None), "finish_reason": finish}
    return {"id": COMPLETION_ID, "object": "chat.completion", "created": 1_700_000_000, "model": model,
            "choices": extra.pop("choices", [choice]), "usage": used if used is not None else usage(), **extra}


def chunk(delta: dict | None = None, finish: str | None = None, model: str = "upstream-model", **extra: Any) -> dict:
    """One chunk of a stream with one choice; `logprobs` rides in the choice."""
    choice: dict[str, Any] = {"index": 0, "delta": delta or {}, "finish_reason": finish}
    if "logprobs" in extra:
        choice["logprobs"] = extra.pop("logprobs")
    return {"id": COMPLETION_ID, "object": "chat.completion.chunk", "created": 1_700_000_000, "model": model,
            "choices": extra.pop("choices", [choice]), **extra}


def stream_chunks(text: str = "The answer is 42.", used: dict | None = None, finish: str = "stop",
                  **extra: Any) -> list[dict]:
    """A proper stream: role, the text word by word, the finish reason, the usage."""
    words = text.split(" ")
    pieces = [word if i == 0 else " " + word for i, word in enumerate(words)]
    chunks = [chunk({"role": "assistant", "content": ""}, **extra)]
    chunks += [chunk({"content": piece}, **extra) for piece in pieces]
    chunks.append(chunk({}, finish, **extra))
    chunks.append(chunk(choices=[], usage=used if used is not None else usage(), **extra))
    return chunks


def event(payload: Any, line_end: bytes = b"\n") -> bytes:
    data = payload if isinstance(payload, bytes) else encode(payload)
    return b"data: " + data + line_end * 2


def events(chunks: list[dict], done: bool = True, line_end: bytes = b"\n") -> bytes:
    """The chunks as an event stream's bytes."""
    return b"".join(event(each, line_end) for each in chunks) + (event(b"[DONE]", line_end) if done else b"")


def error_body(message: str = "no", type_: str = "server_error", code: str | None = None, param: str | None = None) -> dict:
    return {"error": {"message": message, "type": type_, "param": param, "code": code}}
