"""A colleague is ill: whom it hits stands on one page with a proposal each, and one press takes them all."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import select

from foundation.facts import SYSTEM
from notifications.models import Message, MessageState
from notifications.texts import Kind
from scheduling.models import Visit
from tests.build import MONDAY, NOW, PHONE, World, at
from tests.domain.test_rebooking import first_of, with_ahorn
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock

Staff = Callable[[str], LookingClient]
TUESDAY = MONDAY + timedelta(days=1)


def ill(desk: LookingClient, world: World, first=TUESDAY, last=TUESDAY, who: object = None):
    desk.get("/desk/absence")
    return desk.send("/desk/absence", {"who": str(who or world.ahorn), "first": str(first), "last": str(last)})


def choices(desk: LookingClient, visit_id: int) -> list[str]:
    """The values the page offers for a visit, the proposal first."""
    desk.get("/desk/absence")
    tags = iter(desk.page.tags)
    if not any(tag == "select" and attributes.get("name") == f"choice-{visit_id}" for tag, attributes in tags):
        return []
    options = takewhile(lambda one: one[0] == "option", tags)
    return [attributes["value"] for _, attributes in options if attributes["value"]]


def test_one_press_gives_everybody_to_a_colleague_and_tells_them(staff: Staff, world: World):
    told = with_ahorn(world, at("09:35", TUESDAY))
    with world.database.transaction(SYSTEM, NOW) as tx:
        visit = tx.session.get_one(Visit, told)
        visit.phone, visit.consent_at = PHONE, NOW
    silent, desk = with_ahorn(world, at("10:10", TUESDAY)), staff("desk")
    assert ill(desk, world).status_code == 303
    proposed = {f"choice-{id_}": choices(desk, id_)[0] for id_ in (visit.id, silent)}
    assert "2 Vorschläge übernehmen" in desk.page.text
    assert "am Empfang sagen" in desk.page.text
    answer = desk.send("/desk/absence/accept", proposed)
    assert desk.get(answer.location).status_code == 200
    assert "2 übernommen" in desk.page.text
    assert "Gerade ist niemand betroffen" in desk.page.text
    assert [first_of(world, id_).counsellor_id for id_ in (visit.id, silent)] == [world.buche] * 2
    with world.database.reading() as session:
        assert session.scalars(select(Message).where(Message.visit_id == visit.id)).all()
        assert not session.scalars(select(Message).where(Message.visit_id == silent)).all()


def test_another_time_is_chosen_in_the_row_and_who_is_left_out_stays(staff: Staff, world: World):
    moved, left = with_ahorn(world, at("09:35", TUESDAY)), with_ahorn(world, at("10:10", TUESDAY))
    desk = staff("lead")
    ill(desk, world)
    later = choices(desk, moved)[1]
    desk.send("/desk/absence/accept", {f"choice-{moved}": later, f"choice-{left}": ""})
    assert first_of(world, moved).starts_at > at("09:35", TUESDAY)
    assert first_of(world, left).counsellor_id == world.ahorn
    assert choices(desk, moved) == []
    assert choices(desk, left)


def test_what_somebody_took_meanwhile_stays_open_and_is_said(staff: Staff, world: World):
    visit_id, desk = with_ahorn(world, at("09:35", TUESDAY)), staff("desk")
    ill(desk, world)
    proposal = choices(desk, visit_id)[0]
    world.book(at("09:35", TUESDAY))  # the colleague has gone
    answer = desk.send("/desk/absence/accept", {f"choice-{visit_id}": proposal})
    desk.get(answer.location)
    assert "anders vergeben" in desk.page.text
    assert first_of(world, visit_id).counsellor_id == world.ahorn
    assert choices(desk, visit_id)


def test_a_changed_mind_takes_the_absence_back(staff: Staff, world: World):
    visit_id, desk = with_ahorn(world, at("09:35", TUESDAY)), staff("desk")
    ill(desk, world)
    assert choices(desk, visit_id)
    assert desk.send("/desk/absence/undo", {"kind": "absence", "row": desk.page.field("row")}).status_code == 303
    assert choices(desk, visit_id) == []
    assert "Niemand ist abgemeldet" in desk.page.text


def test_a_shut_centre_is_recorded_and_its_people_get_another_day(staff: Staff, world: World):
    visit_id, desk = with_ahorn(world, at("09:35", TUESDAY)), staff("lead")
    assert ill(desk, world, who="centre").status_code == 303
    assert "2026-11-25" in choices(desk, visit_id)[0]


def test_odd_entries_are_refused_and_keep_what_was_typed(staff: Staff, world: World):
    desk = staff("desk")
    assert ill(desk, world, first=TUESDAY, last=MONDAY).status_code == 422
    assert "ersten und einen letzten Tag" in desk.page.text
    assert desk.page.field("first") == str(TUESDAY)
    assert ill(desk, world, first=MONDAY - timedelta(days=7), last=MONDAY - timedelta(days=7)).status_code == 422
    assert ill(desk, world, who=world.eiche).status_code == 404
    assert ill(desk, world, who="nobody").status_code == 404
    assert desk.send("/desk/absence/undo", {"kind": "absence", "row": "99"}).status_code == 404
    assert desk.send("/desk/absence/undo", {"kind": "x", "row": "1"}).status_code == 404


def test_a_choice_that_is_none_changes_nothing(staff: Staff, world: World):
    visit_id, desk = with_ahorn(world, at("09:35", TUESDAY)), staff("desk")
    ill(desk, world)
    desk.get("/desk/absence")
    for odd in ("x", f"2026-11-24T08:35+0000 {world.buche} 1 - sideways", "2026-11-24T08:35+0000 999 999 - direct"):
        assert desk.send("/desk/absence/accept", {f"choice-{visit_id}": odd}).status_code == 303
    assert first_of(world, visit_id).counsellor_id == world.ahorn


def test_a_counsellor_records_no_absence_of_others(staff: Staff):
    assert staff("ahorn").get("/desk/absence").status_code == 403


def early(world: World, staff: Staff) -> tuple[int, LookingClient]:
    """At seven a counsellor has called in sick; a client with a phone has been given to a colleague."""
    visit_id = with_ahorn(world, at("09:35", TUESDAY))
    with world.database.transaction(SYSTEM, NOW) as tx:
        visit = tx.session.get_one(Visit, visit_id)
        visit.phone, visit.consent_at = PHONE, NOW
    set_clock(world, at("07:00", TUESDAY))
    desk = staff("desk")
    ill(desk, world)
    desk.send("/desk/absence/accept", {f"choice-{visit_id}": choices(desk, visit_id)[0]})
    assert first_of(world, visit_id).counsellor_id == world.buche
    return visit_id, desk


def messages(world: World, visit_id: int) -> dict[str, tuple[str, datetime]]:
    with world.database.reading() as session:
        rows = session.scalars(select(Message).where(Message.visit_id == visit_id).order_by(Message.id)).all()
        return {row.kind.value: (row.state.value, row.due_at) for row in rows}


def here_after_all(desk: LookingClient) -> str:
    desk.get("/desk/absence")
    answer = desk.send("/desk/absence/undo", {"kind": "absence", "row": desk.page.field("row")})
    return desk.get(answer.location).text


def test_before_eight_nobody_is_told_and_everything_can_be_as_before(staff: Staff, world: World):
    visit_id, desk = early(world, staff)
    assert messages(world, visit_id)["changed"] == ("due", at("08:00", TUESDAY))
    assert "1 sind wieder wie vorher" in here_after_all(desk)
    assert first_of(world, visit_id).counsellor_id == world.ahorn
    assert first_of(world, visit_id).overruled is None
    assert "due" not in {state for kind, (state, _) in messages(world, visit_id).items() if kind == "changed"}


def test_who_was_told_of_a_colleague_stays_with_her(staff: Staff, world: World):
    visit_id, desk = early(world, staff)
    with world.database.transaction(SYSTEM, at("08:01", TUESDAY)) as tx:
        told = select(Message).where(Message.visit_id == visit_id, Message.kind == Kind.CHANGED)
        tx.session.scalars(told).one().state = MessageState.HANDED_OVER
    assert "wieder wie vorher" not in here_after_all(desk)
    assert first_of(world, visit_id).counsellor_id == world.buche


def test_a_counsellor_who_falls_ill_at_noon_is_away_from_now_until_midnight(staff: Staff, world: World):
    morning, afternoon = with_ahorn(world, at("09:35", TUESDAY)), with_ahorn(world, at("13:35", TUESDAY))
    next_day = with_ahorn(world, at("09:35", TUESDAY + timedelta(days=1)))
    set_clock(world, at("12:07", TUESDAY))
    desk = staff("desk")
    desk.get("/desk/absence")
    assert desk.send("/desk/absence", {"who": str(world.ahorn), "now": "yes", "first": "", "last": ""}).location
    assert choices(desk, afternoon)
    assert choices(desk, morning) == choices(desk, next_day) == []
    assert "12:07" in desk.page.text


def test_an_absence_of_some_hours_hits_only_those_and_says_when(staff: Staff, world: World):
    before, hit = with_ahorn(world, at("09:35", TUESDAY)), with_ahorn(world, at("10:45", TUESDAY))
    after, desk = with_ahorn(world, at("13:00", TUESDAY)), staff("desk")
    day = {"who": str(world.ahorn), "first": str(TUESDAY), "last": str(TUESDAY)}
    desk.get("/desk/absence")
    assert desk.send("/desk/absence", {**day, "from": "10:30", "until": "12:00"}).status_code == 303
    assert choices(desk, hit)
    assert choices(desk, before) == choices(desk, after) == []
    assert "10:30 – 12:00" in " ".join(desk.page.text.split())
    for odd in ({"from": "25:00"}, {"from": "14:00", "until": "13:00"}):
        assert desk.send("/desk/absence", {**day, **odd}).status_code == 422
    assert desk.page.field("from") == "14:00"


def test_who_has_no_phone_is_on_the_call_list_until_it_was_said_and_is_not_put_back_then(staff: Staff, world: World):
    visit_id, desk = with_ahorn(world, at("09:35", TUESDAY)), staff("desk")
    ill(desk, world)
    desk.send("/desk/absence/accept", {f"choice-{visit_id}": choices(desk, visit_id)[0]})
    desk.get("/desk/call-list")
    assert world.code(visit_id) in desk.page.text
    assert "Jemand anderes berät" in desk.page.text
    assert "keine Nummer" in desk.page.text
    assert desk.send("/desk/call-list/said", {"who": str(visit_id), "act": "done"}).status_code == 303
    assert desk.send("/desk/call-list/said", {"who": str(visit_id), "act": "done"}).status_code == 409
    assert desk.send("/desk/call-list/said", {"who": "99", "act": "done"}).status_code == 404
    desk.get("/desk/call-list")
    assert "Alle sind erreicht" in desk.page.text
    assert "Rückgängig" in desk.page.text
    assert "wieder wie vorher" not in here_after_all(desk)
    assert first_of(world, visit_id).counsellor_id == world.buche


def test_covering_for_somebody_is_no_reason_that_a_person_chooses(staff: Staff, world: World):
    desk = staff("desk")
    desk.get("/desk/book")
    desk.send("/desk/book", {"service": "B02", "spoken": "de", "reads": "de", "party": "1", "counsellor": ""})
    desk.get("/desk/book")
    offered = [option.get("value") for option in desk.page.all("option")]
    assert "urgent" in offered
    assert "covered" not in offered
    typed = {"day": str(TUESDAY), "time": "18:00", "reason": "covered"}
    desk.send("/desk/book/time", typed)
    assert "warum diese Zeit vergeben werden soll" in desk.page.text
