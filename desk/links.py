"""Links to be shared: to a centre, a service, a counsellor, each with a poster to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from access.rights import Right
from desk.session import blueprint
from doorway.binding import reading, the_house
from doorway.gates import current_account, current_centre, staff
from foundation.errors import NotFound
from foundation.languages import SOURCE
from scheduling.models import Centre
from scheduling.presence import counsellors_at, offered_services

MOST_LANGUAGES = 6
"""What fits on a poster beside the German."""


@dataclass(frozen=True)
class Shared:
    """One link, for whom it is, and its poster."""

    kind: str
    titles: dict[str, str]
    address: str
    code: str


@blueprint.get("/links")
@staff(Right.RECEIVE)
def links() -> str:
    """All links of the own centre."""
    return render_template("desk/links.html", shared=_shared(current_centre()), account=current_account())


@blueprint.get("/links/poster")
@staff(Right.RECEIVE)
def poster() -> str:
    """One page of A5 (or A4, larger): the QR code, what it is for in German and the chosen languages, and the phone."""
    centre = current_centre()
    chosen = next((link for link in _shared(centre) if link.code == request.args.get("link", "")), None)
    if chosen is None:
        raise NotFound
    return poster_of(chosen, centre, request.args.getlist("in"))


def poster_of(link: Shared, centre: Centre, tags: Sequence[str]) -> str:
    """The page to print for a link: in German and those of the languages `tags` that are offered."""
    languages = the_house().languages
    others = [languages.by_tag[tag] for tag in tags if tag in languages.by_tag and tag != SOURCE]
    return render_template(
        "desk/poster.html", link=link, centre=centre, others=others[:MOST_LANGUAGES],
        page="poster--a4" if request.args.get("size") == "a4" else "",
    )  # fmt: skip


def _shared(centre: Centre) -> list[Shared]:
    found = [Shared("centre", {SOURCE: centre.place}, _address("topics", centre), "centre")]
    for service in offered_services(reading(), centre):
        if service.bookable:
            address = _address("wishes", centre, topic_code=service.topic_group.code, service_code=service.code)
            found.append(Shared("service", service.titles, address, service.code))
    for counsellor in counsellors_at(reading(), centre):
        address = f"{_address('topics', centre)}?with={counsellor.code}"
        found.append(Shared("counsellor", {SOURCE: counsellor.name}, address, counsellor.code))
    return found


def _address(page: str, centre: Centre, **more: Any) -> str:
    return the_house().settings.public_url + url_for(f"booking.{page}", centre_code=centre.code, **more)
