"""A test double of Anthropic's Messages API (WIRE.md section 4)."""

import re
from typing import Any

from ..answers import encode
from ..fake_upstream import RecordedRequest
from ..json_text import AsWritten, write
from ..json_text import read as read_json
from ..neutral import Asked, Call, Image, Part, Result, Said, Text, Thought, Tokens, Turn
from .vendor import (INVALID, OVERLOADED, RATE_LIMITED, TOO_LONG, WRONG_KEY, Refusal, Vendor, check_members, check_schema, check_text,
                     demand, pieces)

REQUEST_MEMBERS = """system stream stop_sequences tools tool_choice thinking output_config metadata service_tier speed cache_control
    container inference_geo diagnostics temperature top_p top_k"""
IMAGES = ("image/jpeg", "image/png", "image/gif", "image/webp")
STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "refusal"}


def sse(value: dict) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (value["type"].encode(), write(value))


class Anthropic(Vendor):
    dialect = "anthropic"
    key = "sk-ant-6666666666666666"
    prefix = ""
    model = "claude-2026"
    seals_thoughts = True
    seals_hidden = True

    def head(self) -> dict[str, str]:
        return {"request-id": "req_upstream", "anthropic-ratelimit-requests-remaining": "99"}

    def read(self, request: RecordedRequest) -> Asked:
        demand(re.fullmatch(r"POST /v1/messages(\?beta=true)? HTTP/1.1", request.request_line), request.request_line)
        demand(request.headers.get("x-api-key") == self.key, "the key is not there")
        demand("authorization" not in request.headers, "two credentials")
        version = request.headers.get("anthropic-version")
        demand(version in ("2023-06-01", "2026-10-21"), f"anthropic-version {version!r}")
        body = read_json(request.body)
        # Only a client of this dialect knows what is new; it says so by anthropic-beta.
        unknown = " ".join(body) if "anthropic-beta" in request.headers else ""
        check_members(body, "the body", "model max_tokens messages", f"{REQUEST_MEMBERS} {unknown}")
        demand(isinstance(body["max_tokens"], int) and body["max_tokens"] >= 1, f"max_tokens {body['max_tokens']!r}")
        asked = Asked(body["model"], body.get("stream") is True, self.read_messages(body["messages"]), system_of(body.get("system", "")))
        for tool in body.get("tools", []):
            check_members(tool, "a tool", "name input_schema", "description strict cache_control type eager_input_streaming defer_loading")
            asked.tools[tool["name"]] = check_schema(tool["input_schema"], "input_schema")
        if choice := body.get("tool_choice"):
            demand("tools" in body, "tool_choice without tools")
            check_members(choice, "tool_choice", "type", "name disable_parallel_tool_use")
            asked.tool_choice = choice.get("name") or {"auto": "auto", "any": "required", "none": "none"}[choice["type"]]
        if config := body.get("output_config"):
            check_members(config, "output_config", "", "effort format")
            asked.effort = config.get("effort", "")
            if form := config.get("format"):
                check_members(form, "output_config.format", "type schema")
                asked.schema = form["schema"]
        self.check_thinking(body)
        asked.output_tokens_max = body["max_tokens"]
        asked.stop = body.get("stop_sequences", [])
        demand(all(text.strip() for text in asked.stop), "a stop sequence of white space")
        asked.temperature = body.get("temperature")
        demand(version != "2026-10-21" or not {"temperature", "top_p", "top_k"} & set(body), "sampling parameters in this version")
        return asked

    @staticmethod
    def check_thinking(body: dict) -> None:
        thinking = body.get("thinking", {"type": "disabled"})
        if thinking["type"] == "enabled":
            check_members(thinking, "thinking", "type budget_tokens", "display")
            demand(1024 <= thinking["budget_tokens"] < body["max_tokens"], f"budget_tokens {thinking['budget_tokens']}")
        if thinking["type"] in ("enabled", "adaptive"):
            demand(body.get("temperature", 1) == 1 and "top_k" not in body, "sampling parameters with thinking")
            demand(body.get("tool_choice", {}).get("type") not in ("any", "tool"), "a forced call with thinking")

    def read_messages(self, messages: Any) -> list[Turn]:
        demand(isinstance(messages, list) and messages, "messages is no list that is not empty")
        demand(messages[0]["role"] == "user", "the first message is not the user's")
        turns: list[Turn] = []
        open_calls: list[str] = []
        role_before = ""
        for message in messages:
            check_members(message, "a message", "role content")
            role, content = message["role"], message["content"]
            demand(role in ("user", "assistant"), f"role {role!r}")
            demand(role != role_before, f"two messages of {role} in a row")
            role_before = role
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            demand(isinstance(blocks, list) and blocks, "a message without content")
            if role == "assistant":
                demand(not open_calls, f"tool_use ids without tool_result: {open_calls}")
                parts = tuple(self.read_said(block) for block in blocks)
                open_calls = [part.id for part in parts if isinstance(part, Call)]
                turns.append(Turn("assistant", parts))
                continue
            told = [block for block in blocks if block["type"] == "tool_result"]
            demand(blocks[:len(told)] == told, "results of tools are not first")
            demand(sorted(block["tool_use_id"] for block in told) == sorted(open_calls),
                   f"the calls {open_calls} are answered by {[block['tool_use_id'] for block in told]}")
            open_calls = []
            if told:
                turns.append(Turn("tool", tuple(read_result(block) for block in told)))
            if blocks[len(told):]:
                turns.append(Turn("user", tuple(read_block(block) for block in blocks[len(told):])))
        demand(not open_calls, f"tool_use ids without tool_result: {open_calls}")
        return turns

    def read_said(self, block: dict) -> Part:
        if block["type"] == "tool_use":
            check_members(block, "tool_use", "type id name input", "cache_control")
            demand(re.fullmatch(r"[a-zA-Z0-9_-]+", block["id"]), f"tool_use id {block['id']!r}")
            demand(isinstance(block["input"], dict), "input is no object")
            return Call(block["id"], block["name"], block["input"].text)
        if block["type"] == "thinking":
            check_members(block, "thinking", "type thinking signature")
            demand(block["signature"] in self.seals, f"Invalid signature in thinking block: {block['signature']!r}")
            return Thought(block["thinking"], block["signature"])
        if block["type"] == "redacted_thinking":
            check_members(block, "redacted_thinking", "type data")
            demand(block["data"] in self.seals, f"Invalid data in redacted_thinking block: {block['data']!r}")
            return Thought("", block["data"], hidden=True)
        return read_block(block)

    def message(self, content: list[dict], stop_reason: str | None, tokens: Tokens, completion: int) -> dict:
        return {"id": "msg_upstream_1", "type": "message", "role": "assistant", "model": self.model, "content": content,
                "stop_reason": stop_reason, "stop_sequence": None, "usage": self.counts(tokens, completion)}

    @staticmethod
    def counts(tokens: Tokens, completion: int) -> dict:
        return {"input_tokens": tokens.prompt - tokens.cached - tokens.cache_write, "cache_creation_input_tokens": tokens.cache_write,
                "cache_read_input_tokens": tokens.cached, "output_tokens": completion,
                "output_tokens_details": {"thinking_tokens": tokens.reasoning}, "service_tier": "standard"}

    @staticmethod
    def blocks(said: Said) -> list[dict]:
        thoughts = [{"type": "redacted_thinking", "data": thought.seal} if thought.hidden else
                    {"type": "thinking", "thinking": thought.text, "signature": thought.seal} for thought in said.thoughts]
        text = [{"type": "text", "text": said.text}] if said.text else []
        calls = [{"type": "tool_use", "id": call.id, "name": call.name, "input": AsWritten(call.arguments)} for call in said.calls]
        return [*thoughts, *text, *calls]

    def answer(self, said: Said) -> Any:
        return self.message(self.blocks(said), STOP_REASONS[said.finish_reason], said.tokens, said.tokens.completion)

    def events(self, said: Said) -> list[bytes]:
        told = [{"type": "message_start", "message": self.message([], None, said.tokens, 1)}, {"type": "ping"}]
        for index, block in enumerate(self.blocks(said)):
            told += [{**each, "index": index} for each in block_events(block)]
        told.append({"type": "message_delta", "delta": {"stop_reason": STOP_REASONS[said.finish_reason], "stop_sequence": None},
                     "usage": {"output_tokens": said.tokens.completion,
                               "output_tokens_details": {"thinking_tokens": said.tokens.reasoning}}})
        told.append({"type": "message_stop"})
        return [sse(each) for each in told]

    def refusal(self, kind: str) -> Refusal:
        status, type_, message = {
            TOO_LONG: (400, "invalid_request_error", "prompt is too long: 2000 tokens > 1000 maximum"),
            RATE_LIMITED: (429, "rate_limit_error", "This request would exceed your rate limit"),
            WRONG_KEY: (401, "authentication_error", "invalid x-api-key"),
            OVERLOADED: (529, "overloaded_error", "Overloaded"),
            INVALID: (400, "invalid_request_error", "messages: Invalid value"),
        }[kind]
        body = {"type": "error", "error": {"type": type_, "message": message}, "request_id": "req_upstream"}
        return Refusal(status, body, b"event: error\ndata: " + encode(body) + b"\n\n", {"retry-after": "7"} if kind == RATE_LIMITED else {})


