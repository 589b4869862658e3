"""What we send upstream fits the vendors' own descriptions of their APIs, whichever door it came through."""

import pytest
from client_lane import CITY_SCHEMA
from node_test import run

from support.description import DescribedServer, Description
from support.dialect_lane import DialectLane
from support.doors import DOORS, Question
from support.gateway import Gateway
from support.neutral import Call, Image, Result, Said, results, user

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
ASKED = user("The weather?")
TOOLS = {"weather": WEATHER, "clock": {"type": "object", "properties": {}}}
# Providers whose dialect a description covers, and where that has the path.
DESCRIBED = {"openai": ("openai", "/chat/completions"), "openai_responses": ("openai", "/responses"), "anthropic": ("anthropic", "/v1/messages")}

QUESTIONS = {
    "plain": Question([user("Hello.")]),
    "system and limits": Question([user("Hello.")], system="Be brief.", output_tokens_max=50),
    "no limit": Question([user("Hello.")], output_tokens_max=None),
    "turns": Question([user("One?"), Said("One.").as_turn(), user("Two?")]),
    "image": Question([user("What is it?", Image("image/png", PNG))]),
    "tools": Question([ASKED], tools=TOOLS),
    "any tool": Question([ASKED], tools=TOOLS, tool_choice="required"),
    "one tool": Question([ASKED], tools=TOOLS, tool_choice="weather"),
    "schema": Question([user("Which city?")], schema=CITY_SCHEMA),
    "effort": Question([user("Think.")], effort="low", output_tokens_max=4_000),
}


@pytest.fixture(name="descriptions", scope="module")
def descriptions_fixture():
    return {vendor: Description(vendor) for vendor in ("openai", "anthropic")}


@pytest.fixture(name="vendors", scope="module")
def vendors_fixture(tmp_path_factory):
    with DialectLane(tmp_path_factory.mktemp("vendors")) as lane:
        yield lane


def objections(descriptions, vendors, provider: str) -> list[str]:
    vendor, path = DESCRIBED[provider]
    return [said for request in vendors.vendors[provider].requests for said in descriptions[vendor].objections(request, path)]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("provider", DESCRIBED)
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_every_question_through_every_door(descriptions, vendors, door, provider, stream):
    vendors.reset()
    wrong: dict[str, list[str]] = {}
    for name, question in QUESTIONS.items():
        vendors.reset()
        vendors.vendors[provider].say(Said("Fine."))
        vendors.ask(door, question, f"{provider}/small", stream)
        if said := objections(descriptions, vendors, provider):
            wrong[name] = said
    assert not wrong


@pytest.mark.parametrize("provider", DESCRIBED)
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_tool_loop_through_every_door(descriptions, vendors, door, provider):
    vendors.reset()
    call = Call("toolu_01", "weather", '{"city": "Bern"}')
    vendors.vendors[provider].say(Said("I look.", (call,)))
    heard = vendors.ask(door, Question([ASKED], tools=TOOLS), f"{provider}/small", False)
    vendors.vendors[provider].say(Said("Cold."))
    vendors.ask(door, Question([ASKED, heard, results(Result(call.id, "8 °C"))], tools=TOOLS), f"{provider}/small", False)
    assert not objections(descriptions, vendors, provider)


def described_policy(base_url: str) -> dict:
    return {
        "version": 1,
        "server": {"listen": "127.0.0.1:0", "watch": False, "drain_delay": "1ms"},
        "admin": {"listen": "127.0.0.1:0"},
        "breaker": {"consecutive_failures": 1_000, "success_share_min": 0, "open_first": "10ms", "open_max": "10ms"},
        "retry": {"attempts": 1},
        "providers": {"described": {"dialect": "openai", "base_url": base_url, "api_key": "${DESCRIBED_KEY}"},
                      "responses": {"dialect": "openai_responses", "base_url": base_url, "api_key": "${DESCRIBED_KEY}"}},
        "models": {"described/gpt-5": {"price": {"input": 1, "output": 2}, "supports": ["tools", "json_schema", "vision", "audio", "logprobs"]},
                   "responses/gpt-5": {"price": {"input": 1, "output": 2}, "supports": ["tools", "json_schema", "vision"]},
                   "described/text-embedding-3-small": {"kind": "embedding", "price": {"input": 0.02, "output": 0}}},
        "tiers": {"vectors": ["described/text-embedding-3-small"], "small": ["described/gpt-5", "responses/gpt-5"]},
        "classes": {"embed": {"tier": "vectors"}, "chat": {"tier": "small"}},
        "classifier": {"default_class": "chat"},
        "endpoints": {"embeddings": {"class": "embed"}},
        "pass_through": {"provider": "described", "paths": ["audio", "batches", "files", "fine_tuning", "images", "moderations", "uploads",
                                                            "vector_stores"]},
    }


def test_openai_node_calls_every_method_of_the_paths_that_we_serve(tmp_path):
    with DescribedServer(tmp_path, "openai") as server:
        with Gateway(tmp_path / "gateway", described_policy(server.base_url), {"DESCRIBED_KEY": "sk-described-000000"}) as gateway:
            run("described_test.mjs", {"TIERWAY_URL": gateway.base_url})
        assert server.refused() == []
