"""Clients as users have them, each asking for cases of `cut_cases` and telling what it believes it got."""

import json
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from openai import OpenAI

from support.gateway import CHAT, chat
from support.node import MODULES, node
from support.process import environment
from support.sse import Stream

THREADS = 8
CURL_SECONDS = 20


@dataclass
class Belief:
    """What one client made of one case. Complete: its library raised nothing, or curl ended with 0 and without an error."""

    client: str
    number: int
    streamed: bool
    complete: bool
    text: str = ""
    finish: str | None = None
    error: str = ""


def question(number: int) -> str:
    """Every third one is of the class whose answers are held."""
    return "cut, held" if number % 3 == 0 else "cut"


def request(number: int, **extra) -> dict:
    return chat(question(number), metadata={"cut": str(number)}, **extra)


def text_of(message) -> str:
    return (message.content or "") + "".join(call.function.arguments for call in message.tool_calls or [])


def python_raw(client: OpenAI, number: int) -> tuple[str, str | None]:
    text, finish = "", None
    for part in client.chat.completions.create(**request(number), stream=True):
        for choice in part.choices:
            text += choice.delta.content or ""
            text += "".join(call.function.arguments or "" for call in choice.delta.tool_calls or [])
            finish = choice.finish_reason or finish
    return text, finish


def python_helper(client: OpenAI, number: int) -> tuple[str, str | None]:
    with client.chat.completions.stream(**request(number)) as stream:
        for _ in stream:
            pass
        choice = stream.get_final_completion().choices[0]
    return text_of(choice.message), choice.finish_reason


def python_whole(client: OpenAI, number: int) -> tuple[str, str | None]:
    choice = client.chat.completions.create(**request(number)).choices[0]
    return text_of(choice.message), choice.finish_reason


def ask_python(base_url: str, name: str, ask: Callable, streamed: bool, numbers: range) -> list[Belief]:
    with OpenAI(base_url=base_url, api_key="unused", max_retries=0, timeout=30) as client:
        def one(number: int) -> Belief:
            try:
                text, finish = ask(client, number)
                return Belief(name, number, streamed, True, text, finish)
            except Exception as problem:  # noqa: BLE001 - whatever the library raises tells the user.
                return Belief(name, number, streamed, False, error=f"{type(problem).__name__}: {problem}"[:200])

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(one, numbers))


def read_curl(body: bytes, streamed: bool) -> tuple[bool, str, str | None]:
    """Whether what curl wrote looks complete, and what it says."""
    if not streamed:
        choice = json.loads(body)["choices"][0]
        return True, choice["message"]["content"], choice["finish_reason"]
    seen = Stream.parse(body)
    choices = [choice for each in seen.chunks for choice in each.get("choices", [])]
    calls = [call for choice in choices for call in choice["delta"].get("tool_calls") or []]
    text = seen.text + "".join(call["function"]["arguments"] for call in calls)
    finish = next((choice["finish_reason"] for choice in choices if choice["finish_reason"]), None)
    return seen.done and not any("error" in each for each in seen.chunks), text, finish


def ask_curl(base_url: str, streamed: bool, numbers: range) -> list[Belief]:
    name = "curl, stream" if streamed else "curl, whole"

    def one(number: int) -> Belief:
        body = json.dumps(request(number, **({"stream": True} if streamed else {})))
        with tempfile.NamedTemporaryFile() as output:
            done = subprocess.run(["curl", "-sS", "-N", "--noproxy", "*", "--max-time", str(CURL_SECONDS), "-o", output.name,
                                   "-w", "%{http_code}", "-H", "Content-Type: application/json", "-d", body,
                                   base_url.removesuffix("/v1") + CHAT], capture_output=True, text=True, env=environment(), check=False)
            written = Path(output.name).read_bytes()
        if done.returncode or done.stdout != "200":
            return Belief(name, number, streamed, False, error=f"{done.returncode} {done.stdout} {done.stderr}"[:200])
        try:
            complete, text, finish = read_curl(written, streamed)
        except (AssertionError, ValueError, KeyError) as problem:
            return Belief(name, number, streamed, False, error=f"unreadable: {problem}"[:200])
        return Belief(name, number, streamed, complete, text, finish)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, numbers))


def ask_node(base_url: str, way: str, streamed: bool, numbers: range) -> list[Belief]:
    env = environment({"TIERWAY_URL": base_url, "TIERWAY_NODE_ROOT": str(MODULES)})
    done = subprocess.run([node(), str(Path(__file__).with_name("cut_client.mjs")), way, str(numbers.start), str(numbers.stop)],
                          capture_output=True, text=True, timeout=580, env=env, check=False)
    if done.returncode:
        raise AssertionError(f"cut_client.mjs ended with {done.returncode}: {done.stderr[-1000:]}")
    return [Belief(f"openai-node, {way}", streamed=streamed, **json.loads(line)) for line in done.stdout.splitlines()]


# How each client asks, and its share of all cases.
CLIENTS: dict[str, tuple[Callable[[str, range], list[Belief]], float]] = {
    "openai-python, raw": (lambda url, numbers: ask_python(url, "openai-python, raw", python_raw, True, numbers), 0.20),
    "openai-python, helper": (lambda url, numbers: ask_python(url, "openai-python, helper", python_helper, True, numbers), 0.15),
    "openai-python, whole": (lambda url, numbers: ask_python(url, "openai-python, whole", python_whole, False, numbers), 0.15),
    "openai-node, raw": (lambda url, numbers: ask_node(url, "raw", True, numbers), 0.15),
    "openai-node, helper": (lambda url, numbers: ask_node(url, "helper", True, numbers), 0.15),
    "openai-node, whole": (lambda url, numbers: ask_node(url, "whole", False, numbers), 0.10),
    "curl, stream": (lambda url, numbers: ask_curl(url, True, numbers), 0.06),
    "curl, whole": (lambda url, numbers: ask_curl(url, False, numbers), 0.04),
}
