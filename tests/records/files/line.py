"""A line to a server that stops in the middle: it passes on so many bytes, then none, until it is cut."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Line:
    """A port of this machine that leads to `port`; after `limit` bytes from the caller nothing more arrives."""

    def __init__(self, port: int, limit: int) -> None:
        self._target, self._left = port, limit
        self._open: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self.stalled = threading.Event()
        threading.Thread(target=self._answer, daemon=True).start()

    def cut(self) -> None:
        """Nobody is on the line any more."""
        for end in (self._door, *self._open):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _answer(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [caller, server]
            threading.Thread(target=self._pass, args=(caller, server), daemon=True).start()
            threading.Thread(target=self._back, args=(server, caller), daemon=True).start()

    def _pass(self, caller: socket.socket, server: socket.socket) -> None:
        try:
            while data := caller.recv(1 << 16):
                self._left -= len(data)
                if self._left < 0:
                    self.stalled.set()
                    return
                server.sendall(data)
        except OSError:
            return

    def _back(self, server: socket.socket, caller: socket.socket) -> None:
        try:
            while data := server.recv(1 << 16):
                caller.sendall(data)
        except OSError:
            return
