"""The client's own page: another number or language, running late, the code large, and a proof others can check."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from foundation.facts import CLIENT
from notifications.models import Message, MessageState
from scheduling import visits
from scheduling.models import Visit
from scheduling.proof import proof_code
from scheduling.reaching import note_contact
from scheduling.refusals import HelpsMany, TopicBooked
from scheduling.visits import Contact
from tests.build import KEYS, MONDAY, NOW, OTHER_PHONE, PHONE, World, at
from tests.domain.test_messages import Notebook, send
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock
from tests.doors.test_booking import book


def kept(world: World) -> Visit:
    with world.database.reading() as session:
        return session.scalars(select(Visit)).one()


def chosen(client: LookingClient) -> list[str]:
    """What stands selected in the lists of the page."""
    return [option["value"] for option in client.page.all("option") if "selected" in option]


def messages(world: World) -> dict[tuple[str, str], MessageState]:
    with world.database.reading() as session:
        return {(m.kind.value, m.recipient or ""): m.state for m in session.scalars(select(Message))}


def test_a_client_changes_number_and_language_and_only_the_new_number_is_told(client: LookingClient, world: World):
    book(client, sms="yes", phone="0152 28817386", name="Lila")
    client.get("/visit/contact")
    assert client.page.field("phone") == PHONE
    changed = {"sms": "yes", "phone": "0172 9980752", "call_name": "Lila", "ui_lang": "ar"}
    assert client.send("/visit/contact", changed).status_code == 303
    visit = kept(world)
    assert (visit.phone, visit.ui_lang, visit.call_name) == (OTHER_PHONE, "ar", "Lila")
    told = messages(world)
    assert told[("confirmation", PHONE)] is MessageState.WITHDRAWN
    assert told[("confirmation", OTHER_PHONE)] is MessageState.DUE
    client.get("/visit?saved=yes")
    assert 'lang="ar"' in client.get("/visit").text


def test_a_number_that_comes_back_is_told_once(client: LookingClient, world: World):
    book(client, sms="yes", phone="0152 28817386")
    for phone in ("0172 9980752", "0152 28817386"):
        client.get("/visit/contact")
        assert client.send("/visit/contact", {"sms": "yes", "phone": phone, "ui_lang": "de"}).status_code == 303
    told = messages(world)
    assert told[("confirmation", PHONE)] is MessageState.DUE
    assert told[("confirmation", OTHER_PHONE)] is MessageState.WITHDRAWN


def test_who_wants_no_sms_any_more_gets_none(client: LookingClient, world: World):
    book(client, sms="yes", phone="0152 28817386")
    client.get("/visit/contact")
    client.send("/visit/contact", {"sms": "no", "phone": "0152 28817386", "ui_lang": "de"})
    assert kept(world).phone is None
    assert set(messages(world).values()) == {MessageState.WITHDRAWN}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"phone": "0711 2345678"}, "keine Handy-Nummer"), ({"ui_lang": "xx"}, "Diese Sprache kennen wir nicht")],
)
def test_what_was_typed_stays_when_it_is_refused(
    client: LookingClient, world: World, typed: dict[str, str], sentence: str
):
    book(client)
    client.get("/visit/contact")
    sent = {"sms": "yes", "phone": "0152 28817386", "call_name": "Lila", "ui_lang": "de", **typed}
    assert client.send("/visit/contact", sent).status_code == 422
    assert sentence in client.page.text
    assert client.page.field("phone") == sent["phone"]
    assert client.page.field("call_name") == "Lila"
    assert kept(world).call_name is None


def test_a_third_booking_of_a_number_is_refused_on_the_contact_page(client: LookingClient, world: World):
    for start, service in ((at("13:00"), world.letters), (at("13:50"), world.women)):
        world.book(start, service=service, phone=PHONE)
    client.get(f"/book/pfullingen/other/B02?day={MONDAY}")
    client.send("/book/pfullingen/other/B02", {"start": client.page.slots[-1]})
    client.get("/book/contact")
    assert client.send("/book/contact", {"sms": "yes", "phone": "0152 28817386"}).status_code == 409
    assert "schon zwei Termine" in client.page.text
    assert client.page.field("phone") == "0152 28817386"
    assert client.send("/book/contact", {"sms": "no", "phone": ""}).status_code == 303


def test_a_second_booking_about_the_same_is_refused(client: LookingClient, world: World):
    world.book(at("13:00"), phone=PHONE)
    client.get(f"/book/pfullingen/other/B02?day={MONDAY}")
    client.send("/book/pfullingen/other/B02", {"start": client.page.slots[-1]})
    client.get("/book/contact")
    assert client.send("/book/contact", {"sms": "yes", "phone": "0152 28817386"}).status_code == 409
    assert "zu diesem Thema" in client.page.text


def test_who_runs_late_tells_the_desk_with_one_press(
    client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    book(client)
    visit = kept(world)
    client.get("/visit")
    assert "/visit/late" in {a.get("href") for a in client.page.all("a")}
    client.get("/visit/late")
    assert client.send("/visit/late", {"minutes": "20"}).status_code == 303
    assert kept(world).late_by == timedelta(minutes=20)
    client.get("/visit")
    assert "etwas später" in client.page.text
    desk = staff("desk")
    desk.get("/desk/?all=1")
    assert visit.code in desk.page.text
    assert "kommt 20 Minuten später" in desk.page.text


def test_who_comes_another_day_cannot_be_late_today(client: LookingClient, world: World):
    book(client)
    client.get("/visit/late")
    set_clock(world, NOW - timedelta(days=1))
    assert client.send("/visit/late", {"minutes": "20"}).status_code == 409
    assert "nur am Tag des Termins" in client.page.text
    assert kept(world).late_by is None


def test_the_code_is_shown_large(client: LookingClient, world: World):
    book(client)
    client.get("/visit/code")
    assert kept(world).code in re.sub(r"\s", "", client.page.text)
    assert [a for tag, a in client.page.tags if a.get("class") == "qr"]


def test_a_proof_says_when_and_where_and_not_what_and_the_desk_confirms_it(
    client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    book(client, sms="yes", phone="0152 28817386", name="Lila")
    visit = kept(world)
    client.get("/visit/proof?lang=ar")
    for said in ("Nachweis über einen Termin", "إثبات موعد", "Stempel und Unterschrift"):
        assert said in client.page.text
    for hidden in ("Dienst B02", "Lila", "8817386", visit.code):
        assert hidden not in client.page.text
    code = proof_code(KEYS[0], visit.id)
    assert code in re.sub(r"\s", "", client.page.text)
    desk = staff("desk")
    for typed, answer in ((f"{code[:4]} {code[4:]}", "Ja, es gibt diesen Termin"), ("00000000", "keinen Termin")):
        desk.get("/desk/proofs")
        assert desk.send("/desk/proofs", {"day": str(visit.day_on), "code": typed}).status_code == 200
        assert answer in desk.page.text
    desk.get("/desk/proofs")
    assert desk.send("/desk/proofs", {"day": "soon", "code": code}).status_code == 422
    assert desk.send("/desk/proofs", {"day": str(visit.day_on + timedelta(days=1)), "code": code}).status_code == 200
    assert "keinen Termin" in desk.page.text


def test_a_proof_can_be_checked_after_everything_personal_is_gone(
    client: LookingClient, staff: Callable[[str], LookingClient], world: World
):
    book(client)
    visit = kept(world)
    client.get("/visit/erase")
    client.send("/visit/erase")
    desk = staff("desk")
    desk.get("/desk/proofs")
    desk.send("/desk/proofs", {"day": str(visit.day_on), "code": proof_code(KEYS[0], visit.id)})
    assert "Ja, es gibt diesen Termin" in desk.page.text
    assert "Er ist abgesagt" in desk.page.text


def test_as_soon_as_possible_is_the_first_press_and_more_time_keeps_what_was_typed(client: LookingClient, world: World):
    client.get("/book/pfullingen/other/B02")
    assert "So bald wie möglich" in client.page.text
    assert client.page.slots[0] == min(client.page.slots)
    client.send("/book/pfullingen/other/B02", {"start": client.page.slots[0]})
    client.get("/book/contact")
    assert "Wir halten den Termin" in client.page.text
    typed = {"from": "contact", "sms": "yes", "phone": "0152", "call_name": "Lila"}
    assert client.send("/book/extend", typed).status_code == 200
    assert (client.page.field("phone"), client.page.field("call_name")) == ("0152", "Lila")


def test_a_helper_is_told_instead_in_the_language_she_reads(client: LookingClient, world: World):
    client.get("/?lang=ar")
    client.get("/book/pfullingen/other/B02")
    client.send("/book/pfullingen/other/B02", {"start": "2026-11-24T08:00Z"})
    client.get("/book/contact")
    assert chosen(client) == ["de"]
    refused = client.send("/book/contact", {"sms": "helper", "phone": "07121 2701", "helper_lang": "en"})
    assert refused.status_code == 422
    assert chosen(client) == ["en"]
    helped = {"sms": "helper", "phone": "0172 9980752", "helper_lang": "de"}
    assert client.send("/book/contact", helped).location == "/book/check"
    client.get("/book/check")
    client.send("/book/confirm")
    notebook = Notebook()
    send(world, notebook, NOW + timedelta(minutes=5))
    ((to, body),) = notebook.sent
    assert to == OTHER_PHONE
    assert body.startswith("Integrationszentrum Pfullingen: Sie helfen: Dienstag, 24.11. 09:00 Uhr. Code ")
    visit = kept(world)
    assert (visit.ui_lang, visit.helper_lang, visit.consent_wording) == ("ar", "de", "helper-2026-12")
    assert "الألمانية" in client.get("/visit/data").text


def helped(world: World, start: datetime) -> None:
    """A client books, and names the helper with the other phone."""
    visit_id = world.hold(start)
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        note_contact(tx, visit, Contact(None, OTHER_PHONE, "test", "de"))
        visits.confirm(tx, visit, KEYS)


def test_a_helpers_number_helps_many_but_not_without_end(world: World):
    for n in range(10):
        helped(world, at("09:35", MONDAY + timedelta(days=n // 2)))
    with pytest.raises(HelpsMany):
        helped(world, at("13:00"))


def test_who_helps_two_books_for_herself_once_and_not_by_calling_herself_a_helper(world: World):
    for wall in ("09:35", "10:10"):
        helped(world, at(wall))
    mine = [world.hold(at(wall)) for wall in ("13:00", "13:35", "14:10")]
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, mine[0])
        note_contact(tx, visit, Contact(None, OTHER_PHONE, "test"))
        visits.confirm(tx, visit, KEYS)
    with pytest.raises(TopicBooked), world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, mine[1])
        note_contact(tx, visit, Contact(None, OTHER_PHONE, "test", "de"))
        note_contact(tx, visit, Contact(None, OTHER_PHONE, "test"))


def test_a_language_nobody_offers_is_refused_beside_what_was_typed(client: LookingClient):
    client.get("/book/pfullingen/other/B02")
    client.send("/book/pfullingen/other/B02", {"start": "2026-11-24T08:00Z"})
    client.get("/book/contact")
    odd = {"sms": "helper", "phone": "0172 9980752", "helper_lang": "klingon"}
    assert client.send("/book/contact", odd).status_code == 422
    assert client.page.field("phone") == "0172 9980752"
