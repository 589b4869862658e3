"""LangChain (Python), unchanged: ChatOpenAI by Chat and by Responses, before providers of every dialect."""

import openai
import pydantic
import pytest
from client_lane import CITY_SCHEMA, QUESTION, TOLD, Leaving
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_openai import ChatOpenAI
from reacting_models import ANSWER

from support.vendors import VENDORS

WEATHER = {"type": "function", "function": {"name": "get_weather", "description": "The weather of a city", "parameters": CITY_SCHEMA}}


class Person(pydantic.BaseModel):
    name: str
    age: int


@pytest.fixture(name="model", params=[f"{door}, {name}/small" for door in ("chat", "responses") for name in VENDORS])
def model_fixture(clients, request):
    return asking(clients, *request.param.split(", "))


def asking(clients, door: str, model: str, retries: int = 0) -> ChatOpenAI:
    return ChatOpenAI(model=model, base_url=clients.gateway.base_url, api_key="sk-anything", max_retries=retries, timeout=20,
                      use_responses_api=door == "responses", store=False if door == "responses" else None, stream_usage=True)


def all_of(chunks):
    whole = next(chunks)
    for chunk in chunks:
        whole += chunk
    return whole


def test_invoke(model):
    answer = model.invoke([SystemMessage("Be brief."), HumanMessage(QUESTION)])
    assert answer.text == f"{ANSWER} Told: Be brief."
    assert (answer.usage_metadata["input_tokens"], answer.usage_metadata["output_tokens"]) == (20, 10)


def test_stream(model):
    answer = all_of(model.stream(QUESTION))
    assert answer.text == ANSWER
    assert answer.usage_metadata["output_tokens"] == 10


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_tool(model, streamed):
    bound = model.bind_tools([WEATHER])
    question = HumanMessage("What is the weather in Zürich?")
    answer = all_of(bound.stream([question])) if streamed else bound.invoke([question])
    [call] = answer.tool_calls
    assert (call["name"], call["args"]) == ("get_weather", {"city": "Zürich"})
    after = bound.invoke([question, answer, ToolMessage(TOLD, tool_call_id=call["id"])])
    assert after.text == f"The tool said: {TOLD} Thoughts: 0."


def test_structured_output(model):
    assert model.with_structured_output(Person, method="json_schema").invoke("Extract: Ann is 30.") == Person(name="Ann", age=30)


@pytest.mark.parametrize("what, error", [("limited", openai.RateLimitError), ("overloaded", openai.InternalServerError),
                                         ("long", openai.BadRequestError)])
def test_errors_have_their_class(model, what, error):
    with pytest.raises(error):
        model.invoke(f"Refuse {what}")


@pytest.mark.parametrize("fault", ["Fail", "Cut"])
def test_a_stream_that_breaks_off_raises(model, fault):
    # By Responses it raises a ValueError of its own for a response that failed.
    with pytest.raises((openai.APIError, ValueError)):
        list(model.stream(fault))


@pytest.mark.parametrize("door", ["chat", "responses"])
def test_an_overloaded_provider_is_asked_again(clients, door):
    assert asking(clients, door, "anthropic/small", retries=2).invoke(f"Recover for LangChain in Python by {door}").text == ANSWER


def test_a_closed_stream_is_recorded_as_a_client_that_left(model, clients):
    with Leaving(clients.gateway):
        stream = model.stream("Story")
        next(chunk for chunk in stream if chunk.text)
        stream.close()
