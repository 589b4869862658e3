"""What fails at any provider is told in the words of the door that was asked, before the stream and inside it."""

import threading

import pytest

from support.deadline import eventually
from support.doors import DOORS, Question
from support.neutral import Said, user
from support.vendors import VENDORS
from support.vendors.vendor import INVALID, OVERLOADED, RATE_LIMITED, TOO_LONG, WRONG_KEY, Interruption

doors = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
providers = pytest.mark.parametrize("provider", VENDORS)
whole_or_stream = pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
QUESTION = Question([user("Hi")])
STORY = Said("Once upon a time there was")
TOLD = "Once upon a ti"  # When the second piece of it was told.
LAST_PIECE = "on a ti"
# The status at every door, and the code.
EXPECTED = {
    TOO_LONG: (400, "context_length_exceeded"),
    RATE_LIMITED: (429, "rate_limit_exceeded"),
    WRONG_KEY: (502, "upstream_refused_credentials"),
    OVERLOADED: (503, "upstream_unavailable"),
    INVALID: (400, None),
}
ANTHROPIC_TYPES = {400: "invalid_request_error", 429: "rate_limit_error", 502: "api_error", 503: "overloaded_error"}


@pytest.mark.parametrize("kind", EXPECTED)
@whole_or_stream
@providers
@doors
def test_a_refusal_of_the_vendor_is_told_in_the_doors_words(vendors, door, provider, stream, kind):
    vendors.vendors[provider].refuse(kind)
    response = vendors.send(door, QUESTION, f"{provider}/small", stream)
    status, code = EXPECTED[kind]
    error = door.error(response)
    assert response.status == status, error
    assert code is None or error["code"] == code, error
    assert provider in error["message"]
    if door.name == "messages":
        assert error["type"] == ANTHROPIC_TYPES[status]
    if kind == RATE_LIMITED:
        assert 1 <= int(response.headers["retry-after"]) <= 60
        if provider != "bedrock":  # It never says how long to wait.
            assert response.headers["retry-after"] == "7"


@providers
@doors
def test_an_error_inside_a_stream_is_told_after_what_was_said(vendors, door, provider):
    vendor = vendors.vendors[provider]
    go_on = threading.Event()
    vendor.say(STORY, interruption=Interruption(vendor.events_until(STORY, LAST_PIECE), go_on, refusal=OVERLOADED))
    error = door.error_in(vendors.send_until_cut(door, QUESTION, f"{provider}/small", LAST_PIECE, go_on))
    assert (error["text"], error["code"]) == (TOLD, "upstream_unavailable"), error


@providers
@doors
def test_an_error_before_the_first_content_has_a_status(vendors, door, provider):
    vendor = vendors.vendors[provider]
    vendor.say(STORY, interruption=Interruption(vendor.events_until(STORY, "Once up") - 1, refusal=OVERLOADED))
    response = vendors.send(door, QUESTION, f"{provider}/small", True)
    assert response.status == 503, response.body
    assert door.error(response)["code"] == "upstream_unavailable"


@providers
@doors
def test_an_answer_that_is_cut_short_never_looks_complete(vendors, door, provider):
    vendor = vendors.vendors[provider]
    go_on = threading.Event()
    vendor.say(STORY, interruption=Interruption(vendor.events_until(STORY, LAST_PIECE), go_on, cut=True))
    error = door.error_in(vendors.send_until_cut(door, QUESTION, f"{provider}/small", LAST_PIECE, go_on))
    assert (error["text"], error["code"]) == (TOLD, "upstream_truncated"), error


@providers
@doors
def test_a_stream_reaches_the_client_while_the_vendor_goes_on(vendors, door, provider):
    vendor = vendors.vendors[provider]
    go_on = threading.Event()
    vendor.say(STORY, interruption=Interruption(vendor.events_until(STORY, LAST_PIECE), go_on=go_on))
    with vendors.begin(door, QUESTION, f"{provider}/small", True) as client:
        head = client.read_head()
        client.read_until(head, LAST_PIECE.encode())
        go_on.set()
        assert door.hear(client.read_body(head), True).text == STORY.text


@whole_or_stream
@providers
@doors
def test_a_client_that_leaves_takes_the_vendors_call_with_it(vendors, door, provider, stream):
    vendor = vendors.vendors[provider]
    go_on = threading.Event()
    if stream:
        vendor.say(STORY, interruption=Interruption(vendor.events_until(STORY, LAST_PIECE), go_on=go_on))
    else:
        vendor.pause_before_answering(go_on)
    before = vendors.gateway.decisions(1)
    client = vendors.begin(door, QUESTION, f"{provider}/small", stream)
    if stream:
        client.read_head()
    else:
        eventually(lambda: vendor.asked, "the vendor to be asked")
    client.close()
    eventually(vendor.left.is_set, "the vendor to be left alone")
    last = eventually(lambda: (found := vendors.gateway.decisions(1)) != before and found, "a further record")
    assert (last[0]["outcome"], last[0]["status"]) == ("client_gone", 499)
