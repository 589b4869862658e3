"""The frames of AWS event streams (WIRE.md section 5.3)."""

import struct
import zlib

from ..answers import encode


def frame(payload: dict, **headers: str) -> bytes:
    """`headers` without their colons, with `_` for `-`: `message_type="event"`."""
    fields = b""
    for name, value in headers.items():
        key, text = b":" + name.replace("_", "-").encode(), value.encode()
        fields += struct.pack(">B", len(key)) + key + struct.pack(">BH", 7, len(text)) + text
    body = encode(payload)
    prelude = struct.pack(">II", 16 + len(fields) + len(body), len(fields))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + fields + body
    return message + struct.pack(">I", zlib.crc32(message))


def event(name: str, payload: dict) -> bytes:
    return frame(payload, event_type=name, content_type="application/json", message_type="event")


def exception(name: str, message: str) -> bytes:
    return frame({"message": message}, exception_type=name, content_type="application/json", message_type="exception")
