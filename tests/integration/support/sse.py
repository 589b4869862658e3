"""Reading what a client of a stream sees."""

import json
from dataclasses import dataclass, field


@dataclass
class Stream:
    """A decoded event stream: data payloads and comments in order, with the JSON ones parsed."""

    payloads: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    done: bool = False

    @staticmethod
    def parse(body: bytes) -> "Stream":
        """Refuses what WIRE.md section 0 rule 1 forbids: anything but data and comment lines, a BOM, bare CR, text after the end."""
        assert not body.startswith(b"\xef\xbb\xbf"), "a BOM starts the stream"
        stream = Stream()
        text = body.decode("utf-8").replace("\r\n", "\n")
        assert "\r" not in text, "a bare CR ends a line"
        assert text == "" or text.endswith("\n\n"), f"the last event is not ended: {text[-80:]!r}"
        for block in text.split("\n\n"):
            data = []
            for line in block.split("\n"):
                if line.startswith(":"):
                    stream.comments.append(line[1:].strip())
                elif line.startswith("data:"):
                    data.append(line[5:].removeprefix(" "))
                else:
                    assert line == "", f"neither data nor comment: {line!r}"
            if data:
                assert not stream.done, f"an event after [DONE]: {data}"
                payload = "\n".join(data)
                stream.done = payload == "[DONE]"
                stream.payloads.append(payload)
        return stream

    @property
    def chunks(self) -> list[dict]:
        return [json.loads(payload) for payload in self.payloads if payload != "[DONE]"]

    @property
    def text(self) -> str:
        """The content of choice 0."""
        return "".join(choice["delta"].get("content") or "" for chunk in self.chunks for choice in chunk.get("choices", [])
                       if choice["index"] == 0)

    @property
    def roles(self) -> list[str]:
        return [choice["delta"]["role"] for chunk in self.chunks for choice in chunk.get("choices", [])
                if "role" in choice["delta"]]

    @property
    def usage_chunks(self) -> list[dict]:
        return [chunk for chunk in self.chunks if chunk.get("usage")]

    @property
    def disclosure(self) -> dict:
        """The `tierway` object, wherever it is; exactly one."""
        found = [chunk["tierway"] for chunk in self.chunks if "tierway" in chunk]
        for comment in self.comments:
            if comment.startswith("tierway"):
                found.append(json.loads(comment[comment.index("{"):]))
        assert len(found) == 1, f"{len(found)} disclosures in {self.payloads} {self.comments}"
        return found[0]
