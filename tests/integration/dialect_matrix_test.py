"""Any door to any provider: what a client asks reaches the vendor in its own words, and what the model says comes back in the door's.

A cell is a door, a provider's dialect, and whether the answer is streamed; every cell has the same expectation in no dialect's words.
"""

import pytest

from support.dialect_lane import cost_nano
from support.doors import DOORS, Question
from support.lane import nano, usd
from support.neutral import Call, Image, Result, Said, Tokens, plain, results, same_json, user
from support.vendors import VENDORS

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}, "required": ["city"]}
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
# What a JSON library would write otherwise: blanks, escapes, digits beyond a double, a zero at the end.
ODD_ARGUMENTS = '{"city": "Z\\u00fcrich \\"x\\"",  "days": 12345678901234567890, "share": 1.50}'
TEXT = "Grüße – 42 ✓, said the model.\n\nIt went on:\t{\"a\": [1]}"
# Every kind at once, in counts that tell them apart.
TOKENS = Tokens(prompt=1000, completion=70, cached=300, cache_write=40, reasoning=20)

doors = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
providers = pytest.mark.parametrize("provider", VENDORS)
whole_or_stream = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])


def told_by(provider: str, tokens: Tokens) -> Tokens:
    """What of the counts the vendor can tell: Gemini bills no cache writes, Bedrock tells no reasoning apart."""
    return Tokens(tokens.prompt, tokens.completion, tokens.cached, 0 if provider == "gemini" else tokens.cache_write,
                  0 if provider == "bedrock" else tokens.reasoning)


@whole_or_stream
@providers
@doors
def test_a_question_is_understood_and_its_answer_comes_back_word_for_word(vendors, door, provider, stream):
    vendor = vendors.vendors[provider]
    vendor.say(Said(TEXT), split=11)
    heard = vendors.ask(door, Question([user("What is the answer?")], system="Be brief."), f"{provider}/small", stream)
    asked = vendor.last
    assert (asked.model, asked.stream, asked.system) == (vendor.model, stream, "Be brief.")
    assert asked.turns == [user("What is the answer?")]
    assert asked.output_tokens_max == 200
    assert (heard.text, heard.finish, heard.model, heard.calls) == (TEXT, "stop", f"{provider}/small", [])


@whole_or_stream
@providers
@doors
def test_an_answer_of_the_assistant_in_the_history_goes_to_the_vendor(vendors, door, provider, stream):
    vendor = vendors.vendors[provider]
    vendor.say(Said("Paris."))
    first = vendors.ask(door, Question([user("Capital of France?")]), f"{provider}/small", stream)
    vendor.say(Said("Madrid."))
    second = vendors.ask(door, Question([user("Capital of France?"), first, user("And of Spain?")]), f"{provider}/small", stream)
    assert plain(vendor.last.turns) == [user("Capital of France?"), Said("Paris.").as_turn(), user("And of Spain?")]
    assert second.text == "Madrid."


@whole_or_stream
@providers
@doors
def test_tool_calls_and_their_results_keep_their_ids_and_bytes(vendors, door, provider, stream):
    vendor = vendors.vendors[provider]
    calls = (Call("toolu_01A-b_9", "weather", ODD_ARGUMENTS), Call("toolu_02", "weather", '{"city":"Bern"}'))
    tools = {"weather": WEATHER, "clock": {"type": "object", "properties": {}}}
    asked_first = user("The weather?")
    said = Said("I look.", tuple(Call(call.id, call.name, call.arguments, f"sig-{call.id}" if vendor.seals_calls else "")
                                 for call in calls))
    vendor.say(said, split=13)
    heard = vendors.ask(door, Question([asked_first], tools=tools), f"{provider}/small", stream)
    assert set(vendor.last.tools) == set(tools)
    assert same_json(vendor.last.tools["weather"], WEATHER)
    assert (heard.text, heard.finish) == ("I look.", "tool_calls")
    assert [(call.id, call.name, call.arguments) for call in heard.calls] == [(call.id, call.name, call.arguments) for call in calls]

    answered = results(Result(calls[0].id, "8 °C"), Result(calls[1].id, '{"t": 1.50}'))
    vendor.say(Said("Cold in both."))
    last = vendors.ask(door, Question([asked_first, heard, answered], tools=tools), f"{provider}/small", stream)
    assert plain(vendor.last.turns) == [asked_first, Said("I look.", calls).as_turn(), answered]
    assert last.text == "Cold in both."


