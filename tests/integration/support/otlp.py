"""A collector's side of OTLP over HTTP: reads exports by OpenTelemetry's own definitions, and strictly, so that what the gateway
sends is proved to be what any collector takes."""

import base64
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2

from .fake_upstream import FakeUpstream, RecordedRequest

SERVER, CLIENT = trace_pb2.Span.SPAN_KIND_SERVER, trace_pb2.Span.SPAN_KIND_CLIENT
FAILED, UNSET = trace_pb2.Status.STATUS_CODE_ERROR, trace_pb2.Status.STATUS_CODE_UNSET


@dataclass
class Span:
    trace_id: str
    span_id: str
    parent_id: str  # Empty: it has none.
    name: str
    kind: int
    status: int
    flags: int
    tracestate: str
    began: int  # Nanoseconds since 1970.
    ended: int
    attributes: dict[str, object]
    resource: dict[str, object]


def in_base64(text: str) -> str:
    return base64.b64encode(bytes.fromhex(text)).decode()


def with_base64_ids(span: dict) -> dict:
    """OTLP's JSON has ids in hexadecimal, where the general mapping of protobuf has base64 (specification of OTLP, JSON encoding)."""
    assert re.fullmatch("[0-9a-f]{32}", span["traceId"]), span
    for name in ("spanId", "parentSpanId"):
        assert name not in span or re.fullmatch("[0-9a-f]{16}", span[name]), span
    assert "spanId" in span, span
    return {**span, **{name: in_base64(span[name]) for name in ("traceId", "spanId", "parentSpanId") if name in span}}


def value_of(value) -> object:
    kind = value.WhichOneof("value")
    return [value_of(each) for each in value.array_value.values] if kind == "array_value" else getattr(value, kind)


def attributes_of(pairs) -> dict[str, object]:
    found = {pair.key: value_of(pair.value) for pair in pairs}
    assert len(found) == len(pairs), "an attribute is there twice"
    return found


def read_export(request: RecordedRequest) -> list[Span]:
    """The spans of one export; fails on whatever the definitions do not know."""
    assert request.request_line == "POST /v1/traces HTTP/1.1"
    assert request.headers["content-type"] == "application/json"
    document = json.loads(request.body)
    for resource in document["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            scope["spans"] = [with_base64_ids(span) for span in scope["spans"]]
    message = json_format.ParseDict(document, ExportTraceServiceRequest(), ignore_unknown_fields=False)
    spans = []
    for resource in message.resource_spans:
        for scope in resource.scope_spans:
            assert scope.scope.name == "tierway"
            for span in scope.spans:
                spans.append(Span(span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), span.name, span.kind,
                                  span.status.code, span.flags, span.trace_state, span.start_time_unix_nano, span.end_time_unix_nano,
                                  attributes_of(span.attributes), attributes_of(resource.resource.attributes)))
    return spans


def spans_at(collector: FakeUpstream) -> list[Span]:
    """Of every export so far, the repeated ones once."""
    found = {span.span_id: span for request in list(collector.requests) for span in read_export(request)}
    return list(found.values())


def of_trace(spans: Iterable[Span], trace_id: str) -> tuple[Span, list[Span]]:
    """The gateway's own span of a trace, and its attempts in order."""
    own = [span for span in spans if span.trace_id == trace_id]
    servers = [span for span in own if span.kind == SERVER]
    assert len(servers) == 1, own
    attempts = sorted((span for span in own if span.kind == CLIENT), key=lambda span: span.began)
    assert len(attempts) + 1 == len(own)
    assert all(attempt.parent_id == servers[0].span_id for attempt in attempts)
    assert all(servers[0].began <= attempt.began <= attempt.ended <= servers[0].ended for attempt in attempts)
    return servers[0], attempts
