"""The plan: visits, their appointments, blocked time, and the claims that both make on resources."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.errors import sentence
from foundation.model import Base, Minutes, UtcDateTime, personal
from scheduling.models.people import Counsellor, Interpreter, Room
from scheduling.models.places import Centre, Service

TERM = sentence("Gelöscht 7 Tage nach dem Termin, 48 Stunden nach einer Absage.")
CODE = sentence("Ihr Code: Damit melden Sie sich am Eingang an.")
READS = sentence("Die Sprache, die Sie lesen: Darin schreiben wir Ihnen.")
SPEAKS = sentence("Die Sprache, die Sie sprechen: Damit finden wir eine Person, die Sie versteht.")
WISHES = sentence("Ihre Wünsche, zum Beispiel eine Beraterin: Damit finden wir den passenden Termin.")
NAME = sentence("Der Name, mit dem wir Sie ansprechen: Sie wählen ihn selbst.")
PHONE = sentence("Ihre Handy-Nummer: Dorthin gehen SMS, wenn Sie das wollen.")
TOLD_AT = sentence("Ihre Handy-Nummer oder E-Mail-Adresse: Dorthin ging eine Nachricht.")
EMAIL = sentence("Ihre E-Mail-Adresse: Dorthin gehen Nachrichten, wenn Sie das wollen.")
HELPER = sentence("Die Sprache der Person, die Ihnen hilft: Darin bekommt sie die Nachrichten.")
CONSENT = sentence("Wann Sie Nachrichten zugestimmt haben: Das müssen wir zeigen können.")
SERIES = sentence("Ein Kennzeichen, welche Termine zusammengehören: Damit sehen Sie alle auf einer Seite.")
LINK = sentence("Ein Kennzeichen Ihres geheimen Links: Damit finden wir Ihren Termin.")


class Visit(Base):
    """One coming of one client or family to one centre on one day. A walk-in is a visit without appointment.

    `code` is unique per centre and day while the visit is open. `spoken_langs` is what the client speaks, `ui_lang`
    what she reads (L-01). `typed_at` is when the hold began; `ended_at` when nothing more can happen in it;
    `late_by` how much later than planned the client said she comes; `earlier_wished_at` since when she would rather
    come earlier; `said_comes_at` when she answered that she comes. Messages go to the phone or, without one, to the
    e-mail address; with `helper_lang` it is that of a helper, who reads that language. Since `consent_ended_at` nothing
    is written there any more (S-06); that it was before is still to be shown. Visits with the same `series` were booked
    together, for one client.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index(
            "uq_visit_open_code", "centre_id", "day_on", "code", unique=True,
            sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "ix_visit_phone", "phone", sqlite_where=text("phone IS NOT NULL"),
            postgresql_where=text("phone IS NOT NULL"),
        ),
        Index(
            "ix_visit_email", "email", sqlite_where=text("email IS NOT NULL"),
            postgresql_where=text("email IS NOT NULL"),
        ),
        Index(
            "ix_visit_series", "series", sqlite_where=text("series IS NOT NULL"),
            postgresql_where=text("series IS NOT NULL"),
        ),
        Index(
            "ix_visit_earlier", "centre_id", sqlite_where=text("earlier_wished_at IS NOT NULL"),
            postgresql_where=text("earlier_wished_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},  # a deleted visit's id never comes back: sessions hold it
    )  # fmt: skip
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    day_on: Mapped[date]
    code: Mapped[str | None] = personal(CODE, "Art. 6 (1) e", TERM)
    ui_lang: Mapped[str] = personal(READS, "Art. 6 (1) e", TERM)
    spoken_langs: Mapped[list[str]] = personal(SPEAKS, "Art. 9 (2) a", TERM, JSON)
    party: Mapped[int] = mapped_column(default=1)
    wishes: Mapped[list[str]] = personal(WISHES, "Art. 9 (2) a", TERM, JSON)
    call_name: Mapped[str | None] = personal(NAME, "Art. 6 (1) a", TERM)
    phone: Mapped[str | None] = personal(PHONE, "Art. 6 (1) a", TERM)
    email: Mapped[str | None] = personal(EMAIL, "Art. 6 (1) a", TERM)
    helper_lang: Mapped[str | None] = personal(HELPER, "Art. 6 (1) a", TERM)
    consent_at: Mapped[datetime | None] = personal(CONSENT, "Art. 7 (1)", TERM, UtcDateTime)
    consent_wording: Mapped[str | None] = personal(CONSENT, "Art. 7 (1)", TERM)
    consent_channel: Mapped[str | None] = personal(CONSENT, "Art. 7 (1)", TERM)
    consent_ended_at: Mapped[datetime | None] = personal(CONSENT, "Art. 7 (1)", TERM, UtcDateTime)
    token_generation: Mapped[int] = mapped_column(default=0)
    token_hash: Mapped[str | None] = personal(LINK, "Art. 6 (1) e", TERM, unique=True)
    series: Mapped[str | None] = personal(SERIES, "Art. 6 (1) e", TERM)
    typed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    late_by: Mapped[timedelta | None] = mapped_column(Minutes)
    earlier_wished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    said_comes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    centre: Mapped[Centre] = relationship()
    appointments: Mapped[list["Appointment"]] = relationship(
        back_populates="visit", order_by="Appointment.starts_at", cascade="all, delete-orphan",
        primaryjoin="and_(Appointment.visit_id == Visit.id, Appointment.state.not_in(['offered', 'offer_over']))",
    )  # fmt: skip
    offer: Mapped["Appointment | None"] = relationship(
        primaryjoin="and_(Appointment.visit_id == Visit.id, Appointment.state == 'offered')", viewonly=True
    )
    """An earlier time kept for the client until `hold_until`, beside what she has."""

    @property
    def first(self) -> "Appointment":
        """The consultation that the visit begins with."""
        return self.appointments[0]

    @property
    def sms_lang(self) -> str:
        """The language of messages: of the helper who is told instead, else what the client reads."""
        return self.helper_lang or self.ui_lang

    @property
    def recipient(self) -> str | None:
        """Where messages go: the number, else the e-mail address."""
        return self.phone or self.email

    @property
    def wants_messages(self) -> bool:
        """Whether messages may be sent: a number or an address, and consent for it (S-05)."""
        return self.recipient is not None and self.consent_at is not None and self.consent_ended_at is None

    @property
    def sms_ended(self) -> bool:
        """Whether its number wants no messages any more (S-06)."""
        return self.phone is not None and self.consent_ended_at is not None


class Invitation(Base):
    """A personal booking link made at the desk: one service, perhaps one counsellor, once, until `valid_until`.

    Says nothing of whom it is for; `language` is the one its page opens in.
    """

    __tablename__ = "invitation"
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    counsellor_id: Mapped[int | None] = mapped_column(ForeignKey("counsellor.id"))
    language: Mapped[str]
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_hash: Mapped[str | None] = mapped_column(unique=True)
    centre: Mapped[Centre] = relationship()
    service: Mapped[Service] = relationship()
    counsellor: Mapped[Counsellor | None] = relationship()


class AppointmentState(StrEnum):
    """Where an appointment stands; the allowed moves are in `ALLOWED_MOVES`."""

    HELD = "held"
    RELEASED = "released"
    BOOKED = "booked"
    CANCELLED = "cancelled"
    SEEN = "seen"
    NO_SHOW = "no_show"
    OFFERED = "offered"
    OFFER_OVER = "offer_over"


ALLOWED_MOVES: dict[AppointmentState, frozenset[AppointmentState]] = {
    AppointmentState.HELD: frozenset({AppointmentState.RELEASED, AppointmentState.BOOKED}),
    AppointmentState.RELEASED: frozenset(),
    AppointmentState.BOOKED: frozenset({AppointmentState.CANCELLED, AppointmentState.SEEN, AppointmentState.NO_SHOW}),
    AppointmentState.CANCELLED: frozenset(),
    AppointmentState.SEEN: frozenset({AppointmentState.BOOKED}),
    AppointmentState.NO_SHOW: frozenset({AppointmentState.BOOKED, AppointmentState.SEEN}),
    AppointmentState.OFFERED: frozenset({AppointmentState.OFFER_OVER}),
    AppointmentState.OFFER_OVER: frozenset(),
}
"""The one table of allowed moves; back to booked is the desk's undo. Whoever takes an offer has her booked appointment
moved to it: the offer itself has ended either way."""


KEPT = (AppointmentState.HELD, AppointmentState.OFFERED)
"""States in which time is kept until `hold_until`."""


class Appointment(Base):
    """One consultation in a visit. Keeps its own start, end, counsellor and room: never derived again (P32).

    `route` says how people will talk, a `Route`. `version` rises with every move. `overruled` is staff's reason for a
    time outside hours, lead time or horizon; `delayed_by` how much later the counsellor said she will be.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_appointment_counsellor_id_starts_at", "counsellor_id", "starts_at"),
        Index("ix_appointment_service_id_starts_at", "service_id", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[int] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), index=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    counsellor_id: Mapped[int] = mapped_column(ForeignKey("counsellor.id"))
    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    interpreter_id: Mapped[int | None] = mapped_column(ForeignKey("interpreter.id"))
    route: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[AppointmentState]
    hold_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    overruled: Mapped[str | None]
    delayed_by: Mapped[timedelta | None] = mapped_column(Minutes)
    visit: Mapped[Visit] = relationship(back_populates="appointments")
    service: Mapped[Service] = relationship()
    counsellor: Mapped[Counsellor] = relationship()
    room: Mapped[Room] = relationship()
    interpreter: Mapped[Interpreter | None] = relationship()

    @property
    def begins_at(self) -> datetime:
        """When it begins by what its counsellor has said."""
        return self.starts_at + (self.delayed_by or timedelta())


class FreedTime(Base):
    """A start of a service that somebody gave back while others wish to come earlier; offered to one after the other.

    `offer` is the appointment that keeps it now, or kept it last.
    """

    __tablename__ = "freed_time"
    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="SET NULL"), index=True)
    centre: Mapped[Centre] = relationship()
    service: Mapped[Service] = relationship()
    offer: Mapped[Appointment | None] = relationship()


class BlockedKind(StrEnum):
    """What time is taken for without a client."""

    MEETING = "meeting"
    HOME_VISIT = "home_visit"
    PRIVATE = "private"
    EVENT = "event"
    PAUSE = "pause"
    COURSE = "course"


class BlockedTime(Base):
    """Time taken without a client; `kind` is a `BlockedKind`."""

    __tablename__ = "blocked_time"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Claim(Base):
    """A resource is taken for [starts_at, ends_at). The database itself refuses two that overlap (X-01, `net.py`).

    A claim with `held_until` counts until then; after that whoever wants the time may take it away.
    """

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        CheckConstraint("(appointment_id IS NULL) <> (blocked_time_id IS NULL)", name="one_reason"),
        Index("ix_claim_resource_id_starts_at", "resource_id", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    held_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), index=True)
    blocked_time_id: Mapped[int | None] = mapped_column(ForeignKey("blocked_time.id", ondelete="CASCADE"), index=True)
