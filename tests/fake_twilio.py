"""A strict Twilio on this machine, behind the official client: refuses wrong shapes, breaks as told, keeps a list.

`with FakeTwilio() as twilio:` listens on 127.0.0.1 and says so in `twilio.url`. Its clock stands until `pass_time`.
"""

import base64
import json
import re
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.build import NOW

ACCOUNT, SERVICE, KEY = "AC" + "a" * 32, "MG" + "b" * 32, "SK" + "c" * 32
TOKEN, SECRET = "a-token-of-no-account", "a-secret-of-no-account"
PATH = re.compile(rf"/2010-04-01/Accounts/{ACCOUNT}/Messages(?:/(SM[0-9a-f]{{32}}))?\.json")
E164 = re.compile(r"\+[1-9]\d{6,14}")
SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\+[1-9]\d{6,14}")
KNOWN = {"To", "Body", "From", "MessagingServiceSid", "StatusCallback"}
"""Twilio itself passes over what it does not know; the fake does not."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one call: `taken` before it does, and what is answered; no status is no answer at all."""

    status: int | None = None
    code: int | None = None
    taken: bool = False
    text: str | None = None


ANSWER_LOST = Fault(taken=True)
CUT_OFF = Fault()
BUSY = Fault(429, 20429)
ILL = Fault(503, 20503)
ILL_BUT_TAKEN = Fault(502, taken=True, text="<h1>Bad gateway</h1>")
UNREADABLE = Fault(201, taken=True, text="<h1>Welcome to our network</h1>")
OPTED_OUT = Fault(400, 21610)


class Listing(Enum):
    """How the list of messages answers: whole, each message late by `late_by`, or not at all."""

    COMPLETE = "complete"
    LATE = "late"
    DOWN = "down"


@dataclass(frozen=True)
class Callback:
    """A webhook as Twilio sends it: where, what, and signed for that."""

    url: str
    fields: dict[str, str]
    signature: str

    @property
    def path(self) -> str:
        """Without scheme and host, as a server sees it behind its proxy."""
        asked = urlsplit(self.url)
        return asked.path + (f"?{asked.query}" if asked.query else "")

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Twilio-Signature": self.signature}


def signed(url: str, fields: dict[str, str], token: str = TOKEN) -> Callback:
    """A webhook with these fields, signed as Twilio signs."""
    return Callback(url, fields, RequestValidator(token).compute_signature(url, fields))


@dataclass
class Taken:
    """A message that Twilio has."""

    sid: str
    fields: dict[str, str]
    at: datetime
    status: str = "accepted"
    error: int | None = None

    def shown(self) -> dict[str, Any]:
        """As the API shows it."""
        at = format_datetime(self.at)
        return {
            "sid": self.sid, "account_sid": ACCOUNT, "to": self.fields["To"], "from": self.fields.get("From"),
            "messaging_service_sid": self.fields.get("MessagingServiceSid"), "body": self.fields["Body"],
            "status": self.status, "error_code": self.error, "error_message": None, "direction": "outbound-api",
            "date_created": at, "date_updated": at, "date_sent": None if self.status == "accepted" else at,
            "num_segments": "1", "num_media": "0", "price": None, "price_unit": "USD", "api_version": "2010-04-01",
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{self.sid}.json", "subresource_uris": {},
        }  # fmt: skip


