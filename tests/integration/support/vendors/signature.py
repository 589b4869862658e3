"""Checks AWS Signature Version 4 as AWS does: by computing it anew (WIRE.md section 5.3)."""

import hashlib
import hmac
import re
import time
from calendar import timegm
from urllib.parse import quote

from ..fake_upstream import RecordedRequest
from .vendor import demand


def check_signature(request: RecordedRequest, key_id: str, secret: str, region: str, service: str) -> None:
    line = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
                        r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})", request.headers.get("authorization", ""))
    demand(line, f"no signature: {request.headers.get('authorization')}")
    assert line
    demand((line[1], line[3], line[4]) == (key_id, region, service), f"credential {line[0]}")
    date = request.headers["x-amz-date"]
    demand(date.startswith(line[2]), f"signed on {line[2]}, dated {date}")
    age = abs(time.time() - timegm(time.strptime(date, "%Y%m%dT%H%M%SZ")))
    demand(age < 300, f"Signature expired: {age} s")
    names = line[5].split(";")
    demand(names == sorted(names) and {"host", "x-amz-date"} <= set(names), f"signed headers {names}")
    method, target, _ = request.request_line.split(" ")
    path, _, query = target.partition("?")
    hashed = hashlib.sha256(request.body).hexdigest()
    demand(request.headers.get("x-amz-content-sha256", hashed) == hashed, "the body is not the one that was signed")
    canonical = "\n".join([method, quote(path, safe="/~"), query, *(f"{name}:{request.headers[name]}" for name in names), "",
                           line[5], hashed])
    scope = f"{line[2]}/{region}/{service}/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    demand(hmac.compare_digest(expected, line[6]), "The request signature we calculated does not match the signature you provided.")
