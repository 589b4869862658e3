"""openai-python, unchanged, on /v1/responses before providers of every dialect."""

import json

import httpx2
import openai
import pydantic
import pytest
from client_lane import CITY_SCHEMA, QUESTION, TOLD, Leaving
from openai import OpenAI
from reacting_models import ANSWER, THOUGHT

from support.vendors import VENDORS

WEATHER = {"type": "function", "name": "get_weather", "description": "The weather of a city", "strict": True, "parameters": CITY_SCHEMA}
MODELS = [f"{name}/small" for name in VENDORS]


class Person(pydantic.BaseModel):
    name: str
    age: int


@pytest.fixture(name="client")
def client_fixture(clients):
    with OpenAI(base_url=clients.gateway.base_url, api_key="sk-anything", max_retries=0, timeout=20) as client:
        yield client


def request(model: str, asked=QUESTION, **fields) -> dict:
    return {"model": model, "input": asked, "store": False, **fields}


@pytest.mark.parametrize("model", MODELS)
def test_a_plain_answer_with_its_usage(client, model):
    answer = client.responses.create(**request(model, instructions="Be brief."))
    assert answer.output_text == f"{ANSWER} Told: Be brief."
    assert (answer.object, answer.status, answer.model) == ("response", "completed", model)
    assert (answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.total_tokens) == (20, 10, 30)


@pytest.mark.parametrize("model", MODELS)
def test_a_stream_by_the_raw_iterator(client, model):
    events = list(client.responses.create(**request(model), stream=True))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert (events[0].type, events[-1].type) == ("response.created", "response.completed")
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == ANSWER
    assert events[-1].response.output_text == ANSWER


def told(client, streamed: bool, body: dict):
    if not streamed:
        return client.responses.create(**body)
    with client.responses.stream(**body) as stream:
        return stream.get_final_response()


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("model", MODELS)
def test_a_thought_and_a_tool(client, clients, model, streamed):
    body = request(model, [{"role": "user", "content": "Think of the weather in Zürich."}], tools=[WEATHER],
                   reasoning={"effort": "medium", "summary": "auto"}, include=["reasoning.encrypted_content"])
    answer = told(client, streamed, body)
    reasoning = answer.output[0]
    [call] = [item for item in answer.output if item.type == "function_call"]
    assert [part.text for part in reasoning.summary] == [THOUGHT]
    assert (call.type, call.name, json.loads(call.arguments)) == ("function_call", "get_weather", {"city": "Zürich"})
    after = told(client, streamed, {**body, "input": [*body["input"], *answer.output, {
        "type": "function_call_output", "call_id": call.call_id, "output": TOLD}]})
    assert after.output_text == f"The tool said: {TOLD} Thoughts: {int(clients.keeps_seals(model))}."


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("model", MODELS)
def test_json_by_the_parse_helper(client, model, streamed):
    body = request(model, "Extract: Ann is 30.", text_format=Person)
    answer = told(client, True, body) if streamed else client.responses.parse(**body)
    assert answer.output_parsed == Person(name="Ann", age=30)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("what, error", [("limited", openai.RateLimitError), ("overloaded", openai.InternalServerError),
                                         ("long", openai.BadRequestError), ("invalid", openai.BadRequestError)])
def test_errors_have_their_class(client, model, what, error, streamed):
    with pytest.raises(error) as raised:
        client.responses.create(**request(model, f"Refuse {what}"), stream=streamed)
    assert raised.value.body["message"]
    assert raised.value.request_id


@pytest.mark.parametrize("model", MODELS)
def test_an_overloaded_provider_is_asked_again_by_the_sdk(client, model):
    answer = client.with_options(max_retries=2).responses.create(**request(model, f"Recover of responses by Python from {model}"))
    assert answer.output_text == ANSWER


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("fault", ["Fail", "Cut"])
def test_a_stream_that_breaks_off_does_not_look_complete(client, model, fault):
    try:
        last = list(client.responses.create(**request(model, fault), stream=True))[-1]
    except openai.APIError:
        return
    assert last.type == "response.failed"
    assert last.response.error.code


@pytest.mark.parametrize("model", MODELS)
def test_a_closed_stream_is_recorded_as_a_client_that_left(client, clients, model):
    with Leaving(clients.gateway):
        with client.responses.create(**request(model, "Story"), stream=True) as stream:
            next(event for event in stream if event.type == "response.output_text.delta")


@pytest.mark.parametrize("model", MODELS)
def test_a_timeout_of_the_client_is_recorded_as_a_client_that_left(client, clients, model):
    with Leaving(clients.gateway):
        with pytest.raises(openai.APITimeoutError):
            client.with_options(timeout=httpx2.Timeout(0.3)).responses.create(**request(model, "Wait"))
