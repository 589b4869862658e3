"""openai-python, unchanged, against the gateway in front of the simulated models."""

import asyncio
import json

import httpx2
import openai
import pydantic
import pytest
from openai import AsyncOpenAI, OpenAI

from support.deadline import eventually

SIMULATE = "simulate"
RIGHT = {SIMULATE: "right;high_confidence"}
PIXEL = ("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
WEATHER = {"type": "function", "function": {"name": "get_weather", "description": "The weather of a city", "strict": True, "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}}


class Person(pydantic.BaseModel):
    name: str
    age: int


@pytest.fixture(name="client")
def client_fixture(gateway):
    with OpenAI(base_url=gateway.base_url, api_key="sk-anything", max_retries=0, timeout=20) as client:
        yield client


def ask(client, text="What is the capital of France?", **fields):
    return client.chat.completions.create(model=fields.pop("model", "auto"), messages=[{"role": "user", "content": text}], **fields)


def test_a_plain_answer(client):
    answer = ask(client, metadata=RIGHT)
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.model == "sim/sim-small"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


def test_a_conversation_with_all_roles(client):
    answer = client.chat.completions.create(model="auto", metadata=RIGHT, messages=[
        {"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."}, {"role": "user", "content": [{"type": "text", "text": "What is 2 + 2?"}]}])
    assert answer.choices[0].message.content


def test_a_streamed_answer_by_the_raw_iterator(client):
    with ask(client, stream=True, metadata=RIGHT) as chunks:
        seen = list(chunks)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in seen if chunk.choices)
    assert text == ask(client, metadata=RIGHT).choices[0].message.content
    assert seen[-1].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in seen)
    assert {chunk.model for chunk in seen} == {"sim/sim-small"}


def test_usage_and_disclosure_come_at_the_end_when_asked_for(client):
    chunks = list(ask(client, stream=True, stream_options={"include_usage": True}, metadata=RIGHT))
    assert chunks[-1].choices == []
    assert chunks[-1].usage.completion_tokens > 0
    assert chunks[-1].tierway["model"] == "sim/sim-small"


def test_a_streamed_answer_by_the_helper(client):
    with client.chat.completions.stream(model="auto", messages=[{"role": "user", "content": "Name a colour."}], metadata=RIGHT) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion()
    assert "".join(deltas) == final.choices[0].message.content
    assert final.choices[0].finish_reason == "stop"


def test_an_escalated_answer(client):
    for streamed in (False, True):
        answer = client.chat.completions.with_raw_response.create(
            model="auto", messages=[{"role": "user", "content": "Explain gravity."}], stream=streamed,
            metadata={SIMULATE: "sim-small:wrong;low_confidence;hedge"}, extra_headers={"x-tierway-class": "judged"})
        assert answer.headers["x-tierway-escalation"] == "approved; reason=low_confidence"
        if streamed:
            chunks = list(answer.parse())
            assert {chunk.model for chunk in chunks} == {"sim/sim-frontier"}
        else:
            assert answer.parse().model == "sim/sim-frontier"


@pytest.mark.parametrize("headers", [{}, {"x-tierway-class": "judged"}], ids=["plain", "judged"])
def test_tools(client, headers):
    answer = ask(client, "What is the weather in Zurich?", tools=[WEATHER], tool_choice="required", metadata=RIGHT, extra_headers=headers)
    [call, *_] = answer.choices[0].message.tool_calls
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "get_weather"
    assert "city" in json.loads(call.function.arguments)
    after = client.chat.completions.create(model="auto", metadata=RIGHT, tools=[WEATHER], messages=[
        {"role": "user", "content": "What is the weather in Zurich?"}, answer.choices[0].message.to_dict(),
        {"role": "tool", "tool_call_id": call.id, "content": "Sunny, 21 °C."}])
    assert after.choices[0].message


def test_streamed_tools_by_the_helper(client):
    with client.chat.completions.stream(model="auto", tools=[WEATHER], tool_choice="required", metadata=RIGHT,
                                        messages=[{"role": "user", "content": "What is the weather in Zurich?"}]) as stream:
        for _ in stream:
            pass
        call = stream.get_final_completion().choices[0].message.tool_calls[0]
    assert call.function.parsed_arguments["city"] is not None


@pytest.mark.parametrize("headers", [{}, {"x-tierway-class": "judged"}], ids=["plain", "judged"])
def test_a_json_schema_by_the_parse_helper(client, headers):
    answer = client.chat.completions.parse(model="auto", messages=[{"role": "user", "content": "Extract: Ann is 30."}],
                                           response_format=Person, metadata=RIGHT, extra_headers=headers)
    assert isinstance(answer.choices[0].message.parsed, Person)


def test_a_streamed_json_schema_by_the_helper(client):
    with client.chat.completions.stream(model="auto", messages=[{"role": "user", "content": "Extract: Ann is 30."}],
                                        response_format=Person, metadata=RIGHT) as stream:
        assert isinstance(stream.get_final_completion().choices[0].message.parsed, Person)


def image(text="What is on the picture?"):
    return [{"type": "text", "text": text}, {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}]


def test_images(client):
    assert ask(client, image(), metadata=RIGHT).choices[0].message.content


def test_images_where_no_model_sees_are_a_bad_request(client):
    with pytest.raises(openai.BadRequestError) as raised:
        ask(client, image(), extra_headers={"x-tierway-class": "blind", "x-tierway-max-tier": "mid"}, model="tier:mid")
    assert raised.value.code == "model_capability_missing"
    assert "image" in raised.value.message


def test_log_probabilities(client):
    answer = ask(client, logprobs=True, top_logprobs=2, metadata=RIGHT)
    tokens = answer.choices[0].logprobs.content
    assert "".join(token.token for token in tokens) == answer.choices[0].message.content
    assert all(token.logprob <= 0 for token in tokens)
    assert ask(client, metadata=RIGHT, extra_headers={"x-tierway-class": "judged"}).choices[0].logprobs is None


def test_streamed_log_probabilities(client):
    chunks = list(ask(client, logprobs=True, stream=True, metadata=RIGHT))
    assert any(chunk.choices[0].logprobs and chunk.choices[0].logprobs.content for chunk in chunks if chunk.choices)


@pytest.mark.parametrize("streamed", [False, True])
def test_two_choices(client, streamed):
    answer = ask(client, n=2, stream=streamed, metadata=RIGHT)
    if streamed:
        assert {choice.index for chunk in answer for choice in chunk.choices} == {0, 1}
    else:
        assert [choice.index for choice in answer.choices] == [0, 1]


@pytest.mark.parametrize("streamed", [False, True])
def test_an_unknown_model_is_not_found(client, streamed):
    with pytest.raises(openai.NotFoundError) as raised:
        ask(client, model="sim/sim-smal", stream=streamed)
    assert (raised.value.code, raised.value.param, raised.value.type) == ("model_not_found", "model", "invalid_request_error")
    assert "sim/sim-small" in raised.value.message
    assert raised.value.request_id


def test_a_wrong_field_is_a_bad_request(client):
    with pytest.raises(openai.BadRequestError) as raised:
        ask(client, n=1000)
    assert (raised.value.code, raised.value.param) == ("invalid_value", "n")


@pytest.mark.parametrize("status, error", [(400, openai.BadRequestError), (422, openai.UnprocessableEntityError),
                                           (429, openai.RateLimitError), (500, openai.InternalServerError),
                                           (503, openai.InternalServerError)])
@pytest.mark.parametrize("streamed", [False, True])
def test_errors_of_the_provider_have_their_class(client, status, error, streamed):
    with pytest.raises(error):
        ask(client, stream=streamed, metadata={SIMULATE: f"status={status}"})


def test_a_denied_wish_of_a_request_ceiling_is_disclosed(client):
    answer = client.chat.completions.with_raw_response.create(
        model="tier:frontier", messages=[{"role": "user", "content": "hi"}], metadata=RIGHT,
        extra_headers={"x-tierway-max-tier": "small"})
    assert answer.headers["x-tierway-escalation"] == "denied; reason=request_ceiling"
    assert answer.parse().model == "sim/sim-small"


def test_the_retry_of_the_sdk_succeeds_after_a_short_trouble(gateway):
    with OpenAI(base_url=gateway.base_url, api_key="x", max_retries=2) as client:
        answer = client.chat.completions.create(model="auto", messages=[{"role": "user", "content": "once more"}],
                                                metadata={SIMULATE: "status=503;times=4"})
    assert answer.choices[0].message.content


BROKEN = ["cut_after=3", "reset_after=3", "no_finish", "stall_after=3", "error_after=3"]


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_stream_raises_by_the_raw_iterator(client, fault):
    with pytest.raises(openai.APIError) as raised:
        for _ in ask(client, "Tell me a long story.", stream=True, metadata={SIMULATE: f"{fault};events=40"}):
            pass
    assert raised.value.code


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_stream_raises_by_the_helper(client, fault):
    with pytest.raises(openai.APIError):
        with client.chat.completions.stream(model="auto", messages=[{"role": "user", "content": "Tell me a long story."}],
                                            metadata={SIMULATE: f"{fault};events=40"}) as stream:
            for _ in stream:
                pass


@pytest.mark.parametrize("fault", ["cut_after=1", "reset_after=1"])
def test_a_broken_whole_answer_raises(client, fault):
    with pytest.raises(openai.APIStatusError) as raised:
        ask(client, metadata={SIMULATE: fault})
    assert raised.value.status_code == 502


def test_models_are_listed_and_retrieved(client):
    ids = [model.id for model in client.models.list()]
    assert {"auto", "sim/sim-small", "sim/sim-mid", "sim/sim-frontier"} <= set(ids)
    for name in ids:
        assert client.models.retrieve(name).id == name
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("sim/nothing")


def test_disclosure_headers_by_the_raw_response(client):
    response = client.chat.completions.with_raw_response.create(model="auto", messages=[{"role": "user", "content": "hi"}], metadata=RIGHT)
    for name in ("request-id", "class", "class-confidence", "classifier", "tier", "model", "escalation", "attempts", "fallbacks",
                 "cost-usd", "baseline-usd", "overhead-ms", "policy"):
        assert response.headers.get(f"x-tierway-{name}"), name
    assert response.request_id == response.headers["x-tierway-request-id"]


def test_the_async_client(gateway):
    async def many() -> list[str]:
        async with AsyncOpenAI(base_url=gateway.base_url, api_key="x", max_retries=0) as client:
            async def one(number: int) -> str:
                stream = await client.chat.completions.create(model="auto", messages=[{"role": "user", "content": f"Say {number}."}],
                                                              stream=True, metadata=RIGHT)
                return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

            return await asyncio.gather(*[one(number) for number in range(20)])

    assert all(asyncio.run(many()))


def last_gone(gateway, before: set[str]) -> dict:
    def found() -> list[dict]:
        return [record for record in gateway.decisions() if record["request_id"] not in before and record["status"] == 499]

    return eventually(found, "the record of the client that left")[0]


def test_a_closed_stream_is_recorded_as_a_client_that_left(client, gateway):
    before = {record["request_id"] for record in gateway.decisions()}
    stream = ask(client, "A long story, please.", stream=True, metadata={SIMULATE: "events=2000;pace=10ms"})
    next(iter(stream))
    stream.close()
    record = last_gone(gateway, before)
    assert (record["outcome"], record["model"]) == ("client_gone", "sim/sim-small")
    assert record["cost_usd"] > 0


def test_a_timeout_of_the_client_is_recorded_as_a_client_that_left(gateway):
    before = {record["request_id"] for record in gateway.decisions()}
    with OpenAI(base_url=gateway.base_url, api_key="x", max_retries=0, timeout=httpx2.Timeout(0.5)) as client:
        with pytest.raises(openai.APITimeoutError):
            ask(client, metadata={SIMULATE: "delay=20s"})
    assert last_gone(gateway, before)["outcome"] == "client_gone"


def test_a_cancelled_task_is_recorded_as_a_client_that_left(gateway):
    before = {record["request_id"] for record in gateway.decisions()}

    async def cancel() -> None:
        async with AsyncOpenAI(base_url=gateway.base_url, api_key="x", max_retries=0) as client:
            task = asyncio.create_task(client.chat.completions.create(
                model="auto", messages=[{"role": "user", "content": "slow"}], metadata={SIMULATE: "delay=20s"}))
            await asyncio.sleep(0.3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancel())
    assert last_gone(gateway, before)["outcome"] == "client_gone"
