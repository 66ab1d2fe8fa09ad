"""Links to be shared: each leads to where it says, each has a poster, and a counsellor's own link prefers her."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from scheduling.models import Visit
from tests.build import MONDAY, World
from tests.conftest import PUBLIC_URL
from tests.doors.client import LookingClient


def addresses(browser: LookingClient) -> list[str]:
    browser.get("/desk/links")
    return [
        a["href"].removeprefix(PUBLIC_URL) for a in browser.page.all("a") if a.get("href", "").startswith(PUBLIC_URL)
    ]


def test_every_link_leads_to_a_page_of_the_own_centre(staff: Callable[[str], LookingClient], client: LookingClient):
    shared = addresses(staff("desk"))
    assert len(shared) >= 5
    for address in shared:
        assert "/book/pfullingen" in address
        assert client.get(address).status_code == 200


def test_each_has_a_poster_in_german_and_what_was_chosen(staff: Callable[[str], LookingClient]):
    browser = staff("ahorn")
    browser.get("/desk/links")
    codes = [button["value"] for button in browser.page.all("button") if button.get("name") == "link"]
    for code in codes:
        assert browser.get(f"/desk/links/poster?link={code}&in=ar&in=uk&in=xx&size=a4").status_code == 200
        assert "Termin buchen" in browser.page.text
        assert {a.get("lang") for tag, a in browser.page.tags if tag == "li" and "lang" in a} == {"ar", "uk"}
        assert [a for _, a in browser.page.tags if a.get("class") == "qr"]
    assert browser.get("/desk/links/poster?link=nothing").status_code == 404


def test_a_counsellors_own_link_prefers_her_among_equals(client: LookingClient, world: World):
    client.get("/book/pfullingen?with=buche")
    client.get(f"/book/pfullingen/other/B02?day={MONDAY}")
    client.send("/book/pfullingen/other/B02", {"start": client.page.slots[0]})
    with world.database.reading() as session:
        assert session.scalars(select(Visit)).one().first.counsellor.code == "buche"


@pytest.mark.parametrize("whose", ["", "nobody", "x" * 500, "%00"])
def test_a_link_of_nobody_is_a_link_of_the_centre(client: LookingClient, whose: str):
    assert client.get(f"/book/pfullingen?with={whose}").status_code == 200
    client.get(f"/book/pfullingen/other/B02?day={MONDAY}")
    assert client.send("/book/pfullingen/other/B02", {"start": client.page.slots[0]}).status_code == 303
