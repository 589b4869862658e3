"""A test double of OpenAI's Responses API (WIRE.md section 2)."""

from typing import Any

from ..answers import encode, error_body
from ..fake_upstream import RecordedRequest
from ..json_text import read as read_json
from ..neutral import Asked, Call, Part, Result, Said, Text, Thought, Tokens, Turn
from .openai import image_at
from .vendor import INVALID, OVERLOADED, RATE_LIMITED, TOO_LONG, WRONG_KEY, Refusal, Vendor, check_members, demand, pieces

REQUEST_MEMBERS = """instructions max_output_tokens max_tool_calls temperature top_p top_logprobs tools tool_choice parallel_tool_calls
    reasoning text store previous_response_id conversation include stream stream_options background truncation metadata service_tier
    prompt prompt_cache_key prompt_cache_options prompt_cache_retention safety_identifier user context_management moderation image
    access_programs"""


def sse(value: dict) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (value["type"].encode(), encode(value))


class OpenAiResponses(Vendor):
    dialect = "openai_responses"
    key = "sk-responses-5555555555555555"
    seals_thoughts = True
    may_keep = False  # Whether clients let the vendor keep what they ask, as it does unless it is told otherwise.

    def read(self, request: RecordedRequest) -> Asked:
        demand(request.request_line == "POST /v1/responses HTTP/1.1", request.request_line)
        demand(request.headers.get("authorization") == f"Bearer {self.key}", "the key is not there")
        body = read_json(request.body)
        check_members(body, "the body", "model input", REQUEST_MEMBERS)
        demand(self.may_keep or body.get("store") is False, "the vendor would keep what was not to be kept")
        demand("include" not in body or set(body["include"]) <= {"reasoning.encrypted_content", "message.output_text.logprobs"},
               f"include {body.get('include')}")
        system, turns = self.read_input(body["input"], body.get("instructions"))
        asked = Asked(body["model"], body.get("stream") is True, turns, system)
        for tool in body.get("tools", []):
            check_members(tool, "a tool", "type name parameters", "strict description")
            demand(tool["type"] == "function", f"tool {tool}")
            asked.tools[tool["name"]] = tool["parameters"]
        choice = body.get("tool_choice", "")
        asked.tool_choice = choice["name"] if isinstance(choice, dict) else choice
        if text := body.get("text"):
            check_members(text, "text", "", "format verbosity")
            if text.get("format", {}).get("type") == "json_schema":
                check_members(text["format"], "text.format", "type name schema", "strict description")
                asked.schema = text["format"]["schema"]
        asked.output_tokens_max = body.get("max_output_tokens")
        demand(asked.output_tokens_max is None or asked.output_tokens_max >= 16, "max_output_tokens below 16")
        asked.temperature = body.get("temperature")
        asked.effort = body.get("reasoning", {}).get("effort", "")
        return asked

    def read_input(self, given: Any, instructions: str | None) -> tuple[str, list[Turn]]:
        if isinstance(given, str):
            return instructions or "", [Turn("user", (Text(given),))]
        demand(isinstance(given, list) and given, "input is no list that is not empty")
        system = [instructions] if instructions else []
        items: list[tuple[str, Part]] = []
        called: list[str] = []
        answered: list[str] = []
        thought_needs_follower = False
        for item in given:
            kind = item.get("type", "message")
            demand(not thought_needs_follower or kind in ("message", "function_call", "reasoning"), "a reasoning item without the item it led to")
            thought_needs_follower = kind == "reasoning"
            if kind == "message":
                check_members(item, "a message", "role content", "type id status phase")
                for role, part in self.read_message(item):
                    if role == "system" and not items:
                        system.append(part.text)
                    else:
                        items.append((role, part))
            elif kind == "function_call":
                check_members(item, "a call", "type call_id name arguments", "id status")
                called.append(item["call_id"])
                items.append(("assistant", Call(item["call_id"], item["name"], item["arguments"])))
            elif kind == "function_call_output":
                check_members(item, "a result", "type call_id output", "id status")
                demand(item["call_id"] in called, f"No tool call found for function call output with call_id {item['call_id']}")
                answered.append(item["call_id"])
                items.append(("tool", Result(item["call_id"], output_text(item["output"]))))
            else:
                demand(kind == "reasoning", f"item {kind!r}")
                check_members(item, "a reasoning item", "type summary encrypted_content", "id content status")
                demand(item["encrypted_content"] in self.seals, f"encrypted_content that was not made here: {item['encrypted_content']!r}")
                text = "".join(part["text"] for part in item["summary"])
                items.append(("assistant", Thought(text, item["encrypted_content"])))
        demand(not thought_needs_follower, "a reasoning item without the item it led to")
        demand(sorted(called) == sorted(answered), f"No tool output found for function calls {set(called) - set(answered)}")
        return "\n".join(system), gathered(items)

    @staticmethod
    def read_message(item: dict) -> list[tuple[str, Part]]:
        role = "system" if item["role"] == "developer" else item["role"]
        demand(role in ("system", "user", "assistant"), f"role {item['role']!r}")
        if isinstance(item["content"], str):
            return [(role, Text(item["content"]))]
        parts: list[tuple[str, Part]] = []
        for part in item["content"]:
            if part["type"] == "input_image":
                demand(role == "user", "an image that is not the user's")
                check_members(part, "an image", "type image_url", "detail")
                parts.append((role, image_at(part["image_url"])))
            else:
                demand(part["type"] == ("output_text" if role == "assistant" else "input_text"), f"a part {part['type']!r} of {role}")
                check_members(part, "a text", "type text", "annotations logprobs")
                parts.append((role, Text(part["text"])))
        return parts

    def item_of(self, said: Said) -> list[dict]:
        items: list[dict] = []
        for number, thought in enumerate(said.thoughts):
            summary = [{"type": "summary_text", "text": thought.text}] if thought.text else []
            items.append({"id": f"rs_{number}", "type": "reasoning", "summary": summary, "encrypted_content": thought.seal})
        if said.text:
            items.append({"id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
                          "content": [{"type": "output_text", "text": said.text, "annotations": [], "logprobs": []}]})
        for number, call in enumerate(said.calls):
            items.append({"id": f"fc_{number}", "type": "function_call", "call_id": call.id, "name": call.name,
                          "arguments": call.arguments, "status": "completed"})
        return items

    def response(self, status: str, output: list[dict], tokens: Tokens | None, **members: Any) -> dict:
        counts = tokens and {"input_tokens": tokens.prompt,
                             "input_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": tokens.cache_write},
                             "output_tokens": tokens.completion, "output_tokens_details": {"reasoning_tokens": tokens.reasoning},
                             "total_tokens": tokens.prompt + tokens.completion}
        return {"id": "resp_upstream_1", "object": "response", "created_at": 1_700_000_000, "status": status, "error": None,
                "incomplete_details": None, "instructions": None, "max_output_tokens": None, "model": self.model, "output": output,
                "parallel_tool_calls": True, "previous_response_id": None, "reasoning": {"effort": None, "summary": None},
                "service_tier": "default", "store": False, "temperature": 1.0, "text": {"format": {"type": "text"}},
                "tool_choice": "auto", "tools": [], "top_p": 1.0, "truncation": "disabled", "usage": counts, "metadata": {}, **members}

    def final(self, said: Said) -> dict:
        reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(said.finish_reason)
        more = {"incomplete_details": {"reason": reason}} if reason else {}
        return self.response("incomplete" if reason else "completed", self.item_of(said), said.tokens, **more)

    def answer(self, said: Said) -> Any:
        return self.final(said)

    def events(self, said: Said) -> list[bytes]:
        told: list[dict] = []

        def tell(type_: str, **members: Any) -> None:
            told.append({"type": type_, "sequence_number": len(told), **members})

        for name in ("created", "in_progress"):
            tell(f"response.{name}", response=self.response("in_progress", [], None))
        for index, item in enumerate(self.item_of(said)):
            {"message": tell_message, "function_call": tell_call, "reasoning": tell_reasoning}[item["type"]](tell, index, item)
        final = self.final(said)
        tell(f"response.{final['status']}", response=final)
        return [sse(each) for each in told]

    def refusal(self, kind: str) -> Refusal:
        status, type_, code, message = {
            TOO_LONG: (400, "invalid_request_error", "context_length_exceeded", "Your input exceeds the context window of this model."),
            RATE_LIMITED: (429, "requests", "rate_limit_exceeded", "Rate limit reached for requests"),
            WRONG_KEY: (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided"),
            OVERLOADED: (503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded"),
            INVALID: (400, "invalid_request_error", "invalid_value", "Invalid value"),
        }[kind]
        failed = self.response("failed", [], None, error={"code": code, "message": message})
        event = sse({"type": "response.failed", "sequence_number": 90, "response": failed})
        return Refusal(status, error_body(message, type_, code), event, {"Retry-After": "7"} if kind == RATE_LIMITED else {})


def tell_message(tell: Any, index: int, item: dict) -> None:
    part = item["content"][0]
    at = {"item_id": item["id"], "output_index": index, "content_index": 0}
    tell("response.output_item.added", output_index=index, item={**item, "status": "in_progress", "content": []})
    tell("response.content_part.added", **at, part={**part, "text": ""})
    for piece in pieces(part["text"]):
        tell("response.output_text.delta", **at, delta=piece, logprobs=[])
    tell("response.output_text.done", **at, text=part["text"], logprobs=[])
    tell("response.content_part.done", **at, part=part)
    tell("response.output_item.done", output_index=index, item=item)


def tell_call(tell: Any, index: int, item: dict) -> None:
    at = {"item_id": item["id"], "output_index": index}
    tell("response.output_item.added", output_index=index, item={**item, "status": "in_progress", "arguments": ""})
    for piece in pieces(item["arguments"]):
        tell("response.function_call_arguments.delta", **at, delta=piece)
    tell("response.function_call_arguments.done", **at, name=item["name"], arguments=item["arguments"])
    tell("response.output_item.done", output_index=index, item=item)


def tell_reasoning(tell: Any, index: int, item: dict) -> None:
    tell("response.output_item.added", output_index=index, item={**item, "summary": [], "encrypted_content": ""})
    for number, part in enumerate(item["summary"]):
        at = {"item_id": item["id"], "output_index": index, "summary_index": number}
        tell("response.reasoning_summary_part.added", **at, part={**part, "text": ""})
        for piece in pieces(part["text"]):
            tell("response.reasoning_summary_text.delta", **at, delta=piece)
        tell("response.reasoning_summary_text.done", **at, text=part["text"])
        tell("response.reasoning_summary_part.done", **at, part=part)
    tell("response.output_item.done", output_index=index, item=item)


def output_text(output: Any) -> str:
    if isinstance(output, str):
        return output
    for part in output:
        check_members(part, "a part of a result", "type text")
    return "".join(part["text"] for part in output)


def gathered(items: list[tuple[str, Part]]) -> list[Turn]:
    """Successive parts of one author as one turn."""
    turns: list[Turn] = []
    for role, part in items:
        if turns and turns[-1].role == role:
            turns[-1] = Turn(role, (*turns[-1].parts, part))
        else:
            turns.append(Turn(role, (part,)))
    return turns
