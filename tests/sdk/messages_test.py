"""anthropic (Python), unchanged, on /v1/messages before providers of every dialect."""

import anthropic
import httpx2
import pydantic
import pytest
from anthropic import Anthropic
from client_lane import CITY_SCHEMA, QUESTION, TOLD, Leaving
from reacting_models import ANSWER, THOUGHT

from support.vendors import VENDORS

WEATHER = {"name": "get_weather", "description": "The weather of a city", "input_schema": CITY_SCHEMA}
MODELS = [f"{name}/small" for name in VENDORS]


class Person(pydantic.BaseModel):
    name: str
    age: int


@pytest.fixture(name="client")
def client_fixture(clients):
    with Anthropic(base_url=clients.root_url, api_key="sk-anything", max_retries=0, timeout=20) as client:
        yield client


def request(model: str, content=QUESTION, **fields) -> dict:
    return {"model": model, "max_tokens": 500, "messages": [{"role": "user", "content": content}], **fields}


@pytest.mark.parametrize("model", MODELS)
def test_a_plain_answer_with_its_usage(client, model):
    answer = client.messages.create(**request(model, system="Be brief."))
    assert [block.text for block in answer.content] == [f"{ANSWER} Told: Be brief."]
    assert (answer.type, answer.role, answer.model, answer.stop_reason) == ("message", "assistant", model, "end_turn")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (20, 10)


@pytest.mark.parametrize("model", MODELS)
def test_a_stream_by_the_raw_iterator(client, model):
    events = list(client.messages.create(**request(model), stream=True))
    assert (events[0].type, events[-1].type) == ("message_start", "message_stop")
    assert "".join(event.delta.text for event in events if event.type == "content_block_delta") == ANSWER


@pytest.mark.parametrize("model", MODELS)
def test_a_stream_by_the_helper(client, model):
    with client.messages.stream(**request(model)) as stream:
        assert "".join(stream.text_stream) == ANSWER
        final = stream.get_final_message()
    assert final.stop_reason == "end_turn"
    assert (final.usage.input_tokens, final.usage.output_tokens) == (20, 10)


def told(client, streamed: bool, body: dict):
    if not streamed:
        return client.messages.create(**body)
    with client.messages.stream(**body) as stream:
        return stream.get_final_message()


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("model", MODELS)
def test_a_thought_and_a_tool(client, clients, model, streamed):
    body = request(model, "Think of the weather in Zürich.", tools=[WEATHER])
    body.update(max_tokens=4000, thinking={"type": "adaptive"})
    answer = told(client, streamed, body)
    thinking = answer.content[0]
    [call] = [block for block in answer.content if block.type == "tool_use"]
    assert (thinking.type, thinking.thinking) == ("thinking", THOUGHT)
    assert (call.name, call.input) == ("get_weather", {"city": "Zürich"})
    after = told(client, streamed, {**body, "messages": [*body["messages"], {"role": "assistant", "content": answer.content}, {
        "role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": TOLD}]}]})
    assert after.content[-1].text == f"The tool said: {TOLD} Thoughts: {int(clients.keeps_seals(model))}."


@pytest.mark.parametrize("model", MODELS)
def test_json_by_the_parse_helper(client, model):
    answer = client.messages.parse(**request(model, "Extract: Ann is 30."), output_format=Person)
    assert answer.parsed_output == Person(name="Ann", age=30)


def test_tokens_are_counted_without_a_call(client):
    assert client.messages.count_tokens(model=MODELS[0], messages=[{"role": "user", "content": "Hello"}]).input_tokens > 0


def test_models_are_listed_in_their_shape(client):
    listed = list(client.models.list())
    assert set(MODELS) <= {model.id for model in listed}
    assert {model.type for model in listed} == {"model"}
    assert client.models.retrieve(MODELS[0]).id == MODELS[0]


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("what, error", [("limited", anthropic.RateLimitError), ("overloaded", anthropic.InternalServerError),
                                         ("long", anthropic.BadRequestError), ("invalid", anthropic.BadRequestError)])
def test_errors_have_their_class(client, model, what, error, streamed):
    with pytest.raises(error) as raised:
        client.messages.create(**request(model, f"Refuse {what}"), stream=streamed)
    assert raised.value.body["type"] == "error"
    assert raised.value.body["error"]["message"]
    assert raised.value.request_id


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(anthropic.NotFoundError) as raised:
        client.messages.create(**request("openai/smal"))
    assert raised.value.body["error"]["type"] == "not_found_error"


@pytest.mark.parametrize("model", MODELS)
def test_an_overloaded_provider_is_asked_again_by_the_sdk(client, model):
    answer = client.with_options(max_retries=2).messages.create(**request(model, f"Recover of messages by Python from {model}"))
    assert answer.content[0].text == ANSWER


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("fault", ["Fail", "Cut"])
def test_a_stream_that_breaks_off_raises(client, model, fault):
    with pytest.raises(anthropic.APIError):
        list(client.messages.create(**request(model, fault), stream=True))
    with pytest.raises(anthropic.APIError):
        told(client, True, request(model, fault))


@pytest.mark.parametrize("model", MODELS)
def test_a_closed_stream_is_recorded_as_a_client_that_left(client, clients, model):
    with Leaving(clients.gateway):
        with client.messages.stream(**request(model, "Story")) as stream:
            next(iter(stream.text_stream))


@pytest.mark.parametrize("model", MODELS)
def test_a_timeout_of_the_client_is_recorded_as_a_client_that_left(client, clients, model):
    with Leaving(clients.gateway):
        with pytest.raises(anthropic.APITimeoutError):
            client.with_options(timeout=httpx2.Timeout(0.3)).messages.create(**request(model, "Wait"))
