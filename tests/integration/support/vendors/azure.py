"""A test double of Azure OpenAI (WIRE.md section 5.2): Chat Completions with other credentials, filter results and a first chunk of its own."""

from typing import Any

from ..answers import event
from ..fake_upstream import RecordedRequest
from ..neutral import Said
from .openai import OpenAi
from .vendor import INVALID, WRONG_KEY, Refusal, demand

VERSION = "2025-04-01-preview"
FILTERS = {"hate": {"filtered": False, "severity": "safe"}}


class Azure(OpenAi):
    dialect = "azure"
    key = "azure-4444444444444444"
    prefix = "/openai/v1"

    def check_address(self, request: RecordedRequest) -> None:
        demand(request.request_line == f"POST {self.prefix}/chat/completions HTTP/1.1", request.request_line)
        demand(request.headers.get("api-key") == self.key, "the key is not there")
        demand("authorization" not in request.headers, "two credentials")

    def head(self) -> dict[str, str]:
        return {"apim-request-id": "a-1", "x-ms-region": "West Europe"}

    def answer(self, said: Said) -> Any:
        body = super().answer(said)
        body["choices"][0]["content_filter_results"] = FILTERS
        return {**body, "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": FILTERS}]}

    def events(self, said: Said) -> list[bytes]:
        first = {"choices": [], "created": 0, "id": "", "model": "", "object": "",
                 "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": FILTERS}]}
        return [event(first), *super().events(said)]

    def refusal(self, kind: str) -> Refusal:
        # API management answers for the service, and in fewer words.
        if kind == WRONG_KEY:
            body = {"statusCode": 401, "message": "Access denied due to invalid subscription key or wrong API endpoint."}
            return Refusal(401, body, None)
        if kind == INVALID:
            return Refusal(400, {"error": {"code": "BadRequest", "message": "Invalid value"}}, None)
        return super().refusal(kind)


class DeploymentAzure(Azure):
    """By the older addresses, which name the deployment."""

    prefix = ""
    settings = {"api_version": VERSION}

    def check_address(self, request: RecordedRequest) -> None:
        expected = f"POST /openai/deployments/{self.model}/chat/completions?api-version={VERSION} HTTP/1.1"
        demand(request.request_line == expected, request.request_line)
        demand(request.headers.get("api-key") == self.key, "the key is not there")
