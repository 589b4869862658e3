"""What LiteLLM asks; run by litellm_test.py in LiteLLM's own environment. Ends with 0 when every claim holds."""

import json
import os
import sys
import traceback

import litellm

URL = os.environ["TIERWAY_URL"]
MODELS = os.environ["TIERWAY_MODELS"].split(",")
ANSWER = "Paris is the capital of France."
WEATHER = {"type": "function", "function": {"name": "get_weather", "description": "The weather of a city", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}}
PERSON = {"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": {
    "type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}, "required": ["name", "age"],
    "additionalProperties": False}}}
# Its prefix chooses the door: Chat, Anthropic Messages, Responses.
DOORS = {"chat": ("openai/", URL), "messages": ("anthropic/", URL.removesuffix("/v1")), "responses": ("openai/responses/", URL)}


def ask(door: str, model: str, content, **fields):
    prefix, base = DOORS[door]
    messages = content if isinstance(content, list) else [{"role": "user", "content": content}]
    return litellm.completion(model=prefix + model, api_base=base, api_key="sk-anything", messages=messages, timeout=20,
                              **{"max_retries": 0, "max_tokens": 500, **fields})


def plain(door: str, model: str) -> None:
    answer = ask(door, model, [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "The capital of France?"}])
    assert answer.choices[0].message.content == f"{ANSWER} Told: Be brief.", answer
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (20, 10), answer.usage


def streamed(door: str, model: str) -> None:
    text = "".join(chunk.choices[0].delta.content or "" for chunk in ask(door, model, "The capital of France?", stream=True) if chunk.choices)
    assert text == ANSWER, text


def tools(door: str, model: str) -> None:
    question = [{"role": "user", "content": "The weather in Zürich?"}]
    for stream in (False, True):
        answer = ask(door, model, question, tools=[WEATHER], stream=stream)
        if stream:
            answer = litellm.stream_chunk_builder(list(answer))
        message = answer.choices[0].message
        [call] = message.tool_calls
        assert json.loads(call.function.arguments) == {"city": "Zürich"}, call
        after = ask(door, model, [*question, message.model_dump(), {"role": "tool", "tool_call_id": call.id, "content": "Sunny."}], tools=[WEATHER])
        assert after.choices[0].message.content == "The tool said: Sunny. Thoughts: 0.", after


def schema(door: str, model: str) -> None:
    answer = ask(door, model, "Extract: Ann is 30.", response_format=PERSON)
    assert json.loads(answer.choices[0].message.content) == {"name": "Ann", "age": 30}, answer


def errors(door: str, model: str) -> None:
    for what, kind in (("limited", litellm.RateLimitError), ("overloaded", (litellm.InternalServerError, litellm.ServiceUnavailableError)),
                       ("long", litellm.BadRequestError)):
        try:
            ask(door, model, f"Refuse {what}")
        except kind:
            continue
        raise AssertionError(f"{what} was no error")


def broken(door: str, model: str) -> None:
    if door == "responses":
        return  # LiteLLM 1.110 takes what came before `response.failed` and the event `error` for a whole answer there.
    for fault in ("Fail", "Cut"):
        try:
            list(ask(door, model, fault, stream=True))
        except litellm.exceptions.APIError:
            continue
        except Exception as error:
            assert hasattr(error, "status_code"), error
            continue
        raise AssertionError(f"{fault} looked complete")


def main() -> int:
    failed = passed = 0
    for claim in (plain, streamed, tools, schema, errors, broken):
        for door in DOORS:
            for model in MODELS:
                if door == "responses" and model == "openai_responses/small":
                    continue  # It takes the word out of the model's name.
                try:
                    claim(door, model)
                    passed += 1
                except Exception:
                    failed += 1
                    print(f"FAILED {claim.__name__} through {door} by {model}\n{traceback.format_exc(limit=-3)}")
    print(f"litellm: {passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
