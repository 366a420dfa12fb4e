"""What MySQL's engine does with its lines by itself, without a server."""

import socket

from core.engines import mysql


def test_a_line_is_cut_while_somebody_waits_on_it() -> None:
    near, far = socket.socketpair()
    with near, far:
        mysql._cut(near)
        assert far.recv(1) == b""


def test_cutting_a_line_that_ended_by_itself_is_silent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        never_connected = socket.socket()
        with never_connected:
            mysql._cut(never_connected)  # the system says that there is nobody at the other end
        closed = socket.create_connection(server.getsockname())
        closed.close()
        mysql._cut(closed)
