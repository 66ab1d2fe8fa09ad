"""The way out to an e-mail address: one mail server, plain text, nothing in the subject but the centre (S-10)."""

import logging
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from threading import Timer
from time import monotonic

from foundation.clock import machine_now
from foundation.settings import Settings
from notifications.channels.contract import Answer, Listed, Outcome, Receipt, Sought

STEP_LASTS, CONNECTS_WITHIN, HANDS_OVER_WITHIN = 5.0, 8.0, 10.0
"""In seconds: one step, all until a message may be handed over, and the rest; less than `LONGEST_TRY` together."""

BAD_ADDRESS = "bad_address"
"""Our own code for what no server was asked."""

_SEVEN_BIT = SMTP.clone(cte_type="7bit")

log = logging.getLogger("empfang.email")


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over. `tls` is `starttls`, `tls` from the first byte, or `none`."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    tls: str = "starttls"

    @classmethod
    def of(cls, settings: Settings) -> "MailServer":
        """As the settings name it."""
        return cls(
            settings.smtp_host, settings.smtp_port, settings.smtp_from, settings.smtp_user, settings.smtp_password,
            settings.smtp_tls,
        )  # fmt: skip

    @property
    def address(self) -> str:
        """The sender without a name."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        """Where the sender is at home."""
        return self.address.rpartition("@")[2]


class EMail:
    """Hands over by SMTP. The first line of a body is the subject, an empty line follows.

    The `Message-ID` is made of our reference: a server that gets a message twice can know it again.
    """

    def __init__(self, server: MailServer) -> None:
        """`server` is asked anew for every message."""
        self.server = server

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """As the contract says. Refused before a recipient was named: not this message's fault, so later again."""
        try:
            mail = self._mail(recipient, body, reference)
        except ValueError:
            return Receipt(Outcome.FAILED, error=BAD_ADDRESS)
        began = monotonic()
        try:
            line = self._connected()
        except (smtplib.SMTPException, OSError) as fault:
            log.warning("the mail server cannot be used: %s", type(fault).__name__)
            return Receipt(Outcome.RETRY, error=_code_of(fault))
        limit = Timer(HANDS_OVER_WITHIN, _cut, (line,))
        limit.start()
        try:
            late = monotonic() - began > CONNECTS_WITHIN
            return Receipt(Outcome.RETRY) if late else self._hand_over(line, recipient, mail)
        finally:
            limit.cancel()
            line.close()

    def look_up(self, sought: Sought) -> Listed:
        """No mail server tells what it has taken."""
        return Listed(Answer.CANNOT_SAY)

    def forget(self, provider_id: str) -> bool:
        """A mail server keeps nothing for us."""
        return True

    def _connected(self) -> smtplib.SMTP:
        """A line on which a message may be handed over; never unencrypted where encryption is set."""
        server, context = self.server, ssl.create_default_context()
        where = server.host, server.port, server.domain
        if server.tls == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=STEP_LASTS, context=context)
        else:
            line = smtplib.SMTP(*where, timeout=STEP_LASTS)
        try:
            if server.tls == "starttls":
                line.starttls(context=context)
            line.ehlo_or_helo_if_needed()
            if server.user:
                line.login(server.user, server.password)
        except BaseException:
            line.close()
            raise
        return line

    def _hand_over(self, line: smtplib.SMTP, recipient: str, mail: EmailMessage) -> Receipt:
        """Sender, recipient, text. A line that breaks before the text is no doubt; after that nobody knows."""
        steps: list[Callable[[], tuple[int, bytes]]] = [
            lambda: line.mail(self.server.address),
            lambda: line.rcpt(recipient),
            lambda: line.data(mail.as_bytes()),
        ]
        for number, step in enumerate(steps, start=1):
            try:
                code, _ = step()
            except smtplib.SMTPDataError as refused:
                code = refused.smtp_code
            except (smtplib.SMTPException, OSError):
                return Receipt(Outcome.UNKNOWN if number == len(steps) else Outcome.RETRY)
            if code >= 400:
                return Receipt(Outcome.FAILED if code >= 500 else Outcome.RETRY, error=f"smtp_{code}")
        return Receipt(Outcome.HANDED_OVER, mail["Message-ID"])

    def _mail(self, recipient: str, body: str, reference: str) -> EmailMessage:
        """Raises ValueError for a recipient or subject with a line break: headers cannot be slipped in."""
        subject, _, text = body.partition("\n")
        mail = EmailMessage(policy=_SEVEN_BIT)
        mail["From"], mail["To"], mail["Subject"] = self.server.sender, recipient, subject
        mail["Date"] = format_datetime(machine_now())
        mail["Message-ID"] = f"<message-{reference}@{self.server.domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text.strip())
        return mail


def _cut(line: smtplib.SMTP) -> None:
    """Ends whatever the other thread waits for on it."""
    with suppress(OSError):
        if line.sock:
            line.sock.shutdown(socket.SHUT_RDWR)


def _code_of(fault: Exception) -> str | None:
    return f"smtp_{fault.smtp_code}" if isinstance(fault, smtplib.SMTPResponseException) else None
