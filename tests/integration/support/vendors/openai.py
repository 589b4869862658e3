"""A test double of OpenAI's Chat Completions API (WIRE.md section 1), and of DeepSeek's, which wants its thoughts back (5.4)."""

from typing import Any

from ..answers import answer as chat_answer
from ..answers import chunk, error_body, event, usage
from ..fake_upstream import RecordedRequest
from ..json_text import read as read_json
from ..neutral import Asked, Call, Image, Part, Result, Said, Text, Thought, Tokens, Turn
from .vendor import INVALID, OVERLOADED, RATE_LIMITED, TOO_LONG, WRONG_KEY, Refusal, Vendor, check_members, demand, pieces

REQUEST_MEMBERS = """max_completion_tokens max_tokens temperature top_p presence_penalty frequency_penalty n stop seed logit_bias logprobs
    top_logprobs stream stream_options response_format tools tool_choice parallel_tool_calls reasoning_effort verbosity service_tier
    store metadata prompt_cache_key prompt_cache_retention prompt_cache_options safety_identifier user modalities audio prediction
    web_search_options moderation"""


def used(tokens: Tokens) -> dict:
    return usage(tokens.prompt, tokens.completion, tokens.cached, tokens.cache_write, tokens.reasoning)


class OpenAi(Vendor):
    dialect = "openai"
    key = "sk-openai-3333333333333333"
    assistant_members = ""  # Beside those that the API has.

    def read(self, request: RecordedRequest) -> Asked:
        self.check_address(request)
        body = read_json(request.body)
        check_members(body, "the body", "model messages", REQUEST_MEMBERS)
        demand("max_tokens" not in body or "max_completion_tokens" not in body, "two limits of the answer's length")
        demand("stream_options" not in body or body.get("stream"), "stream_options without stream")
        demand("tools" in body or not {"tool_choice", "parallel_tool_calls"} & set(body), "tool_choice without tools")
        system, turns = read_messages(body["messages"], self.assistant_members)
        asked = Asked(body["model"], body.get("stream") is True, turns, system)
        for tool in body.get("tools", []):
            check_members(tool, "a tool", "type function")
            check_members(tool["function"], "a function", "name", "description parameters strict")
            asked.tools[tool["function"]["name"]] = tool["function"].get("parameters", {})
        asked.tool_choice = read_tool_choice(body.get("tool_choice", ""))
        if form := body.get("response_format"):
            asked.schema = read_format(form)
        asked.output_tokens_max = body.get("max_completion_tokens", body.get("max_tokens"))
        stop = body.get("stop", [])
        asked.stop = [stop] if isinstance(stop, str) else stop
        demand(len(asked.stop) <= 4, "more than 4 stop sequences")
        asked.temperature = body.get("temperature")
        asked.effort = body.get("reasoning_effort", "")
        demand(not asked.stream or body.get("stream_options", {}).get("include_usage") is True, "nobody could meter this stream")
        return asked

    def check_address(self, request: RecordedRequest) -> None:
        demand(request.request_line == f"POST {self.prefix}/chat/completions HTTP/1.1", request.request_line)
        demand(request.headers.get("authorization") == f"Bearer {self.key}", "the key is not there")

    def answer(self, said: Said) -> Any:
        message: dict[str, Any] = {}
        if said.calls:
            message["tool_calls"] = [{"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
                                     for call in said.calls]
        if said.thoughts:
            message["reasoning_content"] = "".join(thought.text for thought in said.thoughts)
        return chat_answer(said.text or None, self.model, used(said.tokens), said.finish_reason, message=message)

    def chunks(self, said: Said) -> list[dict]:
        told = [chunk({"role": "assistant", "content": ""}, model=self.model)]
        for thought in said.thoughts:
            told += [chunk({"reasoning_content": piece}, model=self.model) for piece in pieces(thought.text)]
        told += [chunk({"content": piece}, model=self.model) for piece in pieces(said.text)]
        for index, call in enumerate(said.calls):
            told.append(chunk({"tool_calls": [{"index": index, "id": call.id, "type": "function",
                                               "function": {"name": call.name, "arguments": ""}}]}, model=self.model))
            told += [chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}, model=self.model)
                     for piece in pieces(call.arguments)]
        told.append(chunk({}, said.finish_reason, model=self.model))
        told.append(chunk(choices=[], usage=used(said.tokens), model=self.model))
        return told

    def events(self, said: Said) -> list[bytes]:
        return [*(event(each) for each in self.chunks(said)), event(b"[DONE]")]

    def refusal(self, kind: str) -> Refusal:
        status, type_, code, message = {
            TOO_LONG: (400, "invalid_request_error", "context_length_exceeded", "This model's maximum context length is 1000 tokens."),
            RATE_LIMITED: (429, "requests", "rate_limit_exceeded", "Rate limit reached for requests"),
            WRONG_KEY: (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided"),
            OVERLOADED: (503, "service_unavailable_error", "server_is_overloaded", "The server is overloaded"),
            INVALID: (400, "invalid_request_error", "invalid_value", "Invalid value"),
        }[kind]
        body = error_body(message, type_, code)
        return Refusal(status, body, event(body), {"Retry-After": "7"} if kind == RATE_LIMITED else {})


class DeepSeek(OpenAi):
    key = "sk-deepseek-0000000000000000"
    settings = {"compatible_with": "deepseek"}
    assistant_members = "reasoning_content"

    def read(self, request: RecordedRequest) -> Asked:
        asked = super().read(request)
        for message in request.json()["messages"]:
            demand("reasoning_content" in message or not message.get("tool_calls"),
                   "The reasoning_content in the thinking mode must be passed back to the API.")
        return asked


def read_tool_choice(choice: Any) -> str:
    if isinstance(choice, dict):
        check_members(choice, "tool_choice", "type function")
        return choice["function"]["name"]
    demand(choice in ("", "none", "auto", "required"), f"tool_choice {choice!r}")
    return choice


def read_format(form: dict) -> Any:
    if form["type"] != "json_schema":
        return None
    check_members(form, "response_format", "type json_schema")
    check_members(form["json_schema"], "json_schema", "name schema", "description strict")
    return form["json_schema"]["schema"]


def read_messages(messages: Any, assistant_members: str) -> tuple[str, list[Turn]]:
    """The leading instructions, and the turns after them. Each call is answered at once, and nothing answers what was not called."""
    demand(isinstance(messages, list) and messages, "messages is no list that is not empty")
    system: list[str] = []
    turns: list[Turn] = []
    open_calls: list[str] = []
    for message in messages:
        role = message.get("role")
        demand(not open_calls or role == "tool", f"the calls {open_calls} are not answered")
        if role == "tool":
            check_members(message, "a tool's message", "role tool_call_id content", "name")
            demand(message["tool_call_id"] in open_calls, f"a result of a call that is not open: {message['tool_call_id']}")
            open_calls.remove(message["tool_call_id"])
            told = Result(message["tool_call_id"], text_of(message["content"]))
            if turns and turns[-1].role == "tool":
                turns[-1] = Turn("tool", (*turns[-1].parts, told))
            else:
                turns.append(Turn("tool", (told,)))
        elif role == "assistant":
            turn = read_assistant(message, assistant_members)
            open_calls = [part.id for part in turn.parts if isinstance(part, Call)]
            turns.append(turn)
        elif role in ("system", "developer"):
            check_members(message, "a system message", "role content", "name")
            if turns:
                turns.append(Turn("system", (Text(text_of(message["content"])),)))
            else:
                system.append(text_of(message["content"]))
        else:
            demand(role == "user", f"role {role!r}")
            check_members(message, "a user's message", "role content", "name")
            turns.append(Turn("user", tuple(read_content(message["content"]))))
    demand(not open_calls, f"the calls {open_calls} are not answered")
    return "\n".join(system), turns


def text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    for part in content:
        check_members(part, "a text part", "type text")
    return "".join(part["text"] for part in content)


def read_content(content: Any) -> list[Part]:
    if isinstance(content, str):
        return [Text(content)]
    demand(isinstance(content, list) and content, "content holds nothing")
    parts: list[Part] = []
    for part in content:
        if part["type"] == "text":
            check_members(part, "a text part", "type text")
            parts.append(Text(part["text"]))
        else:
            demand(part["type"] == "image_url", f"part {part['type']!r}")
            check_members(part, "an image part", "type image_url")
            check_members(part["image_url"], "image_url", "url", "detail")
            parts.append(image_at(part["image_url"]["url"]))
    return parts


def image_at(url: str) -> Image:
    if url.startswith("data:"):
        media_type, _, data = url.removeprefix("data:").partition(";base64,")
        return Image(media_type, data)
    demand(url.startswith("https://"), f"neither data nor https: {url[:40]}")
    return Image(url=url)


def read_assistant(message: dict, further_members: str) -> Turn:
    check_members(message, "an assistant's message", "role", f"content refusal tool_calls name {further_members}")
    parts: list[Part] = []
    if message.get("reasoning_content"):
        parts.append(Thought(message["reasoning_content"]))
    if message.get("content"):
        parts.append(Text(text_of(message["content"])))
    for call in message.get("tool_calls") or []:
        check_members(call, "a call", "id type function")
        demand(call["type"] == "function" and call["id"], f"call {call}")
        check_members(call["function"], "a call's function", "name arguments")
        demand(isinstance(call["function"]["arguments"], str), "arguments are no string")
        parts.append(Call(call["id"], call["function"]["name"], call["function"]["arguments"]))
    demand(parts or message.get("content") == "", "an assistant's message says nothing")
    return Turn("assistant", tuple(parts))
