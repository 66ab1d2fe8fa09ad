"""After booking: another number or language, and «I come later» (D-05)."""

from flask import render_template, session
from werkzeug.wrappers import Response as BaseResponse

from booking.enrol import for_course
from booking.visit import blueprint, booked_shown, booked_to_change, visit_shown, visit_to_change
from doorway.binding import the_house, transaction
from doorway.forms import CONTACT_REFUSED, ContactForm
from doorway.gates import visitor
from doorway.pages import field, see_other
from doorway.speech import LONGEST_TAG
from foundation.errors import Refusal
from scheduling.models import Visit
from scheduling.reaching import LATE, note_contact, run_late
from scheduling.refusals import LanguageUnknown
from scheduling.repeating import reach_all, series_to_change


@blueprint.get("/visit/contact")
@visitor
def contact() -> str:
    """How we reach the client, to be changed."""
    visit = visit_shown()
    return _contact_page(visit, ContactForm.of(visit))


@blueprint.post("/visit/contact")
@visitor
def change_contact() -> tuple[str, int] | BaseResponse:
    """Keep number, name and language, for all of a series; what was typed stays when something is refused."""
    typed = ContactForm.sent()
    tongue = the_house().languages.offered(field("ui_lang", LONGEST_TAG))
    try:
        if tongue is None:
            raise LanguageUnknown
        checked = typed.contact()
        with transaction() as tx:
            series, visit = series_to_change(tx, visit_shown()), visit_to_change(tx)
            if visit.appointments:
                told = reach_all(tx, visit, series, checked)
            else:
                note_contact(tx, visit, for_course(checked), unlimited=True)
                told = [visit]
            for one in told:
                one.ui_lang = tongue.tag
    except CONTACT_REFUSED as refusal:
        return _contact_page(visit_shown(), typed, refusal), refusal.status
    session["lang"] = tongue.tag
    return see_other(".show", saved="yes")


@blueprint.get("/visit/late")
@visitor
def late() -> str:
    """How much later?"""
    return render_template("booking/late.html", visit=booked_shown(), choices=LATE)


@blueprint.post("/visit/late")
@visitor
def tell_late() -> BaseResponse:
    """Tell the desk; the last word counts."""
    minutes = field("minutes", 3)
    by = next((by for by in LATE if str(by.seconds // 60) == minutes), LATE[-1])
    with transaction() as tx:
        run_late(tx, booked_to_change(tx), by)
    return see_other(".show")


def _contact_page(visit: Visit, typed: ContactForm, refusal: Refusal | None = None) -> str:
    return render_template("booking/reachable.html", visit=visit, typed=typed, refusal=refusal)
