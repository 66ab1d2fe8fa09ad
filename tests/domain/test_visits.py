"""Hold, confirm, move, cancel: what a client can rely on."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from foundation.db import Database, make_engine
from foundation.errors import Moved, NotFound
from foundation.facts import CLIENT, SYSTEM, Fact
from scheduling import reaching, visits
from scheduling.agenda import visit_by_token
from scheduling.models import Absence, Appointment, AppointmentState, Claim, Closure, Visit
from scheduling.moving import move
from scheduling.opening import days_window
from scheduling.refusals import AlreadyOver, HoldOver, RoomTooSmall, SlotTaken, TooLate
from scheduling.search import slots
from scheduling.tidying import erase_ended, release_forgotten
from scheduling.visits import Contact, manage_token
from scheduling.wish import FEMALE_COUNSELLOR
from tests.build import KEYS, MONDAY, NOW, PHONE, ZONE, World, at

TUESDAY_10 = at("10:10", MONDAY + timedelta(days=1))


def free(world: World, now=NOW, days: int = 1, **wish: object) -> list:
    with world.database.reading() as session:
        return slots(session, world.wish(**wish), days_window(ZONE, MONDAY, days), now)


def starts(world: World, **wish: object) -> set:
    return {slot.starts_at for slot in free(world, **wish)}


def counsellors_of(world: World, **wish: object) -> set[int]:
    """Who could take one of the free starts: whoever is found when only she is asked for."""
    everybody = (world.ahorn, world.buche, world.eiche)
    return {id_ for id_ in everybody if free(world, counsellor=id_, **wish)}


def claims(world: World) -> int:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Claim)) or 0


def test_a_day_offers_every_start_of_both_counsellors_in_the_pitch_of_the_service(world: World):
    found = free(world)
    assert [s.starts_at for s in found[:3]] == [at("09:00"), at("09:35"), at("10:10")]
    assert at("12:30") not in {s.starts_at for s in found}
    assert found[-1].ends_at <= at("17:00")


def test_what_is_past_or_beyond_the_horizon_is_not_offered(world: World):
    assert min(s.starts_at for s in free(world, now=at("10:00"))) == at("10:10")
    assert free(world, now=at("09:00", MONDAY - timedelta(weeks=7))) == []


def test_a_language_nobody_speaks_goes_by_house_interpreter_or_phone_or_not_at_all(world: World):
    assert {s.route for s in free(world, language="ar")} == {"direct"}
    assert {s.route for s in free(world, language="uk")} == {"phone"}
    assert {s.route for s in free(world, language="ti")} == {"house"}
    assert free(world, language="mnk") == []


def test_a_wish_for_a_woman_and_a_womens_service_leave_only_women(world: World):
    assert counsellors_of(world, wishes=frozenset({FEMALE_COUNSELLOR})) == {world.ahorn}
    assert counsellors_of(world, service=world.women) == {world.ahorn}


def test_a_family_too_large_for_any_room_gets_no_promise(world: World):
    with pytest.raises(RoomTooSmall):
        free(world, party=5)
    assert free(world, party=4)


def test_absence_and_closure_take_slots_away(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add(Absence(resource_id=world.ahorn, starts_at=at("00:00"), ends_at=at("23:00")))
    assert counsellors_of(world) == {world.buche}
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.add(Closure(centre_id=world.centre, starts_at=at("09:00"), ends_at=at("23:00")))
    assert free(world) == []


def test_a_hold_takes_counsellor_and_room_with_the_buffer(world: World):
    visit_id = world.hold(at("09:35"))
    with world.database.reading() as session:
        appointment = session.get_one(Visit, visit_id).appointments[0]
        taken = session.execute(select(Claim.resource_id, Claim.starts_at, Claim.ends_at)).all()
    assert {row[0] for row in taken} == {appointment.counsellor_id, appointment.room_id}
    assert {(row[1], row[2]) for row in taken} == {(at("09:35"), at("10:10"))}


def test_second_client_is_refused_the_counsellors_the_first_two_have_booked(world: World):
    world.book(at("09:35"))
    world.book(at("09:35"))
    assert at("09:35") not in starts(world)
    with pytest.raises(SlotTaken):
        world.hold(at("09:35"))
    assert claims(world) == 4


def test_the_less_busy_counsellor_is_chosen(world: World):
    first, second = world.book(at("09:00")), world.book(at("10:10"))
    with world.database.reading() as session:
        chosen = {session.get_one(Visit, v).appointments[0].counsellor_id for v in (first, second)}
    assert chosen == {world.ahorn, world.buche}


def test_a_hold_lasts_ten_minutes_for_others_and_can_be_extended(world: World):
    world.book(at("09:35"))
    held = world.hold(at("09:35"))
    assert at("09:35") not in {s.starts_at for s in free(world, now=NOW + timedelta(minutes=9))}
    assert at("09:35") in {s.starts_at for s in free(world, now=NOW + timedelta(minutes=10))}
    with world.database.transaction(CLIENT, NOW + timedelta(minutes=9)) as tx:
        until = visits.extend(tx, visits.visit_to_change(tx, held))
    assert until == NOW + timedelta(minutes=19)
    with world.database.transaction(CLIENT, NOW + timedelta(minutes=58)) as tx:
        assert visits.extend(tx, visits.visit_to_change(tx, held)) == NOW + timedelta(minutes=60)


def test_an_expired_hold_nobody_took_still_confirms(world: World):
    held = world.hold(at("09:35"))
    with world.database.transaction(CLIENT, NOW + timedelta(minutes=30)) as tx:
        visit = visits.confirm(tx, visits.visit_to_change(tx, held), KEYS)
    assert len(visit.code or "") == 6


def test_an_expired_hold_that_was_taken_says_so_and_keeps_what_was_typed(world: World):
    world.book(at("09:35"))
    slow = world.hold(at("09:35"))
    with world.database.transaction(CLIENT, NOW) as tx:
        reaching.note_contact(tx, visits.visit_to_change(tx, slow), Contact("Lila", PHONE, "v1"))
    world.book(at("09:35"), now=NOW + timedelta(minutes=11))
    with pytest.raises(HoldOver), world.database.transaction(CLIENT, NOW + timedelta(minutes=12)) as tx:
        visits.confirm(tx, visits.visit_to_change(tx, slow), KEYS)
    with world.database.transaction(CLIENT, NOW + timedelta(minutes=12)) as tx:
        visit = visits.visit_to_change(tx, slow)
        assert (visit.call_name, visit.phone) == ("Lila", PHONE)
        visits.hold(tx, world.wish(), at("10:10"), "de", visit)
        visits.confirm(tx, visit, KEYS)
    assert claims(world) == 6


def test_choosing_another_slot_lets_the_first_go(world: World):
    held = world.hold(at("09:35"))
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.hold(tx, world.wish(), at("10:10"), "de", visits.visit_to_change(tx, held))
    assert claims(world) == 2
    with world.database.transaction(CLIENT, NOW) as tx:  # the same one again is no conflict with oneself
        visits.hold(tx, world.wish(), at("10:10"), "de", visits.visit_to_change(tx, held))
    assert claims(world) == 2


def test_a_booked_visit_is_never_held_anew(world: World):
    visit_id = world.book(at("09:35"))
    with pytest.raises(Moved), world.database.transaction(CLIENT, NOW) as tx:
        visits.hold(tx, world.wish(), at("10:10"), "de", visits.visit_to_change(tx, visit_id))
    assert claims(world) == 2


def test_confirming_twice_is_confirming_once(world: World):
    visit_id = world.book(at("09:35"))
    code = world.code(visit_id)
    with world.database.transaction(CLIENT, NOW) as tx:
        visits.confirm(tx, visits.visit_to_change(tx, visit_id), KEYS)
    assert world.code(visit_id) == code
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).where(Fact.kind == "visit.booked")) == 1


def test_a_move_claims_the_new_time_frees_the_old_and_keeps_link_and_code(world: World):
    visit_id = world.book(at("09:35"))
    with world.database.reading() as session:
        before = manage_token(KEYS, session.get_one(Visit, visit_id))
    with world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(), TUESDAY_10)
    with world.database.reading() as session:
        visit = visit_by_token(session, before)
        assert (visit.id, visit.day_on) == (visit_id, MONDAY + timedelta(days=1))
        assert visit.appointments[0].starts_at == TUESDAY_10
        assert visit.appointments[0].version == 2
        assert {c.starts_at for c in session.scalars(select(Claim))} == {TUESDAY_10}


def test_a_move_to_a_taken_time_changes_nothing(world: World):
    mine = world.book(at("13:00"))
    world.book(at("10:10"))
    world.book(at("10:10"))
    with pytest.raises(SlotTaken), world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, mine), world.wish(), at("10:10"))
    with world.database.reading() as session:
        assert session.get_one(Visit, mine).appointments[0].starts_at == at("13:00")
    assert claims(world) == 6


def test_a_cancelled_time_is_free_at_once_and_cancelling_twice_is_once(world: World):
    visit_id = world.book(at("09:35"))
    for _ in range(2):
        with world.database.transaction(CLIENT, NOW) as tx:
            visits.cancel(tx, visits.visit_to_change(tx, visit_id))
    assert claims(world) == 0
    with pytest.raises(AlreadyOver), world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, visit_id), world.wish(), at("10:10"))


def test_what_has_begun_can_not_be_cancelled_online(world: World):
    visit_id = world.book(at("09:35"))
    with pytest.raises(TooLate), world.database.transaction(CLIENT, at("09:40")) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))


def test_a_revoked_link_leads_nowhere(world: World):
    visit_id = world.book(at("09:35"))
    with world.database.transaction(SYSTEM, NOW) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        old = manage_token(KEYS, visit)
        visit.token_generation += 1
        assert manage_token(KEYS, visit) != old
    with world.database.reading() as session, pytest.raises(NotFound):
        visit_by_token(session, "x" * 22)


def test_links_outlive_a_new_key(world: World):
    visit_id = world.book(at("09:35"))
    with world.database.reading() as session:
        visit = session.get_one(Visit, visit_id)
        before = manage_token(KEYS, visit)
        assert manage_token(("new" * 20, *KEYS), visit) == before


def test_the_id_of_a_deleted_visit_never_comes_back(world: World):
    first = world.hold(at("09:35"))
    with world.database.transaction(SYSTEM, NOW + timedelta(hours=3)) as tx:
        assert release_forgotten(tx) == 1
    assert world.hold(at("09:35")) != first


def test_a_client_who_holds_anew_after_two_hours_keeps_her_hold(world: World):
    slow = world.hold(at("13:00"))
    later = NOW + timedelta(minutes=119)
    with world.database.transaction(CLIENT, later) as tx:
        visits.hold(tx, world.wish(), at("13:35"), "de", visits.visit_to_change(tx, slow))
    with world.database.transaction(SYSTEM, later + timedelta(minutes=5)) as tx:
        assert release_forgotten(tx) == 0
    with world.database.transaction(CLIENT, later + timedelta(minutes=9)) as tx:
        assert visits.extend(tx, visits.visit_to_change(tx, slow)) == later + timedelta(minutes=19)


def test_forgotten_holds_are_deleted_with_what_was_typed(world: World):
    world.hold(at("09:35"))
    kept = world.book(at("10:10"))
    with world.database.transaction(SYSTEM, NOW + timedelta(hours=1)) as tx:
        assert release_forgotten(tx) == 0
    with world.database.transaction(SYSTEM, NOW + timedelta(hours=3)) as tx:
        assert release_forgotten(tx) == 1
    with world.database.reading() as session:
        assert [v.id for v in session.scalars(select(Visit))] == [kept]
    assert claims(world) == 2


def test_personal_data_go_a_week_after_the_visit_and_statistics_stay(world: World):
    visit_id = world.book(at("09:35"), phone=PHONE)
    with world.database.transaction(SYSTEM, NOW + timedelta(days=7)) as tx:
        assert erase_ended(tx) == 0
    with world.database.transaction(SYSTEM, NOW + timedelta(days=8)) as tx:
        assert erase_ended(tx) == 1
    with world.database.reading() as session:
        visit = session.get_one(Visit, visit_id)
        assert (visit.phone, visit.code, visit.token_hash, visit.spoken_langs) == (None, None, None, [])
        assert visit.appointments[0].service_id == world.talk
        assert session.scalar(select(func.count()).where(Fact.subject_id == visit_id, Fact.kind == "visit.booked")) == 1


def test_of_many_clients_on_one_slot_exactly_as_many_win_as_there_are_counsellors(world: World, database_url: str):
    start, results = threading.Barrier(12), []
    own = [Database(make_engine(database_url)) for _ in range(3)]  # three processes' worth of engines

    def client(number: int) -> None:
        database = own[number % 3]
        start.wait()
        try:
            with database.transaction(CLIENT, NOW) as tx:
                results.append(visits.hold(tx, world.wish(), at("09:35"), "de"))
        except SlotTaken:
            results.append(None)

    threads = [threading.Thread(target=client, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in own:
        database.engine.dispose()
    assert len(results) == 12
    assert len([r for r in results if r]) == 2
    assert claims(world) == 4


def test_a_hold_confirmed_at_its_end_is_either_booked_or_taken_never_both(world: World, database_url: str):
    world.book(at("09:35"))
    slow = world.hold(at("09:35"))
    late = NOW + timedelta(minutes=11)
    other = Database(make_engine(database_url))
    start, outcome = threading.Barrier(2), {}

    def confirm() -> None:
        start.wait()
        try:
            with world.database.transaction(CLIENT, late) as tx:
                visits.confirm(tx, visits.visit_to_change(tx, slow), KEYS)
            outcome["slow"] = True
        except HoldOver:
            outcome["slow"] = False

    def take() -> None:
        start.wait()
        try:
            with other.transaction(CLIENT, late) as tx:
                visits.hold(tx, world.wish(), at("09:35"), "de")
            outcome["fast"] = True
        except SlotTaken:
            outcome["fast"] = False

    threads = [threading.Thread(target=confirm), threading.Thread(target=take)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.engine.dispose()
    assert outcome["slow"] is not outcome["fast"]
    with world.database.reading() as session:
        booked = session.scalars(
            select(Appointment).where(Appointment.state.in_([AppointmentState.BOOKED, AppointmentState.HELD]))
        ).all()
        taken = set(session.scalars(select(Claim.appointment_id)))
    assert {a.id for a in booked} == taken
