"""A test double of AWS Bedrock's Converse API (WIRE.md section 5.3)."""

import re
from typing import Any
from urllib.parse import unquote

from ..fake_upstream import RecordedRequest
from ..json_text import AsWritten
from ..json_text import read as read_json
from ..neutral import Asked, Call, Image, Part, Result, Said, Text, Thought, Turn
from . import event_stream
from .signature import check_signature
from .vendor import INVALID, OVERLOADED, RATE_LIMITED, TOO_LONG, WRONG_KEY, Refusal, Vendor, check_members, check_text, demand, pieces

REQUEST_MEMBERS = """system inferenceConfig toolConfig additionalModelRequestFields outputConfig serviceTier performanceConfig
    guardrailConfig requestMetadata additionalModelResponseFieldPaths promptVariables"""
STOP_REASONS = {"stop": "end_turn", "length": "max_tokens", "tool_calls": "tool_use", "content_filter": "content_filtered"}


class Bedrock(Vendor):
    dialect = "bedrock"
    key = "bedrock-8888888888888888"
    prefix = ""
    model = "anthropic.claude-2026-v1:0"
    content_type = "application/vnd.amazon.eventstream"
    seals_thoughts = True
    seals_hidden = True

    def read(self, request: RecordedRequest) -> Asked:
        line = re.fullmatch(r"POST /model/([A-Za-z0-9._~%-]+)/(converse|converse-stream) HTTP/1.1", request.request_line)
        demand(line, request.request_line)
        assert line
        self.check_credentials(request)
        body = read_json(request.body)
        check_members(body, "the body", "messages", REQUEST_MEMBERS)
        asked = Asked(unquote(line[1]), line[2] == "converse-stream", self.read_messages(body["messages"]))
        for block in body.get("system", []):
            if "cachePoint" not in block:
                check_members(block, "a system block", "text")
        asked.system = "\n".join(check_text(block["text"], "a system block's text") for block in body.get("system", []) if "text" in block)
        has_tools = any(isinstance(part, (Call, Result)) for turn in asked.turns for part in turn.parts)
        demand(not has_tools or "toolConfig" in body, "The toolConfig field must be defined when using toolUse and toolResult content blocks.")
        if config := body.get("toolConfig"):
            read_tools(config, asked)
        config = body.get("inferenceConfig", {})
        check_members(config, "inferenceConfig", "", "maxTokens temperature topP stopSequences")
        asked.output_tokens_max = config.get("maxTokens")
        asked.stop = config.get("stopSequences", [])
        asked.temperature = config.get("temperature")
        output = body.get("outputConfig", {})
        check_members(output, "outputConfig", "", "effort textFormat")
        asked.effort = output.get("effort", "")
        if form := output.get("textFormat"):
            check_members(form, "textFormat", "type structure")
            asked.schema = read_json(form["structure"]["jsonSchema"]["schema"])
        return asked

    def check_credentials(self, request: RecordedRequest) -> None:
        demand(request.headers.get("authorization") == f"Bearer {self.key}", "the key is not there")

    def read_messages(self, messages: Any) -> list[Turn]:
        demand(isinstance(messages, list) and messages, "messages is no list that is not empty")
        turns: list[Turn] = []
        open_calls: list[str] = []
        role_before = "assistant"
        for message in messages:
            check_members(message, "a message", "role content")
            role, blocks = message["role"], message["content"]
            demand(role in ("user", "assistant") and role != role_before, f"role {role!r} after {role_before!r}")
            role_before = role
            demand(isinstance(blocks, list) and blocks, "a message without content")
            blocks = [block for block in blocks if "cachePoint" not in block]
            if role == "assistant":
                parts = tuple(self.read_said(block) for block in blocks)
                open_calls = [part.id for part in parts if isinstance(part, Call)]
                turns.append(Turn("assistant", parts))
                continue
            told = [block["toolResult"] for block in blocks if "toolResult" in block]
            demand(sorted(each["toolUseId"] for each in told) == sorted(open_calls),
                   f"the calls {open_calls} are answered by {[each['toolUseId'] for each in told]}")
            open_calls = []
            if told:
                demand(all("toolResult" in block for block in blocks[:len(told)]), "results of tools are not first")
                turns.append(Turn("tool", tuple(read_result(each) for each in told)))
            if blocks[len(told):]:
                turns.append(Turn("user", tuple(read_block(block) for block in blocks[len(told):])))
        demand(not open_calls, f"toolUse blocks without toolResult: {open_calls}")
        return turns

    def read_said(self, block: dict) -> Part:
        if "toolUse" in block:
            check_members(block, "a block", "toolUse")
            used = block["toolUse"]
            check_members(used, "toolUse", "toolUseId name input")
            demand(re.fullmatch(r"[a-zA-Z0-9_.:-]{1,64}", used["toolUseId"]), f"toolUseId {used['toolUseId']!r}")
            demand(isinstance(used["input"], dict), "input is no object")
            return Call(used["toolUseId"], used["name"], used["input"].text)
        if "reasoningContent" in block:
            check_members(block, "a block", "reasoningContent")
            inner = block["reasoningContent"]
            if "redactedContent" in inner:
                check_members(inner, "reasoningContent", "redactedContent")
                demand(inner["redactedContent"] in self.seals, f"redactedContent that was not made here: {inner['redactedContent']!r}")
                return Thought("", inner["redactedContent"], hidden=True)
            check_members(inner, "reasoningContent", "reasoningText")
            check_members(inner["reasoningText"], "reasoningText", "text signature")
            signature = inner["reasoningText"]["signature"]
            demand(signature in self.seals, f"a signature that was not made here: {signature!r}")
            return Thought(inner["reasoningText"]["text"], signature)
        return read_block(block)

    @staticmethod
    def blocks(said: Said) -> list[dict]:
        thoughts = [{"reasoningContent": {"redactedContent": thought.seal} if thought.hidden else
                     {"reasoningText": {"text": thought.text, "signature": thought.seal}}} for thought in said.thoughts]
        text = [{"text": said.text}] if said.text else []
        calls = [{"toolUse": {"toolUseId": call.id, "name": call.name, "input": AsWritten(call.arguments)}} for call in said.calls]
        return [*thoughts, *text, *calls]

    @staticmethod
    def counts(said: Said) -> dict:
        tokens = said.tokens
        return {"inputTokens": tokens.prompt - tokens.cached - tokens.cache_write, "outputTokens": tokens.completion,
                "totalTokens": tokens.prompt + tokens.completion, "cacheReadInputTokens": tokens.cached,
                "cacheWriteInputTokens": tokens.cache_write}

    def answer(self, said: Said) -> Any:
        return {"output": {"message": {"role": "assistant", "content": self.blocks(said)}},
                "stopReason": STOP_REASONS[said.finish_reason], "usage": self.counts(said), "metrics": {"latencyMs": 12}}

    def events(self, said: Said) -> list[bytes]:
        told = [event_stream.event("messageStart", {"role": "assistant"})]
        for index, block in enumerate(self.blocks(said)):
            told += block_events(index, block)
        told.append(event_stream.event("messageStop", {"stopReason": STOP_REASONS[said.finish_reason]}))
        told.append(event_stream.event("metadata", {"usage": self.counts(said), "metrics": {"latencyMs": 12}}))
        return told

    def refusal(self, kind: str) -> Refusal:
        status, name, message = {
            TOO_LONG: (400, "ValidationException", "Input is too long for requested model."),
            RATE_LIMITED: (429, "ThrottlingException", "Too many requests, please wait before trying again."),
            WRONG_KEY: (403, "AccessDeniedException", "You don't have access to the model with the specified model ID."),
            OVERLOADED: (503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
            INVALID: (400, "ValidationException", "Malformed input request"),
        }[kind]
        in_stream = name[0].lower() + name[1:]
        return Refusal(status, {"message": message}, event_stream.exception(in_stream, message),
                       {"x-amzn-errortype": name + ":http://internal.amazon.com/coral/"})


class SignedBedrock(Bedrock):
    """For whoever has a pair of keys instead of a token."""

    key = "AKIDEXAMPLE"
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    settings = {"region": "us-east-1"}

    def credentials(self, variable: str) -> tuple[dict[str, str], dict[str, str]]:
        return ({"aws_access_key_id": "${%s_ID}" % variable, "aws_secret_access_key": "${%s_SECRET}" % variable},
                {f"{variable}_ID": self.key, f"{variable}_SECRET": self.secret})

    def check_credentials(self, request: RecordedRequest) -> None:
        check_signature(request, self.key, self.secret, "us-east-1", "bedrock")


def block_events(index: int, block: dict) -> list[bytes]:
    def at(name: str, **members: Any) -> bytes:
        return event_stream.event(name, {**members, "contentBlockIndex": index})

    if "text" in block:
        told = [at("contentBlockDelta", delta={"text": piece}) for piece in pieces(block["text"])]
    elif "toolUse" in block:
        used = block["toolUse"]
        told = [at("contentBlockStart", start={"toolUse": {"toolUseId": used["toolUseId"], "name": used["name"]}})]
        told += [at("contentBlockDelta", delta={"toolUse": {"input": piece}}) for piece in pieces(used["input"].text)]
    elif "redactedContent" in block["reasoningContent"]:
        told = [at("contentBlockDelta", delta={"reasoningContent": block["reasoningContent"]})]
    else:
        thought = block["reasoningContent"]["reasoningText"]
        told = [at("contentBlockDelta", delta={"reasoningContent": {"text": piece}}) for piece in pieces(thought["text"])]
        told.append(at("contentBlockDelta", delta={"reasoningContent": {"signature": thought["signature"]}}))
    return [*told, at("contentBlockStop")]


def read_tools(config: dict, asked: Asked) -> None:
    check_members(config, "toolConfig", "tools", "toolChoice")
    demand(config["tools"], "toolConfig without tools")
    for tool in config["tools"]:
        if "cachePoint" in tool:
            continue
        check_members(tool, "a tool", "toolSpec")
        check_members(tool["toolSpec"], "toolSpec", "name inputSchema", "description strict")
        check_members(tool["toolSpec"]["inputSchema"], "inputSchema", "json")
        asked.tools[tool["toolSpec"]["name"]] = tool["toolSpec"]["inputSchema"]["json"]
    if choice := config.get("toolChoice"):
        demand(len(choice) == 1 and set(choice) <= {"auto", "any", "tool"}, f"toolChoice {choice}")
        asked.tool_choice = choice["tool"]["name"] if "tool" in choice else "auto" if "auto" in choice else "required"


def read_result(result: dict) -> Result:
    check_members(result, "toolResult", "toolUseId content", "status")
    for part in result["content"]:
        demand(set(part) in ({"text"}, {"json"}), f"a part of a result: {part}")
    return Result(result["toolUseId"], "".join(part["text"] if "text" in part else part["json"].text for part in result["content"]))


def read_block(block: dict) -> Part:
    if "image" in block:
        check_members(block, "a block", "image")
        check_members(block["image"], "an image", "format source")
        check_members(block["image"]["source"], "an image's source", "bytes")
        demand(block["image"]["format"] in ("png", "jpeg", "gif", "webp"), f"image format {block['image']['format']!r}")
        return Image(f"image/{block['image']['format']}", block["image"]["source"]["bytes"])
    check_members(block, "a block", "text")
    return Text(check_text(block["text"], "a text block's text"))
