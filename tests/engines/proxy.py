"""A line between a session and its server that can go dead, as networks do: no data, no end."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Proxy:
    """Listens on a free port of loopback and passes everything on to `upstream`, until it goes dead.

    Without an upstream it says its greeting, and nothing more.
    """

    def __init__(self, upstream: int | None, greeting: bytes = b"") -> None:
        self._upstream = upstream
        self._greeting = greeting
        self._dead = threading.Event()
        self._sockets: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for opened in [self._listener, *self._sockets]:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)
            opened.close()

    def go_dead(self) -> None:
        """From now on nothing passes, and whoever connects anew hears nothing."""
        self._dead.set()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(client)
            if self._upstream is None:
                client.sendall(self._greeting)
            elif not self._dead.is_set():
                server = socket.create_connection(("127.0.0.1", self._upstream))
                self._sockets.append(server)
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if self._dead.is_set():
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return
