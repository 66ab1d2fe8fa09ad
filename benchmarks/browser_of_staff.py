"""A counsellor's browser, as lean as a benchmark needs it."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.crowd import Line
from benchmarks.waiting_room import PASSWORD


@dataclass
class Desk:
    """A browser of a counsellor, signed in."""

    port: int
    login: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def sign_in(self, line: Line) -> "Desk":
        """Open her day."""
        self.get(line, "/desk/sign-in")
        status, _ = self.post(line, "/desk/sign-in", login=self.login, password=PASSWORD)
        if status != 303:
            raise SystemExit(f"{self.login} could not sign in: {status}")
        self.get(line, "/desk/")
        return self

    def get(self, line: Line, path: str, header: str = "Accept: */*") -> tuple[int, str]:
        """Status and page."""
        return self._ask(line, f"GET {path}", header, "")

    def post(self, line: Line, path: str, header: str = "Accept: */*", **fields: str) -> tuple[int, str]:
        """Status and answer of a form sent."""
        body = urlencode({"csrf_token": self.token, **fields})
        own = f"Origin: http://127.0.0.1:{self.port}\r\nSec-Fetch-Site: same-origin\r\n"
        about = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}"
        return self._ask(line, f"POST {path}", f"{own}{header}\r\n{about}", body)

    def _ask(self, line: Line, what: str, header: str, body: str) -> tuple[int, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = f"{what} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {cookies}\r\n{header}\r\n\r\n"
        status, told, page = line.ask((head + body).encode())
        self.cookies.update(re.findall(r"[Ss]et-[Cc]ookie: (\w+)=([^;]*)", told.decode()))
        token = re.search(rb'name="csrf_token" value="([^"]*)"', page)
        self.token = token.group(1).decode() if token else self.token
        return status, page.decode()
