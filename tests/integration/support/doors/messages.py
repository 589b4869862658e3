"""A client of `/v1/messages`."""

from typing import Any

from .. import json_text
from ..neutral import Call, Image, Result, Text, Thought, Tokens, Turn
from ..raw_client import Response
from .door import Door, Event, Heard, Question, disclosed, events_of, parts_of

FINISH = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length", "tool_use": "tool_calls", "refusal": "content_filter"}


class MessagesDoor(Door):
    name = "messages"
    path = "/v1/messages"
    native = "anthropic"

    def headers(self) -> dict[str, str]:
        return {"anthropic-version": "2023-06-01"}

    def write(self, question: Question, model: str) -> dict:
        messages: list[dict] = []
        for turn in question.history:
            message = {"role": "assistant", "content": turn.items} if isinstance(turn, Heard) else write_turn(turn)
            if messages and messages[-1]["role"] == message["role"]:
                messages[-1]["content"] = [*messages[-1]["content"], *message["content"]]
            else:
                messages.append(message)
        body: dict[str, Any] = {"model": model, "max_tokens": question.output_tokens_max or 200, "messages": messages}
        if question.system:
            body["system"] = [{"type": "text", "text": question.system}]
        if question.tools:
            body["tools"] = [{"name": name, "input_schema": schema} for name, schema in question.tools.items()]
        if question.tool_choice:
            kind = {"auto": "auto", "required": "any", "none": "none"}.get(question.tool_choice)
            body["tool_choice"] = {"type": kind} if kind else {"type": "tool", "name": question.tool_choice}
        if question.schema:
            body["output_config"] = {"format": {"type": "json_schema", "schema": question.schema}}
        if question.effort:
            body["thinking"] = {"type": "adaptive"}
            body.setdefault("output_config", {})["effort"] = question.effort
        if question.stop:
            body["stop_sequences"] = question.stop
        return body

    def hear(self, response: Response, stream: bool) -> Heard:
        if not stream and response.status == 200:
            return self.hear_whole(json_text.read(response.body))
        return super().hear(response, stream)

    def hear_whole(self, body: dict) -> Heard:
        assert body["type"] == "message" and body["role"] == "assistant" and body["id"], body
        assert {"model", "content", "stop_reason", "stop_sequence", "usage"} <= set(body), body
        blocks = [dict(block) for block in body["content"]]
        calls = []
        for block in blocks:
            if block["type"] == "tool_use":
                calls.append(Call(block["id"], block["name"], block["input"].text))
                block["input"] = json_text.AsWritten(block["input"].text)
        return heard(body, blocks, calls)

    def hear_stream(self, body: bytes) -> Heard:
        comments: list[str] = []
        events = events_of(body, comments)
        assert events[0].name == "message_start" and events[-1].name == "message_stop", [event.name for event in events]
        message = events[0].json["message"]
        assert message["content"] == [] and message["stop_reason"] is None, message
        end, = [event.json for event in events if event.name == "message_delta"]
        assert [event.name for event in events[-2:]] == ["message_delta", "message_stop"]
        blocks, calls = read_blocks([event for event in events[1:-2] if event.name != "ping"])
        usage = {**message["usage"], **{name: value for name, value in end["usage"].items() if value is not None}}
        told = heard({**message, **end["delta"], "usage": usage}, blocks, calls)
        found = [event.json["tierway"] for event in events if "tierway" in event.json]
        assert len(found) <= 1, found
        told.disclosure = disclosed(comments, found[0] if found else None)
        return told

    def error(self, response: Response) -> dict:
        assert response.headers["content-type"].startswith("application/json"), response.headers
        assert response.headers["request-id"] == response.headers["x-request-id"]
        body = response.json()
        assert body["type"] == "error" and body["request_id"] == response.headers["request-id"], body
        assert body["error"]["type"] and body["error"]["message"], body
        return body["error"]

    def error_in(self, body: bytes) -> dict:
        events = events_of(body)
        assert events[-1].name == "error" and "message_stop" not in [event.name for event in events], events
        text = "".join(event.json["delta"].get("text", "") for event in events if event.name == "content_block_delta")
        return {**events[-1].json["error"], "text": text}


def write_turn(turn: Turn) -> dict:
    if turn.role == "tool":
        content = [{"type": "tool_result", "tool_use_id": each.id, "content": each.text} for each in parts_of(turn, Result)]
        return {"role": "user", "content": content}
    blocks: list[dict] = []
    for part in turn.parts:
        if isinstance(part, Text):
            blocks.append({"type": "text", "text": part.text})
        elif isinstance(part, Image) and part.url:
            blocks.append({"type": "image", "source": {"type": "url", "url": part.url}})
        elif isinstance(part, Image):
            blocks.append({"type": "image", "source": {"type": "base64", "media_type": part.media_type, "data": part.data}})
        elif isinstance(part, Call):
            blocks.append({"type": "tool_use", "id": part.id, "name": part.name, "input": json_text.AsWritten(part.arguments)})
    return {"role": turn.role, "content": blocks}


def read_blocks(events: list[Event]) -> tuple[list[dict], list[Call]]:
    """Blocks come one after the other: start, deltas, stop."""
    blocks: list[dict] = []
    calls: list[Call] = []
    arguments: str | None = None
    is_open = False
    for event in events:
        json = event.json
        if event.name == "content_block_start":
            assert not is_open and json["index"] == len(blocks), event
            is_open, arguments = True, ""
            blocks.append(json["content_block"])
            if blocks[-1]["type"] == "tool_use":
                assert blocks[-1]["input"] == {}, event
        elif event.name == "content_block_stop":
            assert is_open and json["index"] == len(blocks) - 1, event
            is_open = False
            if blocks[-1]["type"] == "tool_use":
                arguments = arguments or "{}"
                calls.append(Call(blocks[-1]["id"], blocks[-1]["name"], arguments))
                blocks[-1]["input"] = json_text.AsWritten(arguments)
        else:
            assert event.name == "content_block_delta" and is_open and json["index"] == len(blocks) - 1, event
            delta = json["delta"]
            kind = delta["type"]
            if kind == "input_json_delta":
                arguments = (arguments or "") + delta["partial_json"]
            else:
                name = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}[kind]
                blocks[-1][name] = blocks[-1].get(name, "") + delta[name]
    assert not is_open, "a block was not stopped"
    return blocks, calls


def heard(body: dict, blocks: list[dict], calls: list[Call]) -> Heard:
    usage = body["usage"]
    cached, written = usage.get("cache_read_input_tokens") or 0, usage.get("cache_creation_input_tokens") or 0
    tokens = Tokens(usage["input_tokens"] + cached + written, usage["output_tokens"], cached, written,
                    (usage.get("output_tokens_details") or {}).get("thinking_tokens", 0))
    thoughts = [Thought(block.get("thinking", ""), block.get("signature", block.get("data", "")), block["type"] == "redacted_thinking")
                for block in blocks if block["type"] in ("thinking", "redacted_thinking")]
    text = "".join(block["text"] for block in blocks if block["type"] == "text")
    return Heard(body["model"], text, calls, thoughts, FINISH[body["stop_reason"]], tokens, blocks)
