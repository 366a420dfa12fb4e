"""A line to a server that can be cut or fall silent. While cut, what is open has ended and what is new is refused."""

import socket
import threading
from contextlib import suppress
from typing import Self

from sqlalchemy import make_url

from tests.engines.proxy import Proxy


class Line(Proxy):
    """Passes everything on to `upstream`, a port of loopback, while it is whole."""

    def __init__(self, upstream: int) -> None:
        super().__init__(upstream)
        self._lock = threading.Lock()
        self._cut = False
        self._passing = threading.Event()
        self._passing.set()

    def __enter__(self) -> Self:
        self._listen()
        return self

    def cut(self) -> None:
        """As if the server were gone: every connection ends, and nobody listens."""
        with self._lock:
            self._cut = True
            for opened in (self._listener, *self._sockets):
                with suppress(OSError):
                    opened.shutdown(socket.SHUT_RDWR)
                opened.close()
            self._sockets.clear()

    def mend(self) -> None:
        """The server is back where it was."""
        with self._lock:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._cut = False
        self._listen()

    def fall_silent(self) -> None:
        """As if the server were stopped: everything is taken, and nothing comes back, until it `speaks`."""
        self._passing.clear()

    def speak(self) -> None:
        """It goes on where it was."""
        self._passing.set()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._passing.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    def _listen(self) -> None:
        threading.Thread(target=self._take, args=(self._listener,), daemon=True).start()

    def _take(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                if self._cut:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._upstream or 0))
                self._sockets += [client, server]
            for source, sink in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=(source, sink), daemon=True).start()


def through(line: Line, store_url: str, password: str | None = None) -> str:
    """The URL of a store as it is reached over the line."""
    url = make_url(store_url).set(host="127.0.0.1", port=line.port)
    return (url if password is None else url.set(password=password)).render_as_string(hide_password=False)


def port_of(store_url: str, usual: int) -> int:
    """Where the server of a store listens."""
    return make_url(store_url).port or usual
