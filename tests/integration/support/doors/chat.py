"""A client of `/v1/chat/completions`."""

from typing import Any

from ..neutral import Call, Image, Result, Text, Thought, Tokens, Turn
from ..raw_client import Response
from ..sse import Stream
from .door import Door, Heard, Question, data_url, parts_of


class ChatDoor(Door):
    name = "chat"
    path = "/v1/chat/completions"
    native = "openai"

    def write(self, question: Question, model: str) -> dict:
        messages: list[dict] = [{"role": "system", "content": question.system}] if question.system else []
        for turn in question.history:
            messages += turn.items if isinstance(turn, Heard) else write_turn(turn)
        body: dict[str, Any] = {"model": model, "messages": messages}
        if question.tools:
            body["tools"] = [{"type": "function", "function": {"name": name, "parameters": schema}} for name, schema in question.tools.items()]
        if question.tool_choice:
            named = question.tool_choice in question.tools
            body["tool_choice"] = {"type": "function", "function": {"name": question.tool_choice}} if named else question.tool_choice
        if question.schema:
            body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": question.schema}}
        if question.output_tokens_max:
            body["max_completion_tokens"] = question.output_tokens_max
        if question.stop:
            body["stop"] = question.stop
        if question.effort:
            body["reasoning_effort"] = question.effort
        return body

    def streamed(self) -> dict:
        return {"stream": True, "stream_options": {"include_usage": True}}

    def hear_whole(self, body: dict) -> Heard:
        assert body["object"] == "chat.completion" and body["id"] and isinstance(body["created"], int), body
        choice, = body["choices"]
        assert choice["index"] == 0 and {"message", "finish_reason", "logprobs"} <= set(choice), choice
        message = choice["message"]
        assert message["role"] == "assistant" and {"content", "refusal"} <= set(message), message
        return heard(body["model"], message, choice["finish_reason"], tokens_of(body["usage"]))

    def hear_stream(self, body: bytes) -> Heard:
        stream = Stream.parse(body)
        assert stream.done and stream.roles == ["assistant"], stream.payloads
        message: dict[str, Any] = {"role": "assistant", "content": "", "tool_calls": []}
        finish = ""
        ids = {(chunk["id"], chunk["created"], chunk["object"], chunk["model"]) for chunk in stream.chunks if chunk["choices"]}
        assert len(ids) == 1, ids
        for chunk in stream.chunks:
            for choice in chunk["choices"]:
                assert not finish or not choice["delta"], f"something after the finish reason: {choice}"
                merge(message, choice["delta"])
                finish = finish or choice.get("finish_reason") or ""
        usage, = stream.usage_chunks
        assert usage is stream.chunks[-1] or usage == stream.chunks[-1]
        message["content"] = message["content"] or None
        if not message["tool_calls"]:
            del message["tool_calls"]
        told = heard(stream.chunks[-2]["model"], message, finish, tokens_of(usage["usage"]))
        told.disclosure = stream.disclosure if b"tierway" in body else None
        return told

    def error(self, response: Response) -> dict:
        assert response.headers["x-request-id"]
        return response.error

    def error_in(self, body: bytes) -> dict:
        stream = Stream.parse(body)
        assert not stream.done
        error = stream.chunks[-1]["error"]
        assert {"message", "type", "param", "code"} <= set(error), error
        assert not any("error" in chunk for chunk in stream.chunks[:-1])
        return {**error, "text": stream.text}


def write_turn(turn: Turn) -> list[dict]:
    if turn.role == "tool":
        return [{"role": "tool", "tool_call_id": each.id, "content": each.text} for each in parts_of(turn, Result)]
    text = "".join(part.text for part in parts_of(turn, Text))
    images = parts_of(turn, Image)
    if images:
        return [{"role": turn.role, "content": [{"type": "text", "text": text},
                                                *({"type": "image_url", "image_url": {"url": data_url(image)}} for image in images)]}]
    message: dict[str, Any] = {"role": turn.role, "content": text}
    if calls := parts_of(turn, Call):
        message["tool_calls"] = [{"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                                 for call in calls]
    return [message]


def tokens_of(usage: dict) -> Tokens:
    prompt, completion = usage.get("prompt_tokens_details", {}), usage.get("completion_tokens_details", {})
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"], usage
    return Tokens(usage["prompt_tokens"], usage["completion_tokens"], prompt.get("cached_tokens", 0), prompt.get("cache_write_tokens", 0),
                  completion.get("reasoning_tokens", 0))


def merge(message: dict, delta: dict) -> None:
    """As SDKs accumulate a message."""
    for name, value in delta.items():
        if name == "tool_calls":
            for call in value:
                if call["index"] == len(message["tool_calls"]):
                    assert call["id"] and call["function"]["name"], call
                    message["tool_calls"].append({**{key: inner for key, inner in call.items() if key != "index"},
                                                  "function": dict(call["function"])})
                else:
                    message["tool_calls"][call["index"]]["function"]["arguments"] += call["function"]["arguments"]
        elif isinstance(value, list):
            message.setdefault(name, []).extend(value)
        elif isinstance(value, str) and name != "role":
            message[name] = (message.get(name) or "") + value


def heard(model: str, message: dict, finish: str, tokens: Tokens) -> Heard:
    calls = [Call(call["id"], call["function"]["name"], call["function"]["arguments"],
                  call.get("extra_content", {}).get("google", {}).get("thought_signature", "")) for call in message.get("tool_calls") or []]
    details = message.get("reasoning_details", [])
    thoughts = [Thought(each.get("text", each.get("summary", "")), each.get("signature", each.get("data", ""))) for each in details]
    if not details and message.get("reasoning_content"):
        thoughts = [Thought(message["reasoning_content"])]
    kept = {name: value for name, value in message.items() if not (name == "refusal" and value is None)}
    return Heard(model, message.get("content") or "", calls, thoughts, finish, tokens, [kept])