@dataclass
class FakeTwilio:
    """The account: what it took (`messages`), what was asked (`calls`), and how it is to break.

    `faults` befall the next calls that send, one each (None: none); `by_number` every call to a number. `list_breaks`
    is the page at which the list breaks.
    """

    now: datetime = NOW
    messages: dict[str, Taken] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    by_number: dict[str, Fault] = field(default_factory=dict)
    listing: Listing = Listing.COMPLETE
    late_by: timedelta = timedelta(minutes=3)
    list_breaks: int | None = None
    page_size: int = 50
    made: int = 0

    def __enter__(self) -> Self:
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _door_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def to(self, number: str) -> list[Taken]:
        """What was taken for a number, oldest first."""
        return [one for one in self.messages.values() if one.fields["To"] == number]

    def report(self, sid: str, status: str, error: int | None = None) -> Callback:
        """What Twilio tells of a message now; the test delivers it, as often and in whatever order it likes."""
        taken = self.messages[sid]
        taken.status, taken.error = status, error
        fields = {
            "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01", "From": taken.fields.get("From", "+4915199999999"),
            "MessageSid": sid, "MessageStatus": status, "SmsSid": sid, "SmsStatus": status, "To": taken.fields["To"],
            **({"ErrorCode": str(error)} if error else {}),
            **({"MessagingServiceSid": SERVICE} if "MessagingServiceSid" in taken.fields else {}),
        }  # fmt: skip
        return signed(taken.fields["StatusCallback"], fields)

    def answer(self, method: str, target: str, head: dict[str, str], body: str) -> tuple[int, Any] | None:
        """Status and JSON (or text) of one call; None cuts the connection."""
        with self._lock:
            path = urlsplit(target)
            self.calls.append((method, path.path))
            if head.get("authorization") not in {_basic(KEY, SECRET), _basic(ACCOUNT, TOKEN)}:
                return _error(401, 20003)
            found = PATH.fullmatch(path.path)
            if found is None:
                return _error(404, 20404)
            act: dict[tuple[str, bool], Callable[[], tuple[int, Any] | None]] = {
                ("POST", False): lambda: self._send(head, body),
                ("GET", False): lambda: self._list(path.path, parse_qs(path.query)),
                ("GET", True): lambda: self._one(found[1]),
                ("DELETE", True): lambda: self._delete(found[1]),
            }
            return act.get((method, found[1] is not None), lambda: _error(405, 20004))()

    def _send(self, head: dict[str, str], body: str) -> tuple[int, Any] | None:
        if head.get("content-type") != "application/x-www-form-urlencoded":
            return _error(400, 20001)
        pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True)
        fields = dict(pairs)
        if len(fields) < len(pairs) or set(fields) - KNOWN:
            return _error(400, 20001)
        wrong = _wrong(fields)
        if wrong:
            return _error(400, wrong)
        fault = self.by_number.get(fields["To"]) or (self.faults.popleft() if self.faults else None)
        if fault and not fault.taken:
            return _broken(fault)
        self.made += 1
        taken = Taken(f"SM{self.made:032x}", fields, self.now)
        self.messages[taken.sid] = taken
        return _broken(fault) if fault else (201, taken.shown())

    def _list(self, path: str, asked: dict[str, list[str]]) -> tuple[int, Any]:
        number = int(asked.get("Page", ["0"])[0])
        if self.listing is Listing.DOWN or number == self.list_breaks:
            return _error(503, 20503)
        seen_until = self.now - (self.late_by if self.listing is Listing.LATE else timedelta())
        newest_first = reversed(self.messages.values())
        found = [one for one in newest_first if one.at <= seen_until and _is_asked_for(one, asked)]
        size = min(self.page_size, int(asked.get("PageSize", ["50"])[0]))
        rest = found[number * size :]
        further = {**{name: values[0] for name, values in asked.items()}, "Page": number + 1, "PageToken": "PASM"}
        next_page = f"{path}?{urlencode(further)}" if len(rest) > size else None
        return 200, {
            "messages": [one.shown() for one in rest[:size]], "page": number, "page_size": size, "start": number * size,
            "end": number * size + len(rest[:size]), "uri": path, "first_page_uri": path,
            "next_page_uri": next_page, "previous_page_uri": None,
        }  # fmt: skip

    def _one(self, sid: str) -> tuple[int, Any]:
        return (200, self.messages[sid].shown()) if sid in self.messages else _error(404, 20404)

    def _delete(self, sid: str) -> tuple[int, Any] | None:
        if self.listing is Listing.DOWN:
            return _error(503, 20503)
        return (204, "") if self.messages.pop(sid, None) else _error(404, 20404)


def _wrong(fields: dict[str, str]) -> int | None:
    """Twilio's code for the first thing that is wrong with a message to be sent."""
    callback = urlsplit(fields.get("StatusCallback", "https://none"))
    checks = (
        (not fields.get("To"), 21604),
        (not E164.fullmatch(fields.get("To", "")), 21211),
        (not fields.get("Body"), 21602),
        (len(fields.get("Body", "")) > 1600, 21617),
        ("From" not in fields and "MessagingServiceSid" not in fields, 21603),
        (fields.get("MessagingServiceSid", SERVICE) != SERVICE, 21705),
        (not SENDER.fullmatch(fields.get("From", "A")), 21212),
        (callback.scheme not in {"http", "https"} or not callback.netloc, 21609),
    )
    return next((code for is_wrong, code in checks if is_wrong), None)


def _is_asked_for(one: Taken, asked: dict[str, list[str]]) -> bool:
    """Twilio's filters; a message that is not sent yet has no date of sending."""
    to, since, until = (asked.get(name, [""])[0] for name in ("To", "DateSent>", "DateSent<"))
    sent = f"{one.at:%Y-%m-%dT%H:%M:%SZ}" if one.status != "accepted" else ""
    in_time = (not since and not until) or (sent and since <= sent and (not until or sent <= until))
    return bool(in_time and (not to or one.fields["To"] == to))


def _error(status: int, code: int) -> tuple[int, Any]:
    """Twilio's own form of a refusal."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": "Not so.", "more_info": more, "status": status}


def _broken(fault: Fault) -> tuple[int, Any] | None:
    if fault.status is None:
        return None
    return (fault.status, fault.text) if fault.text is not None else _error(fault.status, fault.code or fault.status)


def _basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def _door_of(twilio: FakeTwilio) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            head = {name.lower(): value for name, value in self.headers.items()}
            answered = twilio.answer(self.command, self.path, head, body)
            if answered is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, content = answered
            text = content if isinstance(content, str) else json.dumps(content)
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if text.startswith("<") else "application/json")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the library names them

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    return Door
