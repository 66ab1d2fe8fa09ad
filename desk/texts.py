"""Every message in every language on a phone, with what it costs: to look at, not to change (S-01, S-02, S-10).

The texts live in the catalogues (`notifications/texts.py`, `translations/`): who changes one changes it there.
"""

from collections.abc import Sequence

from flask import render_template, request

from access.approvals import approved_in
from access.rights import Right
from desk.post import this_month
from desk.session import blueprint
from desk.words import KINDS
from doorway.binding import reading, request_now, setup_now, the_house
from doorway.gates import current_account, staff
from doorway.speech import isolated
from foundation.errors import NotFound
from notifications.counts import by_language, handed_over, month_begins
from notifications.planner import UNASKED
from notifications.previews import SHOWS_APPOINTMENT, Preview, Sample, previews
from notifications.texts import TEXTS, TO_HELPER, Kind
from scheduling.models import Centre
from scheduling.sending_window import WINDOW_CLOSES, WINDOW_OPENS

SHOWN = tuple(kind for kind in Kind if kind in TEXTS and kind in KINDS)
"""The kinds of messages, in their order."""


@blueprint.get("/texts")
@staff(Right.SEE_MESSAGES)
def texts() -> str:
    """One kind of message on phones side by side; `?kind=`, and `?to=helper` for who helps."""
    kind, helper = _kind_asked(), request.args.get("to") == "helper"
    to_helper = helper and kind in TO_HELPER
    shown = previews(the_house().languages.all.values(), kind, to_helper, _sample())
    counted = by_language(reading(), month_begins(request_now()))
    return render_template(
        "desk/texts.html", account=current_account(), kind=kind, to_helper=to_helper, shown=shown, kinds=KINDS,
        choices=SHOWN, approved=_approved(shown), before=_beside(kind, -1), after=_beside(kind, 1), month=this_month(),
        sent=handed_over(counted.values()), price=the_house().settings.sms_segment_price, for_helper=kind in TO_HELPER,
        has_page=kind in SHOWS_APPOINTMENT, waits=kind in UNASKED, opens=f"{WINDOW_OPENS:%H:%M}",
        closes=f"{WINDOW_CLOSES:%H:%M}", isolated=isolated,
    )  # fmt: skip


def _kind_asked() -> Kind:
    asked = request.args.get("kind", Kind.REMINDER.value)
    if asked not in {kind.value for kind in SHOWN}:
        raise NotFound
    return Kind(asked)


def _beside(kind: Kind, step: int) -> Kind:
    return SHOWN[(SHOWN.index(kind) + step) % len(SHOWN)]


def _sample() -> Sample:
    """Filled with the account's own centre, else with the first."""
    centre: Centre = current_account().centre or setup_now().shown_centres[0]
    return Sample(centre.place, centre.phone, centre.local_day(request_now()), the_house().settings.public_url)


def _approved(shown: Sequence[Preview]) -> frozenset[str]:
    digests = {preview.language.tag: preview.digest for preview in shown if not preview.is_ascii}
    return approved_in(reading(), digests)
