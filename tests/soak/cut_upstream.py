"""A provider that sends each case of `cut_cases` up to its cut and keeps a log of what left.

    python -m soak.cut_upstream SEED

Prints its port. A request names its case in `metadata.cut`. GET /log answers what was sent: for each case the bytes of each attempt.
"""

import asyncio
import json
import re
import socket
import sys

from .cut_cases import make_case

CASE = re.compile(rb'"cut" *: *"(\d+)"')
STREAMED = re.compile(rb'"stream" *: *true')
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
# Between two writes, so that what was written before is on its way by itself.
PAUSE = 0.002
RESET_AT_CLOSE = b"\x01\x00\x00\x00\x00\x00\x00\x00"


class Provider:
    def __init__(self, seed: int):
        self.seed = seed
        self.log: dict[str, list[int]] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self.answer_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # The gateway may leave; the log says what was sent.
        finally:
            writer.close()

    async def answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection may carry another request."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        if head.startswith(b"GET /log"):
            data = json.dumps(self.log).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(data), data))
            await writer.drain()
            return True
        number = int(CASE.search(body)[1])
        case = make_case(self.seed, number, bool(STREAMED.search(body)))
        sent = 0
        for end in [*case.pieces, case.sent]:
            if end > sent:
                writer.write(case.wire[sent:end])
                await writer.drain()
                sent = end
                await asyncio.sleep(PAUSE)
        self.log.setdefault(str(number), []).append(sent)
        if case.cut and case.reset:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
            writer.transport.abort()
            return False
        return not case.cut and case.framing != "close"


async def serve(seed: int) -> None:
    provider = Provider(seed)
    server = await asyncio.start_server(provider.serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(sys.argv[1])))
    except KeyboardInterrupt:
        pass
