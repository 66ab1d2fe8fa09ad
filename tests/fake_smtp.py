"""A mail server on this machine: says what it is told to at each step, loses the line where it is told to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

LOST = "lost"
"""Instead of an answer: the line breaks."""


@dataclass
class FakeSmtp:
    """`answers` by step (`hello`, `ehlo`, `auth`, `mail`, `rcpt`, `data`, `text`), each once, in order; else all well.

    `taken` is what it has accepted: to whom, and the mail.
    """

    port: int = 0
    answers: dict[str, list[str]] = field(default_factory=dict)
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    offers: tuple[str, ...] = ("8BITMIME", "AUTH PLAIN LOGIN")
    seen: list[str] = field(default_factory=list)

    def answer(self, step: str, usual: str) -> str:
        """What to say at a step."""
        waiting = self.answers.get(step)
        return waiting.pop(0) if waiting else usual


class _Line(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        fake, to = self.server.fake, list[str]()
        if not self._say("hello", "220 fake"):
            return
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].lower()
            fake.seen.append(line)
            if word == "ehlo":
                usual = "\r\n".join(["250-fake", *(f"250-{offer}" for offer in fake.offers), "250 HELP"])
            else:
                usual = {"auth": "235 welcome", "data": "354 go on", "quit": "221 bye"}.get(word, "250 ok")
            if word == "rcpt":
                to.append(line.partition("<")[2].rstrip(">"))
            if not self._say(word, usual):
                return
            if word == "data" and self.last.startswith("354") and not self._text(to):
                return

    def _text(self, to: list[str]) -> bool:
        lines = list(iter(self.rfile.readline, b".\r\n"))
        if b"" in lines:
            return False
        answer = self.server.fake.answer("text", "250 queued")
        if answer.startswith("250") or answer == LOST:  # lost: taken, and nobody hears of it
            mail = message_from_bytes(b"".join(line.removeprefix(b".") for line in lines), policy=default)
            self.server.fake.taken.append((to, mail))
        return self._write(answer)

    def _say(self, step: str, usual: str) -> bool:
        return self._write(self.server.fake.answer(step, usual))

    def _write(self, answer: str) -> bool:
        self.last = answer
        if answer == LOST:
            return False
        self.wfile.write(answer.encode() + b"\r\n")
        return True


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True
    fake: FakeSmtp


@contextmanager
def running(**how: object) -> Iterator[FakeSmtp]:
    """A server until the block ends."""
    fake = FakeSmtp(**how)
    with _Server(("127.0.0.1", 0), _Line) as server:
        server.fake, fake.port = fake, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield fake
        server.shutdown()
