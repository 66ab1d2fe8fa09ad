"""The wish to come earlier: what is given back goes to one client at a time, and never to two."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.errors import Moved
from foundation.facts import CLIENT, SYSTEM
from notifications.models import Message, MessageState
from notifications.texts import Kind
from queueing.tickets import check_in_by_code
from scheduling import earlier, reaching, visits
from scheduling.invariants import examine
from scheduling.models import Appointment, AppointmentState, Centre, Claim, FreedTime, Service, Visit
from scheduling.moving import move
from scheduling.refusals import AlreadyOver, NotReachable, OfferOver, OneTopicOnly, SlotTaken
from scheduling.tidying import erase
from scheduling.visits import Contact
from scheduling.wish import Wish
from tests.build import KEYS, MONDAY, NOW, OTHER_PHONE, PHONE, World, at
from tests.domain.test_messages import Notebook, send
from worker import pass_offers_on

NEXT_DAY = MONDAY + timedelta(days=1)
EARLY, LATE, LATER = at("09:00", NEXT_DAY), at("10:10", NEXT_DAY), at("10:45", NEXT_DAY)


def wish(world: World, visit_id: int, now=NOW, wanted: bool = True) -> None:
    with world.database.transaction(CLIENT, now) as tx:
        earlier.wish_earlier(tx, visits.visit_to_change(tx, visit_id), wanted)


def cancel(world: World, visit_id: int, now=NOW) -> None:
    with world.database.transaction(CLIENT, now) as tx:
        visits.cancel(tx, visits.visit_to_change(tx, visit_id))


def worker(world: World, now=NOW, steps: int = 3) -> None:
    """A few passes of the worker."""
    for _ in range(steps):
        pass_offers_on(world.database, now)


def answer(world: World, visit_id: int, yes: bool, now=NOW, starts_at=EARLY) -> None:
    with world.database.transaction(CLIENT, now) as tx:
        visit = visits.visit_to_change(tx, visit_id)
        (earlier.take if yes else earlier.decline)(tx, visit, starts_at)


def offered(world: World) -> dict[int, str]:
    """Who is thinking about which time now."""
    with world.database.reading() as session:
        open_ = session.scalars(select(Appointment).where(Appointment.state == AppointmentState.OFFERED))
        return {offer.visit_id: f"{offer.starts_at:%H:%M}" for offer in open_}


def start_of(world: World, visit_id: int):
    with world.database.reading() as session:
        return session.get_one(Visit, visit_id).first.starts_at


def broken(world: World, now=NOW) -> list[str]:
    with world.database.reading() as session:
        return [finding.name for finding in examine(session, now) if finding.broken]


def full_morning(world: World) -> tuple[int, int, int]:
    """Both counsellors are booked at nine; two clients come later and wish to come earlier."""
    given_back, _ = world.book(EARLY), world.book(EARLY)
    first, second = world.book(LATE, phone=PHONE), world.book(LATER, phone=OTHER_PHONE)
    wish(world, second, NOW + timedelta(minutes=5))
    wish(world, first, NOW + timedelta(minutes=10))
    return given_back, first, second


def somebody_thinks(world: World) -> tuple[int, int]:
    """One of those booked at nine has called off, and the second, who wished first, has the offer."""
    given_back, first, second = full_morning(world)
    cancel(world, given_back)
    worker(world)
    return first, second


def test_a_time_given_back_is_offered_to_whoever_has_wished_longest(world: World):
    _, second = somebody_thinks(world)
    assert list(offered(world)) == [second]
    assert broken(world) == []


def test_while_one_thinks_nobody_else_can_have_the_time(world: World):
    somebody_thinks(world)
    with pytest.raises(SlotTaken):
        world.hold(EARLY)


def test_whoever_says_yes_comes_earlier_and_her_wish_is_done(world: World):
    first, second = somebody_thinks(world)
    answer(world, second, yes=True)
    assert start_of(world, second) == EARLY
    assert broken(world) == []
    worker(world)
    assert offered(world) == {}, "her old time is later than what the other has"
    with world.database.reading() as session:
        assert session.scalars(select(FreedTime)).all() == []
        assert session.get_one(Visit, second).earlier_wished_at is None
        assert session.get_one(Visit, first).earlier_wished_at is not None


def test_the_old_time_of_whoever_came_earlier_is_offered_on(world: World):
    given_back, _, second = full_morning(world)
    last = world.book(at("11:20", NEXT_DAY), phone="+4915228895456")
    wish(world, last, NOW + timedelta(minutes=20))
    cancel(world, given_back)
    worker(world)
    answer(world, second, yes=True)
    worker(world)
    assert offered(world) == {last: f"{LATER:%H:%M}"}


def test_a_no_passes_the_offer_on_and_does_not_come_back(world: World):
    first, second = somebody_thinks(world)
    answer(world, second, yes=False)
    worker(world)
    assert list(offered(world)) == [first]
    answer(world, first, yes=False)
    worker(world)
    assert offered(world) == {}
    assert world.hold(EARLY), "the time is everybody's again"
    assert start_of(world, second) == LATER


def test_silence_passes_the_offer_on_after_two_hours(world: World):
    first, second = somebody_thinks(world)
    worker(world, NOW + timedelta(minutes=119))
    assert list(offered(world)) == [second]
    worker(world, NOW + timedelta(minutes=121))
    assert list(offered(world)) == [first]
    with pytest.raises(OfferOver):
        answer(world, second, yes=True, now=NOW + timedelta(minutes=122))
    assert broken(world, NOW + timedelta(minutes=122)) == []


def test_an_answer_a_moment_too_late_still_counts_while_nobody_took_the_time(world: World):
    _, second = somebody_thinks(world)
    late = NOW + timedelta(minutes=125)
    answer(world, second, yes=True, now=late)
    assert start_of(world, second) == EARLY
    assert broken(world, late) == []
    with pytest.raises(SlotTaken):
        world.hold(EARLY, now=late)


def test_a_late_yes_is_refused_when_somebody_took_the_time_and_the_old_one_stays(world: World):
    _, second = somebody_thinks(world)
    late = NOW + timedelta(minutes=125)
    world.book(EARLY, now=late)
    with pytest.raises(OfferOver):
        answer(world, second, yes=True, now=late)
    assert start_of(world, second) == LATER
    assert broken(world, late) == []


def test_an_offer_at_seven_in_the_evening_may_be_answered_until_nine_in_the_morning(world: World):
    friday, evening = MONDAY + timedelta(days=4), at("19:00")
    given_back, _ = world.book(at("14:10", friday)), world.book(at("14:10", friday))
    late = world.book(at("15:20", friday), phone=PHONE)
    wish(world, late)
    cancel(world, given_back, evening)
    worker(world, evening)
    with world.database.reading() as session:
        offer = session.get_one(Visit, late).offer
        assert offer is not None
        assert offer.hold_until == at("09:00", NEXT_DAY)


def test_what_is_too_near_to_be_answered_is_not_offered(world: World):
    given_back, _, _ = full_morning(world)
    late = at("19:30")
    cancel(world, given_back, late)
    worker(world, late)
    assert offered(world) == {}
    assert world.hold(EARLY, now=late)


def test_the_offer_is_told_by_sms_that_names_no_topic(world: World):
    given_back, _, _ = full_morning(world)
    send(world, Notebook())
    cancel(world, given_back)
    worker(world)
    notebook = Notebook()
    send(world, notebook)
    ((to, body),) = [(to, body) for to, body in notebook.sent if "Früher frei" in body]
    assert to == OTHER_PHONE
    assert "Dienstag, 24.11. 09:00" in body
    assert not any(word in body for word in ("B02", "Dienst ", "Anderes"))
    assert "/t/" in body


def test_an_offer_at_night_is_told_in_the_morning_and_not_after_its_time(world: World):
    friday, night = MONDAY + timedelta(days=4), at("22:00")
    given_back, _ = world.book(at("14:10", friday)), world.book(at("14:10", friday))
    wish(world, world.book(at("15:20", friday), phone=PHONE))
    send(world, Notebook())
    cancel(world, given_back, night)
    worker(world, night)
    notebook = Notebook()
    assert send(world, notebook, night) == 0
    assert send(world, notebook, at("10:30", NEXT_DAY)) == 0, "it was good until ten"
    with world.database.reading() as session:
        states = session.scalars(select(Message.state).where(Message.kind == Kind.OFFER)).all()
    assert states == [MessageState.USELESS]


def test_a_new_number_is_told_of_the_offer_and_no_number_passes_it_on(world: World):
    first, second = somebody_thinks(world)
    send(world, Notebook())
    for phone, told in (("+4915228895456", True), ("+4915228895456", False), (None, False)):
        with world.database.transaction(SYSTEM, NOW) as tx:
            contact = Contact(None, phone, "test" if phone else None)
            reaching.note_contact(tx, visits.visit_to_change(tx, second), contact)
        notebook = Notebook()
        send(world, notebook)
        assert any("Früher frei" in body for _, body in notebook.sent) is told
    worker(world)
    assert list(offered(world)) == [first]


def test_who_is_here_already_is_not_asked_to_come_earlier(world: World):
    first, second = somebody_thinks(world)
    here = at("08:50", NEXT_DAY)
    with world.database.transaction(CLIENT, here) as tx:
        check_in_by_code(tx, tx.session.get_one(Centre, world.centre), world.code(second))
    assert offered(world) == {}
    with world.database.reading() as session:
        assert session.get_one(Visit, second).earlier_wished_at is None
        assert session.get_one(Visit, first).earlier_wished_at is not None


def test_what_is_offered_counts_for_the_days_most(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.get_one(Service, world.talk).daily_cap = 2
    given_back, _ = world.book(EARLY), world.book(EARLY)
    wish(world, world.book(at("09:00", NEXT_DAY + timedelta(days=1)), phone=PHONE))
    cancel(world, given_back)
    worker(world)
    assert len(offered(world)) == 1
    with pytest.raises(SlotTaken):
        world.hold(LATE)


def test_erasing_a_visit_ends_its_offer_and_the_worker_goes_on(world: World):
    first, second = somebody_thinks(world)
    with world.database.transaction(CLIENT, NOW) as tx:
        visit = visits.visit_to_change(tx, second)
        visits.cancel(tx, visit)
        erase(tx, visit)
    worker(world)
    assert list(offered(world)) == [first]
    assert broken(world) == []


def test_two_workers_with_one_list_ask_one_client(world: World):
    given_back, _, _ = full_morning(world)
    cancel(world, given_back)
    with world.database.reading() as session:
        (id_,) = earlier.to_be_offered(session, NOW)
    for _ in range(2):
        with world.database.transaction(SYSTEM, NOW) as tx:
            earlier.pass_on(tx, id_)
    assert len(offered(world)) == 1


def test_an_sms_about_an_offer_that_is_over_is_not_sent(world: World):
    _, second = somebody_thinks(world)
    answer(world, second, yes=False)
    notebook = Notebook()
    send(world, notebook)
    assert not any("Früher frei" in body for _, body in notebook.sent)
    with world.database.reading() as session:
        states = session.scalars(select(Message.state).where(Message.kind == Kind.OFFER)).all()
    assert states == [MessageState.WITHDRAWN]


def test_cancelling_with_an_open_offer_frees_both_times(world: World):
    _, second = somebody_thinks(world)
    cancel(world, second)
    assert broken(world) == []
    with world.database.reading() as session:
        mine = select(Claim).join(Appointment, Appointment.id == Claim.appointment_id)
        assert session.scalars(mine.where(Appointment.visit_id == second)).all() == []


def test_moving_elsewhere_gives_the_offer_to_the_next(world: World):
    first, second = somebody_thinks(world)
    with world.database.transaction(CLIENT, NOW) as tx:
        move(tx, visits.visit_to_change(tx, second), world.wish(), at("13:00", NEXT_DAY))
    assert broken(world) == []
    worker(world)
    assert offered(world)[first] == f"{EARLY:%H:%M}"


def test_who_needs_a_woman_is_not_offered_a_man(world: World):
    """Ahorn is booked at nine by somebody else; only Buche's time is given back."""
    with world.database.transaction(CLIENT, NOW) as tx:
        hers = visits.hold(tx, world.wish(counsellor=world.ahorn), EARLY, "de")
        his = visits.hold(tx, world.wish(counsellor=world.buche), EARLY, "de")
        visits.confirm(tx, visits.visit_to_change(tx, hers), KEYS)
        visits.confirm(tx, visits.visit_to_change(tx, his), KEYS)
    woman = world.wish(wishes=frozenset({"female_counsellor"}))
    with world.database.transaction(CLIENT, NOW) as tx:
        visit_id = visits.hold(tx, woman, LATE, "de")
        visit = visits.visit_to_change(tx, visit_id)
        visit.phone, visit.consent_at = PHONE, NOW
        visits.confirm(tx, visit, KEYS)
    wish(world, visit_id)
    cancel(world, his)
    worker(world)
    assert offered(world) == {}
    cancel(world, hers)
    worker(world)
    assert list(offered(world)) == [visit_id]


def test_a_wish_needs_a_number_one_topic_and_a_visit_to_come(world: World):
    silent, over = world.book(LATE), world.book(LATER, phone=PHONE)
    with pytest.raises(NotReachable):
        wish(world, silent)
    cancel(world, over)
    with pytest.raises(AlreadyOver):
        wish(world, over)
    with world.database.transaction(CLIENT, NOW) as tx:
        both = visits.hold(tx, Wish((world.talk, world.letters), (world.centre,), ("de",)), at("09:50", NEXT_DAY), "de")
        visit = visits.visit_to_change(tx, both)
        visit.phone, visit.consent_at = OTHER_PHONE, NOW
        visits.confirm(tx, visit, KEYS)
    with pytest.raises(OneTopicOnly):
        wish(world, both)


def test_taking_the_wish_back_gives_the_offer_to_the_next(world: World):
    first, second = somebody_thinks(world)
    wish(world, second, wanted=False)
    worker(world)
    assert list(offered(world)) == [first]


def test_an_answer_to_another_offer_than_the_open_one_is_asked_again(world: World):
    _, second = somebody_thinks(world)
    with pytest.raises(Moved):
        answer(world, second, yes=True, starts_at=LATE)
    assert start_of(world, second) == LATER
