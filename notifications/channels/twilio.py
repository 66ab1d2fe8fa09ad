"""Twilio, by its official client. Loaded only where it is configured: the client is large and starts slowly."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from requests.exceptions import ConnectTimeout, RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance
from urllib3.exceptions import NewConnectionError

from foundation.settings import Settings
from notifications.channels.contract import Answer, Listed, Outcome, Receipt, Sought
from notifications.channels.reporting import report_url
from notifications.sizing import plain
from notifications.wording import without_link

CONNECT_WITHIN, ANSWER_WITHIN = 3.0, 9.0
"""Seconds; together clearly less than the longest try."""

CLOCKS_DIFFER = timedelta(hours=12)
"""By so much our clock may be ahead of Twilio's and nothing is sent twice; the same text of another day is another."""

PAGE = 200
FIRST_OWN_CODE = 10_000
"""Below are no codes of Twilio, but the HTTP status of somebody in between."""

NOT_THERE_ANY_MORE = "20404"

_SID = re.compile(r"(SM|MM)[0-9a-f]{32}")


class Line(TwilioHttpClient):  # type: ignore[misc]
    """How requests go out: once each, on a connection of their own, and to a test server where one is set.

    A connection kept too long breaks just when the next message is sent, which would look like a doubt.
    """

    def __init__(self, base: str) -> None:
        """`base` is scheme and host of the test server, or empty."""
        super().__init__(max_retries=0)
        self.logger.setLevel(logging.WARNING)  # below it tells numbers and texts
        self.timeout = (CONNECT_WITHIN, ANSWER_WITHIN)  # handed on to requests as it is
        self.base = urlsplit(base)
        self.session.headers["Connection"] = "close"

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        """As the client asks."""
        asked = urlsplit(url)
        if self.base.netloc:
            asked = asked._replace(scheme=self.base.scheme, netloc=self.base.netloc)
        return super().request(method, urlunsplit(asked), *args, **more)


@dataclass(frozen=True)
class Twilio:
    """Hands over to Twilio as a Messaging Service or under a sender; its own reports come to `report_url`."""

    client: Client
    sender: dict[str, str]
    public_url: str
    keys: Sequence[str]

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """As the contract says. Every 5xx, cut connection or odd answer is a doubt: Twilio may have taken it."""
        back = report_url(self.public_url, self.keys, reference)
        try:
            taken = self.client.messages.create(to=recipient, body=body, status_callback=back, **self.sender)
        except TwilioException as refusal:
            return _refused(refusal)
        except RequestException as fault:
            return Receipt(Outcome.RETRY if _never_left(fault) else Outcome.UNKNOWN)
        except (ValueError, AttributeError, TypeError):  # an answer, but none of Twilio's
            return Receipt(Outcome.UNKNOWN)
        return Receipt(Outcome.HANDED_OVER, taken.sid) if taken.sid else Receipt(Outcome.UNKNOWN)

    def look_up(self, sought: Sought) -> Listed:
        """As the contract says. All that is kept for the number is read: what is not sent yet has no date there."""
        since = sought.since - CLOCKS_DIFFER
        try:
            kept = self.client.messages.stream(to=sought.recipient, page_size=PAGE)
            found = next((one.sid for one in kept if _is_it(one, sought, since)), None)
        except (TwilioException, RequestException, ValueError, AttributeError, TypeError, KeyError):
            return Listed(Answer.CANNOT_SAY)
        return Listed(Answer.THERE, found) if found else Listed(Answer.NOT_THERE)

    def forget(self, provider_id: str) -> bool:
        """As the contract says: what is not there any more is forgotten."""
        if not _SID.fullmatch(provider_id):
            return True
        try:
            return bool(self.client.messages(provider_id).delete())
        except TwilioException as refusal:
            return _code(refusal) == NOT_THERE_ANY_MORE
        except RequestException:
            return False


def make(settings: Settings) -> Twilio:
    """The channel as configured: with an API key where there is one, else with the account's own token."""
    name = settings.twilio_api_key or settings.twilio_account_sid
    secret = settings.twilio_api_secret if settings.twilio_api_key else settings.twilio_auth_token
    client = Client(
        name, secret, settings.twilio_account_sid, region=settings.twilio_region, edge=settings.twilio_edge,
        http_client=Line(settings.twilio_base_url),
    )  # fmt: skip
    service = settings.twilio_messaging_service_sid
    sender = {"messaging_service_sid": service} if service else {"from_": settings.sms_sender}
    return Twilio(client, sender, settings.public_url, settings.secret_keys)


def _code(refusal: TwilioException) -> str | None:
    """Twilio's own code; None when somebody in between has answered."""
    code = int(getattr(refusal, "code", 0) or 0)
    return str(code) if code >= FIRST_OWN_CODE else None


def _refused(refusal: TwilioException) -> Receipt:
    status, code = getattr(refusal, "status", 0), _code(refusal)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Receipt(Outcome.RETRY, error=code)
    known = code is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Receipt(Outcome.FAILED if known else Outcome.UNKNOWN, error=code)


def _never_left(fault: RequestException) -> bool:
    """Whether nobody was ever reached, so that nothing can have been taken."""
    reason = getattr(fault.args[0], "reason", None) if fault.args else None
    return isinstance(fault, ConnectTimeout) or isinstance(
        getattr(reason, "original_error", reason), NewConnectionError
    )


def _is_it(one: MessageInstance, sought: Sought, since: datetime) -> bool:
    same = plain(without_link(one.body or "")).split() == plain(sought.body).split()
    return same and one.sid not in sought.besides and one.date_created is not None and one.date_created >= since
