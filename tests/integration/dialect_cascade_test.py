"""The cascade between dialects: a draft of one vendor is kept, or rejected for the answer of another, whichever door was asked."""

import pytest

from support.dialect_lane import cost_nano
from support.doors import DOORS, Question
from support.lane import nano
from support.neutral import Call, Result, Said, Thought, Tokens, plain, results, user
from support.vendors import VENDORS

doors = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
whole_or_stream = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
drafts = pytest.mark.parametrize("draft", VENDORS)
frontiers = pytest.mark.parametrize("frontier", VENDORS)
WEAK = Said("DRAFTMARK: I'm not sure, I don't know, I cannot determine this.", tokens=Tokens(100, 20))
GOOD = Said("It is 391.", tokens=Tokens(110, 30))
ASKED = user("How much is 17 * 23?")
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def judged(draft: str, frontier: str) -> dict[str, str]:
    return {"x-tierway-class": f"{draft}_to_{frontier}"}


@whole_or_stream
@frontiers
@drafts
@doors
def test_a_weak_draft_is_replaced_by_another_vendors_answer_and_both_are_billed(vendors, door, draft, frontier, stream):
    vendors.vendors[draft].say(WEAK)
    vendors.vendors[frontier].say(GOOD)
    response = vendors.send(door, Question([ASKED], system="Be exact."), "auto", stream, judged(draft, frontier))
    heard = door.hear(response, stream)
    assert (heard.text, heard.model, heard.tokens) == ("It is 391.", f"{frontier}/frontier", GOOD.tokens)
    assert b"DRAFTMARK" not in response.body and "DRAFTMARK" not in str(response.headers)
    last = vendors.vendors[frontier].last
    assert (last.system, last.turns) == ("Be exact.", [ASKED])
    cost = cost_nano("small", WEAK.tokens) + cost_nano("frontier", GOOD.tokens)
    if stream:
        assert (heard.disclosure["escalation"], nano(heard.disclosure["cost_usd"])) == ("approved", cost)
    else:
        assert response.headers["x-tierway-escalation"] == "approved; reason=low_confidence"
        assert nano(response.headers["x-tierway-cost-usd"]) == cost


@whole_or_stream
@drafts
@doors
def test_a_good_draft_is_kept_and_nobody_else_is_asked(vendors, door, draft, stream):
    frontier = "anthropic" if draft != "anthropic" else "openai"
    vendors.vendors[draft].say(GOOD)
    response = vendors.send(door, Question([ASKED]), "auto", stream, judged(draft, frontier))
    heard = door.hear(response, stream)
    assert (heard.text, heard.model) == ("It is 391.", f"{draft}/small")
    assert response.headers["x-tierway-escalation"] == "none"
    assert nano(response.headers["x-tierway-cost-usd"]) == cost_nano("small", GOOD.tokens)


@whole_or_stream
@drafts
@doors
def test_a_draft_whose_arguments_miss_a_required_field_is_replaced(vendors, door, draft, stream):
    frontier = "gemini" if draft != "gemini" else "bedrock"
    vendors.vendors[draft].say(Said("", (Call("draft_1", "weather", '{"town":"DRAFTMARK"}', "sig-draft" if draft == "gemini" else ""),)))
    vendors.vendors[frontier].say(Said("", (Call("good_1", "weather", '{"city":"Bern"}', "sig-good" if frontier == "gemini" else ""),)))
    question = Question([user("The weather?")], tools={"weather": WEATHER})
    response = vendors.send(door, question, "auto", stream, judged(draft, frontier))
    heard = door.hear(response, stream)
    assert [(call.id, call.arguments) for call in heard.calls] == [("good_1", '{"city":"Bern"}')]
    assert heard.model == f"{frontier}/frontier"
    assert b"DRAFTMARK" not in response.body and b"draft_1" not in response.body


@whole_or_stream
@doors
def test_a_tool_loop_goes_on_through_the_cascade_with_a_new_vendor_at_each_turn(vendors, door, stream):
    """Turn by turn: Anthropic's draft is kept, with its thought; Gemini's is rejected for OpenAI's; Bedrock's is kept."""
    tools = {"weather": WEATHER}
    question = user("The weather in Bern and Basel?")
    first_call, second_call = Call("toolu_1", "weather", '{"city": "Bern"}'), Call("call_2", "weather", '{"city": "Basel"}')
    vendors.vendors["anthropic"].say(Said("", (first_call,), (Thought("Bern first.", "sig-1"),)))
    first = vendors.ask(door, Question([question], tools=tools), "auto", stream, judged("anthropic", "openai"))
    history = [question, first, results(Result("toolu_1", "sun"))]

    vendors.vendors["gemini"].say(WEAK)
    vendors.vendors["openai_responses"].say(Said("", (second_call,), (Thought("Then Basel.", "enc-1"),)))
    second = vendors.ask(door, Question(history, tools=tools), "auto", stream, judged("gemini", "openai_responses"))
    assert second.model == "openai_responses/frontier"
    history += [second, results(Result("call_2", "rain"))]

    vendors.vendors["bedrock"].say(Said("Sun in Bern, rain in Basel."))
    last = vendors.ask(door, Question(history, tools=tools), "auto", stream, judged("bedrock", "anthropic"))
    assert (last.text, last.model) == ("Sun in Bern, rain in Basel.", "bedrock/small")
    assert plain(vendors.vendors["bedrock"].last.turns) == [
        question, Said("", (first_call,)).as_turn(), results(Result("toolu_1", "sun")),
        Said("", (second_call,)).as_turn(), results(Result("call_2", "rain"))]

    # And back at those who thought: each knows its own thought again, and is spared the other's.
    for provider, seal in (("anthropic", "sig-1"), ("openai_responses", "enc-1")):
        vendors.vendors[provider].say(Said("As I said."))
        vendors.ask(door, Question([*history, last, user("Sure?")], tools=tools), f"{provider}/small", stream)
        assert [thought.seal for thought in vendors.vendors[provider].last.thoughts] == [seal]
