"""What a model thought returns to it as it was sealed, through any door's history, and to nobody else."""

import pytest

from support.doors import DOORS, Question
from support.neutral import Call, Result, Said, Text, Thought, plain, results, user
from support.vendors import VENDORS

doors = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
whole_or_stream = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
sealing = pytest.mark.parametrize("provider", [name for name, vendor in VENDORS.items() if vendor.seals_thoughts])
hiding = pytest.mark.parametrize("provider", [name for name, vendor in VENDORS.items() if vendor.seals_hidden])
# Whose seals each can read: Bedrock serves Anthropic's models.
FAMILY = {"anthropic": "claude", "bedrock": "claude", "gemini": "gemini", "openai_responses": "openai"}
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = {"weather": WEATHER}
CALL = Call("call_1", "weather", '{"city": "Bern"}')
QUESTION = user("The weather?")
ANSWERED = results(Result("call_1", "sun"))
# Of base64's alphabet, and with what the tags of our own are made of.
SEAL = "EuYBCkQYAiJA+/=:openai!:abc=="


@whole_or_stream
@sealing
@doors
def test_a_sealed_thought_returns_to_its_maker_as_it_was(vendors, door, provider, stream):
    vendor = vendors.vendors[provider]
    thought = Thought("The city is Bern. Let me look.", SEAL)
    vendor.say(Said("", (CALL,), (thought,)), split=9)
    heard = vendors.ask(door, Question([QUESTION], tools=TOOLS, output_tokens_max=9000, effort="high"), f"{provider}/small", stream)
    assert "".join(each.text for each in heard.thoughts) == thought.text  # The client can read it.
    vendor.say(Said("Sun."))
    history = [QUESTION, heard, ANSWERED]
    vendors.ask(door, Question(history, tools=TOOLS, output_tokens_max=9000, effort="high"), f"{provider}/small", stream)
    assert [(each.text, each.seal) for each in vendor.last.thoughts] == [(thought.text, SEAL)]
    assert plain(vendor.last.turns) == [QUESTION, Said("", (CALL,)).as_turn(), ANSWERED]


@whole_or_stream
@hiding
@doors
def test_a_thought_that_is_only_a_seal_returns_to_its_maker(vendors, door, provider, stream):
    vendor = vendors.vendors[provider]
    thoughts = (Thought("I see.", SEAL), Thought("", "RmluZQ==", hidden=True))
    vendor.say(Said("I look.", (CALL,), thoughts))
    heard = vendors.ask(door, Question([QUESTION], tools=TOOLS), f"{provider}/small", stream)
    assert heard.text == "I look."
    vendor.say(Said("Sun."))
    vendors.ask(door, Question([QUESTION, heard, ANSWERED], tools=TOOLS), f"{provider}/small", stream)
    assert vendor.last.thoughts == list(thoughts)


@whole_or_stream
@doors
def test_geminis_signature_of_a_call_returns_on_that_call(vendors, door, stream):
    vendor = vendors.vendors["gemini"]
    calls = (Call("call_1", "weather", '{"city": "Bern"}', SEAL), Call("call_2", "weather", '{"city": "Basel"}'))
    vendor.say(Said("", calls, (Thought("Two cities."),)))
    heard = vendors.ask(door, Question([QUESTION], tools=TOOLS), "gemini/small", stream)
    vendor.say(Said("Sun."))
    answered = results(Result("call_1", "sun"), Result("call_2", "rain"))
    vendors.ask(door, Question([QUESTION, heard, answered], tools=TOOLS), "gemini/small", stream)
    assert vendor.last.calls == list(calls)


@whole_or_stream
@pytest.mark.parametrize("other", VENDORS)
@pytest.mark.parametrize("maker", FAMILY)
@doors
def test_a_seal_is_kept_from_every_other_vendor_and_is_whole_when_its_maker_is_asked_again(vendors, door, maker, other, stream):
    if FAMILY[maker] == FAMILY.get(other):
        pytest.skip("of the same family")
    source, stranger = vendors.vendors[maker], vendors.vendors[other]
    seals_call = source.seals_calls
    call = Call("call_1", "weather", '{"city": "Bern"}', SEAL if seals_call else "")
    thoughts = () if seals_call else (Thought("It must be Bern.", SEAL),)
    source.say(Said("I look.", (call,), thoughts))
    first = vendors.ask(door, Question([QUESTION], tools=TOOLS), f"{maker}/small", stream)
    stranger.say(Said("Sun."))
    second = vendors.ask(door, Question([QUESTION, first, ANSWERED], tools=TOOLS), f"{other}/small", stream)
    assert plain(stranger.last.turns) == [QUESTION, Said("I look.", (CALL,)).as_turn(), ANSWERED]
    sent = b"".join(request.body for request in stranger.requests)
    assert SEAL.encode() not in sent
    source.say(Said("As I said."))
    vendors.ask(door, Question([QUESTION, first, ANSWERED, second, user("Sure?")], tools=TOOLS), f"{maker}/small", stream)
    asked = source.last
    assert [each.seal for each in (asked.calls if seals_call else asked.thoughts)] == [SEAL]


@whole_or_stream
@doors
def test_the_reasoning_of_compatible_servers_is_shown_and_goes_back_to_them(vendors, door, stream):
    """DeepSeek's kind has no seal: it wants the words themselves beside the calls they led to."""
    vendor = vendors.vendors["deepseek"]
    vendor.say(Said("", (CALL,), (Thought("It must be Bern."),)))
    heard = vendors.ask(door, Question([QUESTION], tools=TOOLS), "deepseek/small", stream)
    assert [each.text for each in heard.thoughts] == ["It must be Bern."]
    vendor.say(Said("Sun."))
    vendors.ask(door, Question([QUESTION, heard, ANSWERED], tools=TOOLS), "deepseek/small", stream)
    # Streams of the other doors have no place for whose it is; DeepSeek is then sent an empty thought, which it takes.
    returns = door.name == "chat" or not stream
    assert [each.text for each in vendor.last.thoughts] == (["It must be Bern."] if returns else [])


@whole_or_stream
@doors
def test_thoughts_and_text_keep_their_order(vendors, door, stream):
    vendor = vendors.vendors["anthropic"]
    vendor.say(Said("I look.", (CALL,), (Thought("First.", "sig-a"), Thought("Second.", "sig-b"))))
    heard = vendors.ask(door, Question([QUESTION], tools=TOOLS), "anthropic/small", stream)
    vendor.say(Said("Sun."))
    vendors.ask(door, Question([QUESTION, heard, ANSWERED], tools=TOOLS), "anthropic/small", stream)
    assert vendor.last.turns[1].parts == (Thought("First.", "sig-a"), Thought("Second.", "sig-b"), Text("I look."), CALL)
