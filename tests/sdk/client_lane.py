"""What the tests of real clients ask: a gateway before a reacting model of each vendor, and its records of clients that left."""

from pathlib import Path

from reacting_models import ReactingModel
from support.deadline import eventually
from support.dialect_lane import DialectLane
from support.gateway import Gateway

QUESTION = "What is the capital of France?"
TOLD = "Sunny, 21 °C."
CITY_SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}


class ClientLane(DialectLane):
    def __init__(self, folder: Path):
        super().__init__(folder)
        self.vendors["openai_responses"].may_keep = True  # type: ignore[attr-defined]
        self.models = [ReactingModel(vendor) for vendor in self.vendors.values()]

    @property
    def names(self) -> list[str]:
        return [f"{name}/small" for name in self.vendors]

    @property
    def root_url(self) -> str:
        """Without the version, as Anthropic's SDKs want it."""
        return self.gateway.base_url.removesuffix("/v1")

    def keeps_seals(self, model: str) -> bool:
        return self.vendors[model.partition("/")[0]].seals_thoughts

    def environment(self) -> dict[str, str]:
        """Where clients that are programs of their own find everything."""
        host, port = self.gateway.admin_address
        return {"TIERWAY_URL": self.gateway.base_url, "TIERWAY_ADMIN_URL": f"http://{host}:{port}", "TIERWAY_MODELS": ",".join(self.names),
                "TIERWAY_SEALING_MODELS": ",".join(name for name in self.names if self.keeps_seals(name))}


class Leaving:
    """Within the block a client leaves; at its end the gateway has a new record that says so."""

    def __init__(self, gateway: Gateway):
        self._gateway = gateway

    def __enter__(self) -> None:
        self._known = {record["request_id"] for record in self._gateway.decisions()}

    def __exit__(self, kind, *_) -> None:
        if kind is not None:
            return

        def found() -> list[dict]:
            return [record for record in self._gateway.decisions()
                    if record["request_id"] not in self._known and record["status"] == 499]

        assert eventually(found, "the record of the client that left")[0]["outcome"] == "client_gone"


__all__ = ["CITY_SCHEMA", "ClientLane", "Leaving", "QUESTION", "TOLD"]
