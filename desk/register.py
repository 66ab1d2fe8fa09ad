"""Whom of the pool the centre may ask, kept by its lead; and whether the desk asks them or the system (C-02)."""

from dataclasses import dataclass, field

from flask import render_template, request
from werkzeug.wrappers import Response

from access.rights import Right
from desk.session import blueprint
from desk.somebody import Somebody
from doorway.binding import reading, the_house, transaction
from doorway.forms import email_address, mobile_number, readable
from doorway.gates import centre_in, current_account, current_centre, staff
from doorway.pages import field as typed_field
from doorway.pages import number_field, see_other
from foundation.addresses import LONGEST
from foundation.errors import NotFound, Refusal, desk_sentence
from scheduling.candidates import register_of
from scheduling.models import PoolInterpreter
from scheduling.refusals import NameMissing
from scheduling.register import Entry, add_to_register, change_in_register, choose_who_asks, leave_register

LONGEST_NAME, LONGEST_CODE = 60, 20


class WayBroken(Refusal):
    """Neither a mobile number that gets SMS nor an address."""

    text = desk_sentence("Diese Handy-Nummer oder E-Mail-Adresse stimmt nicht. Zum Beispiel 0152 28817386.")
    status = 422


@dataclass(frozen=True)
class EntryForm:
    """One of the register as typed, so that nothing is lost when it is refused; somebody new has no `code`."""

    code: str = ""
    version: int = 0
    name: str = ""
    gender: str = "female"
    languages: list[str] = field(default_factory=list)
    phone: str = ""
    email: str = ""

    @classmethod
    def sent(cls) -> "EntryForm":
        """As it stands in the request."""
        return cls(
            typed_field("code", LONGEST_CODE), number_field("version"), typed_field("name", LONGEST_NAME),
            typed_field("gender", 10), request.form.getlist("languages")[:50], typed_field("phone", 40),
            typed_field("email", LONGEST + 1),
        )  # fmt: skip

    @classmethod
    def of(cls, one: PoolInterpreter) -> "EntryForm":
        """As it was typed before."""
        return cls(
            one.code, one.version, one.name, one.gender, one.languages, readable(one.phone) or "", one.email or ""
        )

    def entry(self) -> Entry:
        """Checked; raises WayBroken. Languages that nobody can choose are left out."""
        known = {choice.tag for choice in the_house().languages.spoken}
        try:
            phone = mobile_number(self.phone) if self.phone else None
            email = email_address(self.email) if self.email else None
        except Refusal as refusal:
            raise WayBroken from refusal
        return Entry(self.name, self.gender, [tag for tag in self.languages if tag in known], phone, email)


@blueprint.get("/interpreters/people")
@staff(Right.KEEP_REGISTER)
def register() -> str:
    """The list, and the form: for somebody new, or for who is named in the address."""
    asked = request.args.get("who", "")[:LONGEST_CODE]
    known = next((one for one in register_of(reading(), current_centre().id) if one.code == asked), None)
    return _page(EntryForm.of(known) if known else EntryForm())


@blueprint.post("/interpreters/people")
@staff(Right.KEEP_REGISTER)
def keep_in_register() -> Response | tuple[str, int]:
    """Add somebody or correct her; what was typed stays when it is refused."""
    typed = EntryForm.sent()
    try:
        entry = typed.entry()
        with transaction() as tx:
            if typed.code:
                change_in_register(tx, centre_in(tx), typed.code, typed.version, entry)
            else:
                add_to_register(tx, centre_in(tx), entry)
    except (WayBroken, NameMissing) as refusal:
        return _page(typed, refusal), refusal.status
    return see_other(".register")


@blueprint.post("/interpreters/people/leave")
@staff(Right.KEEP_REGISTER)
def leave() -> Response:
    """She interprets no more; her name, number and address are gone at once. Raises StillNeeded, NotFound."""
    with transaction() as tx:
        leave_register(tx, centre_in(tx), typed_field("code", LONGEST_CODE))
    return see_other(".register")


@blueprint.post("/interpreters/who-asks")
@staff(Right.KEEP_REGISTER)
def who_asks() -> Response:
    """From the next pass of the worker on, the system or the desk."""
    chosen = typed_field("who", 10)
    if chosen not in {"system", "desk"}:
        raise NotFound
    with transaction() as tx:
        choose_who_asks(tx, centre_in(tx), chosen == "system")
    return see_other(".register")


def _page(typed: EntryForm, refusal: Refusal | None = None) -> str:
    centre = current_centre()
    return render_template(
        "desk/register.html", account=current_account(), centre=centre, people=register_of(reading(), centre.id),
        typed=typed, refusal=refusal, choices=Somebody().choices, readable=readable,
    )  # fmt: skip
