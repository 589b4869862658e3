"""A client of `/v1/responses` that lets nothing be stored, as Codex does."""

from typing import Any

from ..neutral import Call, Image, Result, Text, Thought, Tokens, Turn
from ..raw_client import Response
from .door import Door, Event, Heard, Question, data_url, disclosed, events_of, parts_of

RESPONSE_MEMBERS = set("""id object created_at status error incomplete_details instructions max_output_tokens model output
    parallel_tool_calls previous_response_id reasoning store temperature text tool_choice tools top_p truncation usage metadata""".split())


class ResponsesDoor(Door):
    name = "responses"
    path = "/v1/responses"
    native = "openai_responses"

    def write(self, question: Question, model: str) -> dict:
        items: list[dict] = []
        for turn in question.history:
            items += turn.items if isinstance(turn, Heard) else write_turn(turn)
        body: dict[str, Any] = {"model": model, "input": items, "store": False, "include": ["reasoning.encrypted_content"]}
        if question.system:
            body["instructions"] = question.system
        if question.tools:
            body["tools"] = [{"type": "function", "name": name, "parameters": schema, "strict": False}
                             for name, schema in question.tools.items()]
        if question.tool_choice:
            named = question.tool_choice in question.tools
            body["tool_choice"] = {"type": "function", "name": question.tool_choice} if named else question.tool_choice
        if question.schema:
            body["text"] = {"format": {"type": "json_schema", "name": "answer", "strict": True, "schema": question.schema}}
        if question.output_tokens_max:
            body["max_output_tokens"] = question.output_tokens_max
        if question.effort:
            body["reasoning"] = {"effort": question.effort}
        assert not question.stop, "this API has no stop sequences"
        return body

    def hear_whole(self, body: dict) -> Heard:
        assert RESPONSE_MEMBERS <= set(body), RESPONSE_MEMBERS - set(body)
        assert body["object"] == "response" and body["id"].startswith("resp_") and body["error"] is None, body
        ids = [item["id"] for item in body["output"]]
        assert len(set(ids)) == len(ids), ids
        calls = [Call(item["call_id"], item["name"], item["arguments"]) for item in body["output"] if item["type"] == "function_call"]
        messages = [item for item in body["output"] if item["type"] == "message"]
        for item in messages:
            assert item["role"] == "assistant" and item["status"] in ("completed", "incomplete"), item
        text = "".join(part.get("text", part.get("refusal", "")) for item in messages for part in item["content"])
        thoughts = [Thought("".join(part["text"] for part in item["summary"]), item.get("encrypted_content") or "")
                    for item in body["output"] if item["type"] == "reasoning"]
        usage = body["usage"]
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"], usage
        tokens = Tokens(usage["input_tokens"], usage["output_tokens"], usage["input_tokens_details"]["cached_tokens"],
                        usage["input_tokens_details"].get("cache_write_tokens", 0), usage["output_tokens_details"]["reasoning_tokens"])
        finish = "tool_calls" if calls else "stop"
        if body["status"] == "incomplete":
            finish = {"max_output_tokens": "length", "content_filter": "content_filter"}[body["incomplete_details"]["reason"]]
        else:
            assert body["status"] == "completed", body["status"]
        return Heard(body["model"], text, calls, thoughts, finish, tokens, body["output"])

    def hear_stream(self, body: bytes) -> Heard:
        comments: list[str] = []
        events = events_of(body, comments)
        assert [event.json["sequence_number"] for event in events] == list(range(len(events)))
        assert [event.name for event in events[:2]] == ["response.created", "response.in_progress"]
        last = events[-1]
        assert last.name in ("response.completed", "response.incomplete"), last
        items = read_items(events[2:-1])
        final = last.json["response"]
        assert final["output"] == items, f"{final['output']}\nis not what was told:\n{items}"
        assert {event.json["response"]["id"] for event in (*events[:2], last)} == {final["id"]}
        told = self.hear_whole(final)
        told.disclosure = disclosed(comments, final.get("tierway"))
        return told

    def error(self, response: Response) -> dict:
        assert response.headers["x-request-id"]
        return response.error

    def error_in(self, body: bytes) -> dict:
        events = events_of(body)
        text = "".join(event.json["delta"] for event in events if event.name == "response.output_text.delta")
        failed = [event.json["response"] for event in events if event.name == "response.failed"]
        errors = [event.json for event in events if event.name == "error"]
        assert not any(event.name in ("response.completed", "response.incomplete") for event in events)
        assert failed or errors, events
        for response in failed:
            assert response["status"] == "failed" and {"code", "message"} <= set(response["error"]), response
        if errors:
            assert {"message", "code", "param"} <= set(errors[-1]), errors
        return {**(errors[-1] if errors else failed[-1]["error"]), "text": text}


def write_turn(turn: Turn) -> list[dict]:
    if turn.role == "tool":
        return [{"type": "function_call_output", "call_id": each.id, "output": each.text} for each in parts_of(turn, Result)]
    if turn.role == "assistant":
        text = "".join(part.text for part in parts_of(turn, Text))
        said = [{"type": "message", "role": "assistant", "content": text}] if text else []
        return said + [{"type": "function_call", "call_id": call.id, "name": call.name, "arguments": call.arguments}
                       for call in parts_of(turn, Call)]
    content = [{"type": "input_text", "text": part.text} if isinstance(part, Text)
               else {"type": "input_image", "image_url": data_url(part), "detail": "auto"}
               for part in turn.parts if isinstance(part, (Text, Image))]
    return [{"type": "message", "role": turn.role, "content": content}]


def read_items(events: list[Event]) -> list[dict]:
    """The items of a stream by their own events: each is added, told in deltas, and done, and the deltas are what is done."""
    items: dict[int, dict] = {}
    told: dict[tuple, str] = {}  # Deltas by the item and part they belong to.
    added: dict[int, str] = {}
    for event in events:
        json = event.json
        index = json["output_index"]
        if event.name == "response.output_item.added":
            assert index == len(added), f"item {index} after {len(added)}"
            added[index] = json["item"]["id"]
            continue
        assert index in added and index not in items, event
        if event.name == "response.output_item.done":
            assert json["item"]["id"] == added[index], event
            items[index] = json["item"]
            continue
        assert json["item_id"] == added[index], event
        kind, _, step = event.name.rpartition(".")
        key = (kind, index, json.get("content_index", json.get("summary_index", 0)))
        if step == "delta":
            told[key] = told.get(key, "") + json["delta"]
        elif step == "done" and not kind.endswith("_part"):
            done = json.get("text", json.get("arguments", json.get("refusal")))
            assert told.get(key, "") == done, f"{kind}: {told.get(key)!r} became {done!r}"
    assert set(items) == set(added), "an item was not done"
    for index, item in items.items():
        if item["type"] == "message":
            text = "".join(part.get("text", part.get("refusal", "")) for part in item["content"])
            assert text == "".join(value for (kind, at, _), value in told.items() if at == index), item
        elif item["type"] == "function_call":
            assert item["arguments"] == told.get(("response.function_call_arguments", index, 0), ""), item
    return [items[index] for index in sorted(items)]