@providers
@doors
def test_a_history_of_tools_that_one_vendor_made_goes_on_at_every_other(vendors, door, provider):
    """The ids are of OpenAI's kind; the first vendor is the door's own."""
    first_vendor = vendors.vendors[door.native]
    call = Call("call_9", "weather", '{"city": "Basel"}')
    first_vendor.say(Said("", (call,)))
    question = user("The weather?")
    heard = vendors.ask(door, Question([question], tools={"weather": WEATHER}), f"{door.native}/small", True)
    vendor = vendors.vendors[provider]
    vendor.say(Said("Fine."))
    answered = results(Result("call_9", "sun"))
    last = vendors.ask(door, Question([question, heard, answered, user("So?")], tools={"weather": WEATHER}), f"{provider}/small", True)
    assert plain(vendor.last.turns) == [question, Said("", (call,)).as_turn(), answered, user("So?")]
    assert last.text == "Fine."


@pytest.mark.parametrize("choice", ["auto", "required", "none", "weather"])
@providers
@doors
def test_a_choice_of_tools_is_put_in_the_vendors_words(vendors, door, provider, choice):
    vendor = vendors.vendors[provider]
    vendor.say(Said("Fine."))
    vendors.ask(door, Question([user("Hi")], tools={"weather": WEATHER}, tool_choice=choice), f"{provider}/small", False)
    if provider == "bedrock" and choice == "none":
        assert not vendor.last.tools  # The API has no such word: tools that may not be called are left out.
    else:
        assert vendor.last.tool_choice == choice or (choice == "auto" and not vendor.last.tool_choice)


@whole_or_stream
@providers
@doors
def test_an_image_arrives_with_its_bytes_and_type(vendors, door, provider, stream):
    vendor = vendors.vendors[provider]
    vendor.say(Said("A dot."))
    turn = user("What is this?", Image("image/png", PNG))
    assert vendors.ask(door, Question([turn]), f"{provider}/small", stream).text == "A dot."
    assert vendor.last.turns == [turn]


@providers
@doors
def test_an_image_by_address_arrives_or_is_refused_with_a_reason(vendors, door, provider):
    vendor = vendors.vendors[provider]
    turn = user("What is this?", Image(url="https://example.com/dot.png"))
    if provider == "bedrock":  # It takes bytes only, and nothing here fetches them.
        response = vendors.send(door, Question([turn]), f"{provider}/small", False)
        assert response.status == 400
        error = door.error(response)
        assert error["code"] == "unsupported_parameter", error
        assert not vendor.requests
        return
    vendor.say(Said("A dot."))
    assert vendors.ask(door, Question([turn]), f"{provider}/small", False).text == "A dot."
    assert [part.url for part in vendor.last.turns[0].parts if isinstance(part, Image)] == ["https://example.com/dot.png"]


@whole_or_stream
@providers
@doors
def test_a_schema_of_the_answer_reaches_the_vendor(vendors, door, provider, stream):
    vendor = vendors.vendors[provider]
    vendor.say(Said('{"city":"Bern"}'))
    heard = vendors.ask(door, Question([user("Capital?")], schema=CITY), f"{provider}/small", stream)
    assert same_json(vendor.last.schema, CITY), vendor.last.schema
    assert heard.text == '{"city":"Bern"}'


@pytest.mark.parametrize("finish", ["length", "content_filter"])
@whole_or_stream
@providers
@doors
def test_why_an_answer_ended_is_told_in_the_doors_words(vendors, door, provider, stream, finish):
    vendors.vendors[provider].say(Said("So far", finish=finish))
    heard = vendors.ask(door, Question([user("Go on")]), f"{provider}/small", stream)
    assert (heard.text, heard.finish) == ("So far", finish)