def block_events(block: dict) -> list[dict]:
    if block["type"] == "text":
        start, deltas = {**block, "text": ""}, [{"type": "text_delta", "text": piece} for piece in pieces(block["text"])]
    elif block["type"] == "thinking":
        start = {**block, "thinking": "", "signature": ""}
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(block["thinking"])]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    elif block["type"] == "tool_use":
        start = {**block, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *pieces(block["input"].text)]]
    else:
        start, deltas = block, []
    return [{"type": "content_block_start", "content_block": start},
            *({"type": "content_block_delta", "delta": delta} for delta in deltas), {"type": "content_block_stop"}]


def system_of(system: Any) -> str:
    if isinstance(system, str):
        return system
    for block in system:
        check_members(block, "a system block", "type text", "cache_control")
        check_text(block["text"], "a system block's text")
    return "\n".join(block["text"] for block in system)


def read_result(block: dict) -> Result:
    check_members(block, "tool_result", "type tool_use_id", "content is_error cache_control")
    content = block.get("content", "")
    if isinstance(content, list):
        for part in content:
            check_members(part, "a part of a result", "type text", "cache_control")
        content = "".join(part["text"] for part in content)
    return Result(block["tool_use_id"], content)


def read_block(block: dict) -> Part:
    if block["type"] == "text":
        check_members(block, "a text block", "type text", "cache_control citations")
        return Text(check_text(block["text"], "a text block's text"))
    demand(block["type"] == "image", f"block {block['type']!r}")
    check_members(block, "an image", "type source", "cache_control")
    source = block["source"]
    if source["type"] == "url":
        check_members(source, "an image's source", "type url")
        return Image(url=source["url"])
    check_members(source, "an image's source", "type media_type data")
    demand(source["type"] == "base64" and source["media_type"] in IMAGES, f"source {source}")
    return Image(source["media_type"], source["data"])
