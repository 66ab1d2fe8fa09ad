"""Which way a message goes: an e-mail address by mail, everything else by SMS. One line a way."""

from dataclasses import dataclass

from foundation.settings import Settings
from notifications.channels.contract import Answer, Channel, Listed, Outcome, Receipt, Sought
from notifications.channels.email import EMail, MailServer

NO_WAY = "no_email"
"""Our own code for an address that no way out takes."""


@dataclass(frozen=True)
class Ways:
    """A channel made of two. Without `email` an address fails for good, and a person calls."""

    sms: Channel
    email: Channel | None

    def send(self, recipient: str, body: str, reference: str) -> Receipt:
        """As the contract says."""
        way = self._way(recipient)
        return way.send(recipient, body, reference) if way else Receipt(Outcome.FAILED, error=NO_WAY)

    def look_up(self, sought: Sought) -> Listed:
        """As the contract says."""
        way = self._way(sought.recipient)
        return way.look_up(sought) if way else Listed(Answer.CANNOT_SAY)

    def forget(self, provider_id: str) -> bool:
        """As the contract says; the way of SMS answers yes for names that are not its own."""
        return self.sms.forget(provider_id)

    def _way(self, recipient: str) -> Channel | None:
        return self.email if "@" in recipient else self.sms


def ways_of(settings: Settings, sms: Channel) -> Ways:
    """The way out for SMS, and beside it the mail server; where SMS are simulated and there is none, so is mail."""
    if settings.smtp_host:
        return Ways(sms, EMail(MailServer.of(settings)))
    return Ways(sms, sms if settings.writes_email else None)
