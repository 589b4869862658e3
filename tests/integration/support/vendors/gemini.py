"""A test double of Google's Gemini API (WIRE.md section 5.1)."""

import re
from typing import Any
from urllib.parse import unquote

from ..answers import encode
from ..fake_upstream import RecordedRequest
from ..json_text import AsWritten, write
from ..json_text import read as read_json
from ..neutral import Asked, Call, Image, Part, Result, Said, Text, Thought, Turn
from .vendor import INVALID, OVERLOADED, RATE_LIMITED, TOO_LONG, WRONG_KEY, Refusal, Vendor, check_members, demand, pieces

CONFIG_MEMBERS = """temperature topP topK candidateCount maxOutputTokens stopSequences seed presencePenalty frequencyPenalty
    responseMimeType responseSchema responseJsonSchema responseLogprobs logprobs responseModalities thinkingConfig"""
# The documented value for histories that another model made.
NO_SIGNATURE = "skip_thought_signature_validator"
FINISH_REASONS = {"stop": "STOP", "tool_calls": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY"}


class Gemini(Vendor):
    dialect = "gemini"
    key = "AIza-7777777777777777"
    prefix = "/v1beta"
    model = "gemini-2026"
    seals_calls = True
    gives_ids = True  # Older models call without ids.

    def read(self, request: RecordedRequest) -> Asked:
        line = re.fullmatch(r"POST /v1beta/models/([^/:]+):(generateContent|streamGenerateContent\?alt=sse) HTTP/1.1", request.request_line)
        demand(line, request.request_line)
        assert line
        demand(request.headers.get("x-goog-api-key") == self.key, "the key is not there")
        demand("authorization" not in request.headers, "two credentials")
        body = read_json(request.body)
        check_members(body, "the body", "contents", "systemInstruction tools toolConfig generationConfig safetySettings cachedContent")
        system = ""
        if instruction := body.get("systemInstruction"):
            check_members(instruction, "systemInstruction", "parts", "role")
            system = "\n".join(part["text"] for part in instruction["parts"])
        asked = Asked(unquote(line[1]), line[2] != "generateContent", self.read_contents(body["contents"]), system)
        for tool in body.get("tools", []):
            check_members(tool, "a tool", "functionDeclarations")
            for declared in tool["functionDeclarations"]:
                check_members(declared, "a function", "name", "description parameters parametersJsonSchema")
                demand(not {"parameters", "parametersJsonSchema"} <= set(declared), "two schemas of a function")
                asked.tools[declared["name"]] = declared.get("parametersJsonSchema", declared.get("parameters", {}))
        if config := body.get("toolConfig"):
            check_members(config, "toolConfig", "functionCallingConfig")
            calling = config["functionCallingConfig"]
            check_members(calling, "functionCallingConfig", "mode", "allowedFunctionNames")
            named = calling.get("allowedFunctionNames")
            demand(named is None or calling["mode"] in ("ANY", "VALIDATED"), "allowedFunctionNames outside mode ANY")
            asked.tool_choice = named[0] if named else {"AUTO": "auto", "ANY": "required", "NONE": "none"}[calling["mode"]]
        self.read_config(body.get("generationConfig", {}), asked)
        return asked

    @staticmethod
    def read_config(config: dict, asked: Asked) -> None:
        check_members(config, "generationConfig", "", CONFIG_MEMBERS)
        demand(not {"responseSchema", "responseJsonSchema"} <= set(config), "two schemas of the answer")
        asked.schema = config.get("responseJsonSchema", config.get("responseSchema"))
        demand(asked.schema is None or config.get("responseMimeType") == "application/json", "a schema without its media type")
        asked.output_tokens_max = config.get("maxOutputTokens")
        asked.stop = config.get("stopSequences", [])
        demand(len(asked.stop) <= 5, "more than 5 stop sequences")
        asked.temperature = config.get("temperature")
        if thinking := config.get("thinkingConfig"):
            check_members(thinking, "thinkingConfig", "", "includeThoughts thinkingBudget thinkingLevel")
            demand(not {"thinkingBudget", "thinkingLevel"} <= set(thinking), "a budget and a level")
            asked.effort = thinking.get("thinkingLevel", "").lower()

    def read_contents(self, contents: Any) -> list[Turn]:
        demand(isinstance(contents, list) and contents, "contents is no list that is not empty")
        demand(contents[0]["role"] == "user", "the first content is not the user's")
        turns: list[Turn] = []
        called: list[Call] = []
        role_before = ""
        for content in contents:
            check_members(content, "a content", "role parts")
            role, parts = content["role"], content["parts"]
            demand(role in ("user", "model") and role != role_before, f"role {role!r} after {role_before!r}")
            role_before = role
            demand(isinstance(parts, list) and parts, "a content without parts")
            if role == "model":
                said = self.read_said(parts)
                called = [part for part in said if isinstance(part, Call)]
                turns.append(Turn("assistant", tuple(said)))
                continue
            answers = [part for part in parts if "functionResponse" in part]
            demand(len(answers) == len(called), f"{len(answers)} function responses to {len(called)} function calls")
            if answers:
                demand(answers == parts[:len(answers)], "function responses are not first")
                turns.append(Turn("tool", tuple(read_response(part["functionResponse"], call) for part, call in zip(answers, called))))
            called = []
            if others := parts[len(answers):]:
                turns.append(Turn("user", tuple(read_part(part) for part in others)))
        demand(not called, "function calls without function responses")
        return turns

    def read_said(self, parts: list[dict]) -> list[Part]:
        said: list[Part] = []
        for part in parts:
            seal = part.get("thoughtSignature", "")
            demand(not seal or seal == NO_SIGNATURE or seal in self.seals, f"a thoughtSignature that was not made here: {seal!r}")
            if "functionCall" not in part:
                check_members(part, "a part", "text", "thought thoughtSignature")
                said.append(Thought(part["text"], seal) if part.get("thought") else Text(part["text"]))
                continue
            check_members(part, "a part", "functionCall", "thoughtSignature")
            call = part["functionCall"]
            check_members(call, "functionCall", "name args", "id")
            demand(isinstance(call["args"], dict), "args are no object")
            first = not any(isinstance(each, Call) for each in said)
            demand(seal or not first, f"Function call `{call['name']}` is missing a thought_signature")
            said.append(Call(call.get("id", ""), call["name"], call["args"].text, "" if seal == NO_SIGNATURE else seal))
        return said

    def parts(self, said: Said) -> list[dict]:
        parts: list[dict] = [{"text": thought.text, "thought": True} for thought in said.thoughts]
        if said.text:
            parts.append({"text": said.text})
        for call in said.calls:
            given = {"id": call.id} if self.gives_ids else {}
            part: dict = {"functionCall": {**given, "name": call.name, "args": AsWritten(call.arguments)}}
            if call.seal:
                part["thoughtSignature"] = call.seal
            parts.append(part)
        return parts

    def chunk(self, parts: list[dict], said: Said, finish: str | None) -> dict:
        tokens = said.tokens
        counts = {"promptTokenCount": tokens.prompt, "candidatesTokenCount": tokens.completion - tokens.reasoning,
                  "totalTokenCount": tokens.prompt + tokens.completion}
        if tokens.cached:
            counts["cachedContentTokenCount"] = tokens.cached
        if tokens.reasoning:
            counts["thoughtsTokenCount"] = tokens.reasoning
        candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
        if finish:
            candidate["finishReason"] = finish
        return {"candidates": [candidate], "usageMetadata": counts, "modelVersion": self.model, "responseId": "gem-upstream-1"}

    def answer(self, said: Said) -> Any:
        return self.chunk(self.parts(said), said, FINISH_REASONS[said.finish_reason])

    def events(self, said: Said) -> list[bytes]:
        told: list[list[dict]] = []
        for part in self.parts(said):
            told += [[{**part, "text": piece}] for piece in pieces(part["text"])] if "text" in part else [[part]]
        told.append([{"text": ""}])
        chunks = [self.chunk(parts, said, FINISH_REASONS[said.finish_reason] if parts is told[-1] else None) for parts in told]
        return [b"data: " + write(each) + b"\r\n\r\n" for each in chunks]

    def refusal(self, kind: str) -> Refusal:
        status, name, message = {
            TOO_LONG: (400, "INVALID_ARGUMENT", "The input token count (2000) exceeds the maximum number of tokens allowed (1000)."),
            RATE_LIMITED: (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota"),
            WRONG_KEY: (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
            OVERLOADED: (503, "UNAVAILABLE", "The model is overloaded. Please try again later."),
            INVALID: (400, "INVALID_ARGUMENT", "Invalid value at 'contents'"),
        }[kind]
        error: dict[str, Any] = {"code": status, "message": message, "status": name}
        if kind == RATE_LIMITED:
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}]
        if kind == WRONG_KEY:
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
        return Refusal(status, {"error": error}, b"data: " + encode({"error": error}) + b"\r\n\r\n")


def read_response(response: dict, call: Call) -> Result:
    check_members(response, "functionResponse", "name response", "id parts")
    demand(response["name"] == call.name, f"the call of {call.name} is answered for {response['name']}")
    demand(response.get("id", "") in ("", call.id), f"the call {call.id} is answered for {response.get('id')}")
    demand(isinstance(response["response"], dict), "response is no object")
    values = list(response["response"].values())
    return Result(call.id, values[0] if len(values) == 1 and isinstance(values[0], str) else response["response"].text)


def read_part(part: dict) -> Part:
    if "inlineData" in part:
        check_members(part, "a part", "inlineData")
        check_members(part["inlineData"], "inlineData", "mimeType data")
        return Image(part["inlineData"]["mimeType"], part["inlineData"]["data"])
    if "fileData" in part:
        check_members(part, "a part", "fileData")
        check_members(part["fileData"], "fileData", "fileUri", "mimeType")
        return Image(part["fileData"].get("mimeType", ""), url=part["fileData"]["fileUri"])
    check_members(part, "a part", "text")
    return Text(part["text"])