@providers
@pytest.mark.parametrize("door", [door for door in DOORS.values() if door.name != "responses"], ids=lambda door: door.name)
def test_stop_sequences_reach_every_vendor_that_has_them(vendors, door, provider):
    vendor = vendors.vendors[provider]
    if provider == "openai_responses":
        response = vendors.send(door, Question([user("Count")], stop=["END"]), f"{provider}/small", False)
        assert (response.status, door.error(response)["code"]) == (400, "unsupported_parameter")
        return
    vendor.say(Said("1 2"))
    vendors.ask(door, Question([user("Count")], stop=["END"]), f"{provider}/small", False)
    assert vendor.last.stop == ["END"]


@whole_or_stream
@providers
@doors
def test_usage_is_told_in_the_doors_words_and_billed_to_the_nano_dollar(vendors, door, provider, stream):
    vendors.vendors[provider].say(Said("Fine.", tokens=TOKENS))
    response = vendors.send(door, Question([user("Hi")]), f"{provider}/small", stream)
    heard = door.hear(response, stream)
    expected = told_by(provider, TOKENS)
    assert heard.tokens == expected
    record = vendors.gateway.record_of(response)
    assert nano(record["cost_usd"]) == cost_nano("small", expected)
    if stream:
        assert nano(heard.disclosure["cost_usd"]) == cost_nano("small", expected)
    else:
        assert response.headers["x-tierway-cost-usd"] == usd(cost_nano("small", expected))


@whole_or_stream
@providers
@doors
def test_every_answer_discloses_who_gave_it(vendors, door, provider, stream):
    vendors.vendors[provider].say(Said("Fine."))
    response = vendors.send(door, Question([user("Hi")]), f"{provider}/frontier", stream, {"x-tierway-class": "chat"})
    heard = door.hear(response, stream)
    told = response.headers
    assert (told["x-tierway-model"], told["x-tierway-tier"], told["x-tierway-class"]) == (
        f"{provider}/frontier", f"frontier_{provider}", "chat")
    assert told["x-request-id"] == told["x-tierway-request-id"]
    if stream:
        assert heard.disclosure["request_id"] == response.request_id
        # The class is bound to the smallest tier.
        assert (heard.disclosure["model"], heard.disclosure["escalation"]) == (f"{provider}/frontier", "approved")
        assert nano(heard.disclosure["baseline_usd"]) > 0
    else:
        assert nano(told["x-tierway-baseline-usd"]) > 0


@whole_or_stream
@pytest.mark.parametrize("provider", ["azure_deployment", "bedrock_signed"])
@doors
def test_other_addresses_and_credentials_of_a_vendor_are_taken(vendors, door, provider, stream):
    vendors.vendors[provider].say(Said(TEXT))
    assert vendors.ask(door, Question([user("Grüße?")]), f"{provider}/small", stream).text == TEXT


def test_calls_of_gemini_without_ids_get_ids_and_are_answered_by_name(vendors):
    vendor = vendors.vendors["gemini"]
    vendor.gives_ids = False
    try:
        for door in DOORS.values():
            vendor.say(Said("", (Call("", "weather", '{"city":"Bern"}', "sig-a"), Call("", "clock", "{}"))))
            tools = {"weather": WEATHER, "clock": {"type": "object", "properties": {}}}
            heard = vendors.ask(door, Question([user("Both?")], tools=tools), "gemini/small", True)
            ids = [call.id for call in heard.calls]
            assert all(ids) and len(set(ids)) == 2, ids
            vendor.say(Said("Fine."))
            answered = results(Result(ids[0], "sun"), Result(ids[1], "noon"))
            vendors.ask(door, Question([user("Both?"), heard, answered], tools=tools), "gemini/small", True)
            assert [part.text for part in vendor.last.turns[-1].parts] == ["sun", "noon"]
    finally:
        vendor.gives_ids = True
