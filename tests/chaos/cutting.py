"""The line to a server, which breaks now and then: who is on it is thrown off, and for a moment nobody gets through."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Line:
    """Listens on a free port of loopback and passes everything on to `upstream`, a port there, until it is cut."""

    def __init__(self, upstream: int) -> None:
        self.port = 0
        self._upstream = upstream
        self._closed_until = 0.0
        self._open: set[asyncio.WriteTransport] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def cut(self, seconds: float) -> None:
        """Throw off whoever is on it, and let nobody through for so long."""
        self._closed_until = max(self._closed_until, asyncio.get_running_loop().time() + seconds)
        for transport in self._open:
            transport.abort()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody connects."""
        if self._is_closed:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._upstream)
        ends = {writer.transport, back.transport}
        self._open |= ends
        try:
            if not self._is_closed:
                await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))
        finally:
            self._open -= ends
            for end in ends:
                end.abort()

    @property
    def _is_closed(self) -> bool:
        return asyncio.get_running_loop().time() < self._closed_until


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Until either end is gone; what the other has then is over, too."""
    try:
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    except ConnectionError:
        pass  # thrown off, or a process that was killed: the line ends, which is all there is to say
    finally:
        sink.transport.close() if not sink.transport.is_closing() else None


@asynccontextmanager
async def line_to(upstream: int) -> AsyncIterator[Line]:
    """A line to a port of loopback, until the end of the block."""
    line = Line(upstream)
    server = await asyncio.start_server(line.accept, "127.0.0.1", 0)
    line.port = int(server.sockets[0].getsockname()[1])
    try:
        yield line
    finally:
        server.close()
        line.cut(0)
