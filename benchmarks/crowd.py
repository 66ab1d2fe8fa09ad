"""A crowd of clients with bare sockets: they cost less than the server they press on, but run on the same cores."""

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

ANYTHING = "Accept: */*"


class Line:
    """One connection that is kept."""

    def __init__(self, port: int) -> None:
        self.port, self.socket = port, None

    def ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        """Status, head, body; once more on a new connection if the server had closed the old one before reading."""
        for _ in range(2):
            try:
                return self._ask(request)
            except ConnectionError:
                self.socket = None
        raise ConnectionError

    def _ask(self, request: bytes) -> tuple[int, bytes, bytes]:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, body = answer.split(b"\r\n\r\n", 1)
        told = re.search(rb"content-length: (\d+)", head, re.I)
        length = int(told.group(1)) if told else 0  # 204 has none
        while len(body) < length:
            body += self._more()
        if b"connection: close" in head.lower():
            self.socket = None
        return int(head[9:12]), head, body

    def _more(self) -> bytes:
        received = self.socket.recv(65_536)
        if not received:
            raise ConnectionError
        return received


def get(path: str, port: int, header: str = ANYTHING) -> bytes:
    """A request for a page."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{header}\r\n\r\n".encode()


@dataclass
class Load:
    """What a crowd came to: how many a second, and the milliseconds of each, in order."""

    rate: float
    took: list[float]

    @property
    def p99(self) -> float:
        """One in a hundred took longer."""
        return self.took[int(len(self.took) * 0.99)]


def crowd(port: int, acts: list[Callable[[Line], object]], clients: int) -> Load:
    """Every act once, by so many clients, each with a line of its own."""
    left, took = iter(acts), []
    lock = threading.Lock()

    def one() -> None:
        line = Line(port)
        while True:
            with lock:
                act = next(left, None)
            if act is None:
                return
            began = time.perf_counter()
            act(line)
            took.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=one) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Load(len(acts) / (time.perf_counter() - began), sorted(took))


def look(path: str, port: int, header: str = ANYTHING) -> Callable[[Line], object]:
    """An act: fetch a page, which must come."""

    def act(line: Line) -> None:
        status, _, _ = line.ask(get(path, port, header))
        if status != 200:
            raise SystemExit(f"{path} answered {status}")

    return act
