"""What somebody at the desk wants to book: kept for this browser between the steps, as codes."""

from dataclasses import dataclass, field

from flask import request, session
from sqlalchemy.orm import Session

from desk.somebody import Somebody
from doorway import pages
from foundation.errors import NotFound
from scheduling.models import Centre, Service
from scheduling.presence import counsellors_at, offered_services
from scheduling.wish import WISHES, Wish

KEPT = "desk_asked"
LONGEST_CODE = 40


@dataclass(frozen=True)
class Asked:
    """Codes of service and, if one is wished, counsellor; who comes; what she wishes."""

    service: str = ""
    counsellor: str = ""
    somebody: Somebody = field(default_factory=Somebody)
    wishes: frozenset[str] = frozenset()

    @classmethod
    def sent(cls) -> "Asked":
        """As typed. Raises LanguageUnknown."""
        wishes = frozenset(request.form.getlist("wish")) & WISHES
        return cls(
            pages.field("service", LONGEST_CODE), pages.field("counsellor", LONGEST_CODE), Somebody.sent(), wishes
        )  # fmt: skip

    @classmethod
    def kept(cls) -> "Asked":
        """As this browser has it; nothing at first."""
        if KEPT not in session:
            return cls()
        service, counsellor, somebody, wishes = session[KEPT]
        return cls(service, counsellor, Somebody(*somebody), frozenset(wishes))

    def keep(self) -> None:
        """For the steps to come."""
        who = (self.somebody.spoken, self.somebody.reads, self.somebody.party)
        session[KEPT] = (self.service, self.counsellor, who, sorted(self.wishes))

    def wish(self, read: Session, centre: Centre) -> Wish:
        """What to search for; raises NotFound for what is not offered here."""
        service = next((s for s in bookable(read, centre) if s.code == self.service), None)
        counsellor = next((c for c in counsellors_at(read, centre) if c.code == self.counsellor), None)
        if service is None or (self.counsellor and counsellor is None):
            raise NotFound
        return Wish(
            (service.id,), (centre.id,), (self.somebody.spoken,), self.somebody.party, self.wishes,
            counsellor=counsellor.id if counsellor else None,
        )  # fmt: skip


def bookable(read: Session, centre: Centre) -> list[Service]:
    """What can be booked at a centre, topic by topic."""
    return [service for service in offered_services(read, centre) if service.bookable]
