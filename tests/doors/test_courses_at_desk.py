"""Courses at the desk: made with a look at every day, run from one page, and ticked on the spot."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.facts import SYSTEM
from scheduling.absences import Away
from scheduling.changing import save
from scheduling.courses import tick
from scheduling.models import Attendance, Course, CourseState, Enrolment, EnrolmentState, Room
from scheduling.opening import whole_day
from scheduling.waitlist import leave
from tests.build import MONDAY, NOW, OTHER_PHONE, PHONE, ZONE, World, join, teach
from tests.domain.test_courses import FIRST, SECOND, TUESDAY, act, session_of, state_of
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock

Staff = Callable[[str], LookingClient]
PAGE = "/desk/courses/deutsch"


def course_form(world: World, **more: object) -> dict[str, object]:
    """Six Wednesdays in room 1 with Ahorn, from tomorrow's tomorrow on."""
    with world.database.reading() as session:
        room = session.scalars(select(Room.id).where(Room.centre_id == world.centre).order_by(Room.id)).first()
    return {
        "title-de": "Deutsch am Abend", "code": "a1-abend", "teacher_id": world.ahorn, "room_id": room, "seats": "12",
        "first": str(MONDAY + timedelta(days=2)), "starts": "14:00", "ends": "15:30", "rhythm": "w1", "count": "6",
        "title-en": "Evening German", "audience-de": "ab 16 Jahren", "level": "A1", **more,
    }  # fmt: skip


def days_shown(desk: LookingClient, ticked: bool = True) -> list[str]:
    boxes = [one for one in desk.page.all("input") if one.get("name") == "day"]
    return [one["value"] for one in boxes if not ticked or "checked" in one]


def look(desk: LookingClient, form: dict[str, object]):
    desk.get("/desk/new-course")
    return desk.send("/desk/new-course", form)


def keep(desk: LookingClient, form: dict[str, object], **more: object):
    """Save the days as the page shows them."""
    sent = {**form, "do": "save", "shown": desk.page.field("shown"), "day": days_shown(desk), **more}
    return desk.send("/desk/new-course", {**sent, "form_key": desk.page.field("form_key")})


def only_course(world: World) -> Course:
    with world.database.reading() as session:
        course = session.scalars(select(Course)).one()
        assert course.standing is not None
        return course


def send(desk: LookingClient, path: str, do: str, enrolment_id: int):
    """Press a button about one person, as the page shows her now."""
    html = desk.get(PAGE).text
    version = re.search(
        rf'name="enrolment" value="{enrolment_id}"><input type="hidden" name="version" value="(\d+)"', html
    )
    assert version, "no button about this person"
    return desk.send(f"{PAGE}/{path}", {"do": do, "enrolment": enrolment_id, "version": version[1]})


class TestMaking:
    def test_a_course_is_looked_at_day_by_day_and_then_made_whole(self, staff: Staff, world: World):
        desk, form = staff("desk"), course_form(world)
        assert look(desk, form).status_code == 200
        assert len(days_shown(desk)) == 6
        assert "Alle 6 Tage gehen" in desk.page.text
        assert "Der Raum hat nur 6 Plätze" in desk.page.text
        kept = days_shown(desk)[:5]
        answer = keep(desk, form, day=kept)
        assert answer.status_code == 303
        desk.get(answer.location)
        assert "Niemand außer Ihnen" in desk.page.text
        course = only_course(world)
        assert (course.state, len(course.sessions), course.seats) == (CourseState.DRAFT, 5, 12)
        assert course.titles == {"de": "Deutsch am Abend", "en": "Evening German"}
        assert [str(one.starts_at.astimezone(ZONE).date()) for one in course.sessions] == kept

    def test_holidays_are_named_and_collisions_stand_beside_their_day(self, staff: Staff, world: World):
        teach(world)  # Ahorn, Tuesdays 14:00
        desk, form = (
            staff("lead"),
            course_form(world, first=str(TUESDAY), count="6", schools="on", starts="15:00"),
        )
        assert look(desk, form).status_code == 200
        assert "3 von 6 Tagen gehen nicht" in desk.page.text
        assert "Kursleitung oder Raum ist belegt, 14:00–15:35" in desk.page.text
        assert "Nicht dabei, weil frei ist: 29.12.2026, 05.01.2027" in desk.page.text
        assert len(days_shown(desk)) == 3
        answer = keep(desk, form, day=days_shown(desk, ticked=False))
        assert answer.status_code == 409
        assert "Es ist nichts angelegt" in desk.page.text
        assert desk.page.field("title-de") == "Deutsch am Abend"
        assert len(days_shown(desk, ticked=False)) == 6
        keep(desk, form, day=days_shown(desk, ticked=False)[3:])
        with world.database.reading() as session:
            course = session.scalars(select(Course).where(Course.code == "a1-abend")).one()
            assert len(course.sessions) == 3

    def test_another_rhythm_is_shown_again_before_it_is_made(self, staff: Staff, world: World):
        desk, form = staff("desk"), course_form(world)
        look(desk, form)
        answer = keep(desk, form | {"rhythm": "w2"})
        assert answer.status_code == 200
        assert len(days_shown(desk)) == 6
        assert days_shown(desk)[1] == str(MONDAY + timedelta(days=16))
        assert keep(desk, form | {"rhythm": "w2"}).status_code == 303

    def test_school_holidays_that_nobody_knows_yet_are_said(self, staff: Staff, world: World):
        desk = staff("desk")
        look(desk, course_form(world, schools="on", count="", last="2028-12-01", rhythm="m1"))
        assert "Schulferien sind so weit voraus" in desk.page.text

    @pytest.mark.parametrize(
        ("odd", "said"),
        [
            ({"first": ""}, "ersten Tag"), ({"count": ""}, "Zahl der Termine"),
            ({"ends": "13:00"}, "von wann bis wann"),
            ({"seats": "viele"}, "ganze Zahlen"), ({"title-de": ""}, "deutschen Titel"), ({"code": "A 1!"}, "Kürzel"),
            ({"room_id": "", "place": ""}, "Raum des Zentrums"), ({"seats": "0"}, "wie viele Plätze"),
            ({"day": []}, "noch keinen Termin"),
        ],
    )  # fmt: skip
    def test_what_is_missing_is_said_and_nothing_typed_is_lost(self, staff: Staff, world: World, odd, said: str):
        desk, form = staff("desk"), course_form(world)
        look(desk, form)
        answer = keep(desk, form, **odd) if "first" not in odd and "count" not in odd else look(desk, form | odd)
        assert answer.status_code == 422
        assert said in desk.page.text
        assert desk.page.field("title-en") == "Evening German"
        with world.database.reading() as session:
            assert not session.scalars(select(Course)).all()

    def test_a_second_press_makes_no_second_course_and_a_used_code_is_named(self, staff: Staff, world: World):
        desk, form = staff("desk"), course_form(world)
        look(desk, form)
        page, key = desk.page, desk.page.field("form_key")
        assert keep(desk, form).status_code == 303
        desk.page = page
        assert keep(desk, form, form_key=key).status_code == 303
        assert len(only_course(world).sessions) == 6
        look(desk, form | {"teacher_id": world.buche, "room_id": "", "place": "Hof"})
        again = keep(desk, form | {"teacher_id": world.buche, "room_id": "", "place": "Hof"})
        assert again.status_code == 422
        assert "schon ein anderer Kurs" in desk.page.text

    def test_a_course_is_held_once_more_with_all_but_its_days(self, staff: Staff, world: World):
        teach(world, absences=2)
        desk = staff("desk")
        desk.get("/desk/new-course?like=deutsch")
        assert desk.page.field("title-de") == "Deutsch A1"
        assert [desk.page.field(name) for name in ("starts", "ends", "count", "first", "code")] == [
            "14:00",
            "15:30",
            "3",
            "",
            "",
        ]
        assert [
            one["value"] for one in desk.page.all("input") if one.get("name") == "weekday" and "checked" in one
        ] == ["1"]

    def test_nobody_of_another_centre_teaches_here(self, staff: Staff, world: World):
        desk = staff("desk")
        assert look(desk, course_form(world, teacher_id=world.eiche)).status_code == 404


class TestOneCourse:
    def test_a_draft_is_opened_and_called_off_by_one_press_each(self, staff: Staff, world: World):
        course_id, desk = teach(world, opened=False), staff("desk")
        desk.get(PAGE)
        assert "Entwurf" in desk.page.text
        desk.get(desk.send(f"{PAGE}/open").location)
        assert "Der Kurs ist offen" in desk.page.text
        has = join(world, course_id, phone=PHONE)
        desk.get(PAGE)
        assert "Nachricht bekommen: 1. Selbst sagen müssen Sie es: 0." in desk.page.text
        desk.get(desk.send(f"{PAGE}/call-off").location)
        assert "abgesagt" in desk.page.text
        assert state_of(world, has) is EnrolmentState.CALLED_OFF

    def test_the_list_says_what_needs_a_person(self, staff: Staff, world: World):
        course_id, desk = teach(world, seats=3, absences=1), staff("desk")
        has = [join(world, course_id) for _ in range(3)]
        join(world, course_id, party=2, waits=True)
        act(world, leave, has[0])
        set_clock(world, FIRST + timedelta(hours=2))
        with world.database.transaction(SYSTEM, FIRST + timedelta(hours=2)) as tx:
            tick(tx, session_of(tx, course_id, 1), has[1:2])
        desk.get("/desk/courses")
        assert "1 fehlt oft" in desk.page.text
        assert "Warteliste: 1" in desk.page.text
        desk.get(PAGE)
        assert "0 von 1 da" in desk.page.text
        assert state_of(world, has[2]) is EnrolmentState.ENROLLED
        assert send(desk, "people", "free", has[2]).status_code == 303
        assert state_of(world, has[2]) is EnrolmentState.REMOVED

    def test_who_waits_sees_why_and_gets_the_seat_by_a_yes_on_the_phone(self, staff: Staff, world: World):
        course_id, desk = teach(world, seats=3), staff("desk")
        has = [join(world, course_id) for _ in range(3)]
        family = join(world, course_id, party=3, waits=True, now=NOW + timedelta(minutes=1))
        single = join(world, course_id, phone=PHONE, waits=True, now=NOW + timedelta(minutes=2))
        act(world, leave, has[0])
        desk.get(PAGE)
        assert "Angebot bis Dienstag, 24.11., 09:00" in desk.page.text
        assert "01522 8817386" in desk.page.text
        assert send(desk, "people", "seat", single).status_code == 303
        assert state_of(world, single) is EnrolmentState.ENROLLED
        act(world, leave, has[1])
        desk.get(PAGE)
        assert "braucht 3, frei sind 1: bleibt vorn" in desk.page.text
        refused = desk.send(f"{PAGE}/people", {"do": "seat", "enrolment": family, "version": 1})
        assert refused.status_code == 409
        assert "So viele Plätze sind gerade nicht frei" in desk.page.text
        assert send(desk, "people", "leave", family).status_code == 303
        assert send(desk, "people", "back", family).status_code == 303
        assert state_of(world, family) is EnrolmentState.WAITING

    def test_too_late_for_a_message_the_desk_is_asked_to_call(self, staff: Staff, world: World):
        course_id, desk = teach(world, seats=1), staff("desk")
        has, waits = join(world, course_id), join(world, course_id, waits=True)
        act(world, leave, has, now=FIRST - timedelta(hours=2))
        set_clock(world, FIRST - timedelta(hours=2))
        desk.get("/desk/courses")
        assert "1 anrufen" in desk.page.text
        assert send(desk, "people", "seat", waits).status_code == 303
        assert state_of(world, waits) is EnrolmentState.ENROLLED

    def test_an_older_page_changes_nobody(self, staff: Staff, world: World):
        has, desk = join(world, teach(world)), staff("desk")
        desk.get(PAGE)
        assert desk.send(f"{PAGE}/people", {"do": "leave", "enrolment": has, "version": 9}).status_code == 409
        assert desk.send(f"{PAGE}/people", {"do": "x", "enrolment": has, "version": 1}).status_code == 404
        teach(world, code="zwei", teacher_id=world.buche, room_id=None, place="Hof")
        wrong = desk.send("/desk/courses/zwei/people", {"do": "leave", "enrolment": has, "version": 1})
        assert wrong.status_code == 404
        assert state_of(world, has) is EnrolmentState.ENROLLED

    def test_fewer_seats_show_whom_it_hits_before_and_after(self, staff: Staff, world: World):
        course_id, desk = teach(world, seats=3), staff("desk")
        people = [join(world, course_id, now=NOW + timedelta(minutes=n)) for n in range(3)]
        desk.get(PAGE)
        assert desk.send(f"{PAGE}/seats", {"seats": "2", "childcare": "0"}).status_code == 409
        assert "zuletzt kamen" in desk.page.text
        assert only_course(world).seats == 3
        sure = desk.page.field("sure")
        assert desk.send(f"{PAGE}/seats", {"seats": "2", "childcare": "0", "sure": sure}).status_code == 303
        assert only_course(world).seats == 2
        assert "über der Zahl der Plätze" in desk.get(PAGE).text
        assert {state_of(world, one) for one in people} == {EnrolmentState.ENROLLED}
        assert desk.send(f"{PAGE}/seats", {"seats": "0", "childcare": "0"}).status_code == 422

    def test_words_are_changed_unless_somebody_was_faster(self, staff: Staff, world: World):
        teach(world)
        one, other = staff("desk"), staff("lead")
        for browser in (one, other):
            browser.get(f"{PAGE}/words")
        version = one.page.field("version")
        words = {"title-de": "Deutsch neu", "absences": "3", "version": version}
        assert one.send(f"{PAGE}/words", words).status_code == 303
        assert (only_course(world).titles, only_course(world).absences) == ({"de": "Deutsch neu"}, 3)
        assert other.send(f"{PAGE}/words", words | {"title-de": "Anders"}).status_code == 409
        assert other.page.field("title-de") == "Anders"
        assert only_course(world).titles == {"de": "Deutsch neu"}


class TestSessions:
    def test_one_is_moved_and_what_is_in_the_way_is_named(self, staff: Staff, world: World):
        teach(world)
        desk = staff("desk")
        desk.get(f"{PAGE}/1/change")
        form = {name: desk.page.field(name) for name in ("first", "starts", "ends", "version")}
        form |= {"teacher_id": str(world.ahorn), "room_id": str(course_form(world)["room_id"])}
        clash = desk.send(f"{PAGE}/1/change", form | {"first": str(TUESDAY + timedelta(weeks=1))})
        assert clash.status_code == 409
        assert "belegt, 14:00–15:35" in desk.page.text
        assert desk.page.field("first") == str(TUESDAY + timedelta(weeks=1))
        past = desk.send(f"{PAGE}/1/change", form | {"first": str(MONDAY - timedelta(days=3))})
        assert past.status_code == 422
        moved = desk.send(
            f"{PAGE}/1/change", form | {"first": str(TUESDAY + timedelta(days=1)), "teacher_id": world.buche}
        )
        assert moved.status_code == 303
        first = only_course(world).sessions[0]
        assert (first.starts_at, first.teacher_id) == (FIRST + timedelta(days=1), world.buche)
        assert desk.send(f"{PAGE}/1/change", form).status_code == 409, "an older page"

    def test_one_is_cancelled_and_comes_back_and_one_more_is_added(self, staff: Staff, world: World):
        teach(world)
        desk = staff("desk")
        desk.get(f"{PAGE}/2/change")
        assert desk.send(f"{PAGE}/2/cancel").status_code == 303
        assert "fällt aus" in desk.get(PAGE).text
        assert desk.send(f"{PAGE}/2/restore").status_code == 303
        more = {
            "first": str(TUESDAY + timedelta(weeks=4)),
            "starts": "14:00",
            "ends": "15:00",
            "teacher_id": world.ahorn,
        }
        assert desk.send(f"{PAGE}/sessions", more | {"room_id": ""}).status_code == 422, "nowhere"
        more["room_id"] = course_form(world)["room_id"]
        assert desk.send(f"{PAGE}/sessions", more).status_code == 303
        assert len(only_course(world).standing) == 4
        assert desk.send(f"{PAGE}/sessions", more).status_code == 409
        assert "belegt, 14:00–15:05" in desk.page.text
        assert desk.send(f"{PAGE}/sessions", more | {"teacher_id": world.eiche}).status_code == 404
        assert desk.send(f"{PAGE}/9/cancel").status_code == 404

    def test_an_absence_lists_every_session_it_hits_until_somebody_has_decided(self, staff: Staff, world: World):
        teach(world)
        desk = staff("desk")
        with world.database.transaction(SYSTEM, NOW) as tx:
            save(tx, Away(world.ahorn, whole_day(TUESDAY, ZONE)))
        desk.get("/desk/absence")
        assert "Betroffene Kurse" in desk.page.text
        assert f"{PAGE}/1/change" in [link.get("href") for link in desk.page.all("a")]
        desk.send(f"{PAGE}/1/cancel")
        assert "Betroffene Kurse" not in desk.get("/desk/absence").text


class TestEnrolling:
    def test_somebody_is_enrolled_at_the_desk_and_gets_a_slip_with_her_link(self, staff: Staff, world: World):
        teach(world)
        desk = staff("desk")
        desk.get(f"{PAGE}/enrol")
        form = {
            "spoken": "ar",
            "reads": "ar",
            "party": "2",
            "call_name": "Lila",
            "sms": "yes",
            "phone": "0152 28817386",
        }
        answer = desk.send(f"{PAGE}/enrol", form | {"do": "enrol", "form_key": desk.page.field("form_key")})
        assert answer.status_code == 303
        assert "Lila" not in answer.location
        desk.get(answer.location)
        assert "Lila" in desk.page.text
        slip = desk.get("/desk/course-slip").text
        assert "ألماني A1" in slip
        assert "Sie machen mit" in slip
        assert "<svg" in slip

    def test_with_no_seat_left_the_waitlist_is_next_and_nothing_typed_is_lost(self, staff: Staff, world: World):
        course_id, desk = teach(world, seats=2), staff("desk")
        join(world, course_id)
        desk.get(f"{PAGE}/enrol")
        form = {"spoken": "de", "reads": "de", "party": "2", "call_name": "Nur", "sms": "no", "do": "enrol"}
        assert desk.send(f"{PAGE}/enrol", form).status_code == 409
        assert desk.page.field("call_name") == "Nur"
        assert "Auf die Warteliste" in desk.page.text
        assert desk.send(f"{PAGE}/enrol", form | {"do": "wait"}).status_code == 303
        wrong = desk.send(f"{PAGE}/enrol", form | {"sms": "yes", "phone": "12"})
        assert wrong.status_code == 422
        with world.database.reading() as session:
            states = session.scalars(select(Enrolment.state).order_by(Enrolment.id)).all()
            assert states == [EnrolmentState.ENROLLED, EnrolmentState.WAITING]

    def test_a_slip_is_printed_again_from_the_list(self, staff: Staff, world: World):
        has, desk = join(world, teach(world)), staff("desk")
        desk.get(PAGE)
        assert desk.send(f"{PAGE}/slip", {"enrolment": has}).location == "/desk/course-slip"
        desk.get("/desk/course-slip")
        assert "Ihr Platz: 1" in desk.page.text
        assert staff("lead").get("/desk/course-slip").status_code == 404


class TestAttendance:
    def test_everybody_is_there_by_one_press_and_one_is_unticked(self, staff: Staff, world: World):
        course_id = teach(world)
        here, away = join(world, course_id), join(world, course_id)
        set_clock(world, FIRST + timedelta(minutes=5))
        ahorn = staff("ahorn")
        ahorn.get(f"{PAGE}/1")
        assert "noch nicht festgehalten" in ahorn.page.text
        answer = ahorn.send(f"{PAGE}/1", {"do": "all", "shown": [here, away]})
        assert "Gespeichert: 2 sind da" in ahorn.get(answer.location).text
        ahorn.send(f"{PAGE}/1", {"do": "save", "shown": [here, away], "came": [here]})
        with world.database.reading() as session:
            came = dict(session.execute(select(Attendance.enrolment_id, Attendance.came)).all())
            assert came == {here: True, away: False}
        assert only_course(world).sessions[0].attended == 1

    def test_who_was_enrolled_meanwhile_is_not_noted_as_missing(self, staff: Staff, world: World):
        course_id = teach(world, late_sessions=1)
        here = join(world, course_id)
        set_clock(world, FIRST + timedelta(minutes=5))
        ahorn = staff("ahorn")
        ahorn.get(f"{PAGE}/1")
        join(world, course_id, now=FIRST + timedelta(minutes=6))
        assert ahorn.send(f"{PAGE}/1", {"do": "all", "shown": [here]}).status_code == 409
        assert ahorn.send(f"{PAGE}/1", {"do": "save", "shown": ["x"]}).status_code == 404

    def test_a_drop_in_event_is_counted_by_plus_and_minus(self, staff: Staff, world: World):
        teach(world, drop_in=True, seats=0)
        set_clock(world, FIRST + timedelta(minutes=5))
        ahorn = staff("ahorn")
        ahorn.get(f"{PAGE}/1")
        for press in ("plus", "plus", "minus", "minus", "minus", "plus"):
            assert ahorn.send(f"{PAGE}/1", {"do": press, "people": "0"}).status_code == 303
        assert only_course(world).sessions[0].attended == 1
        ahorn.send(f"{PAGE}/1", {"do": "save", "people": "23"})
        assert "23 sind da" in ahorn.get(f"{PAGE}/1?done=saved").text

    def test_nothing_is_noted_before_it_begins(self, staff: Staff, world: World):
        teach(world)
        desk = staff("desk")
        assert "Erst wenn der Termin begonnen hat" in desk.get(f"{PAGE}/1").text
        assert desk.send(f"{PAGE}/1", {"do": "save"}).status_code == 409

    def test_the_day_of_a_teacher_leads_to_her_session(self, staff: Staff, world: World):
        teach(world)
        set_clock(world, FIRST - timedelta(minutes=30))
        ahorn = staff("ahorn")
        ahorn.get("/desk/")
        assert "Kurs Deutsch A1" in ahorn.page.text
        assert f"{PAGE}/1" in [link.get("href") for link in ahorn.page.all("a")]


ODD = ("\0", "9" * 12, "0001-01-01", "9999-12-31", "<b>", "-1", "٣" * 9, "2026-11-24")


@pytest.mark.parametrize("odd", ODD)
def test_odd_content_of_any_form_about_a_course_is_no_fault_of_ours(staff: Staff, world: World, odd: str):
    join(world, teach(world))
    lead = staff("lead")
    lead.get(PAGE)
    names = [*course_form(world), "do", "day", "shown", "enrolment", "version", "came", "people", "children", "last",
             "sms", "phone", "spoken", "reads", "party"]  # fmt: skip
    for form in (dict.fromkeys(names, odd), *(course_form(world) | {name: odd} for name in names)):
        assert lead.send("/desk/new-course", form).status_code < 500
    for path in ("people", "enrol", "slip", "seats", "words", "sessions", "1/change", "1"):
        assert lead.send(f"{PAGE}/{path}", dict.fromkeys(names, odd)).status_code < 500, path
        mixed = course_form(world) | {"first": odd, "version": "1", "enrolment": "1"}
        assert lead.send(f"{PAGE}/{path}", mixed).status_code < 500, path
    assert lead.get("/desk/courses/%00").status_code == 404


class TestWhoMay:
    def test_a_counsellor_sees_and_ticks_her_own_and_changes_nothing(self, staff: Staff, world: World):
        join(world, teach(world), phone=OTHER_PHONE)
        ahorn, buche = staff("ahorn"), staff("buche")
        assert ahorn.get(PAGE).status_code == 200
        assert "Deutsch A1" in ahorn.get("/desk/courses").text
        assert ahorn.send(f"{PAGE}/call-off").status_code == 403
        assert "Deutsch A1" not in buche.get("/desk/courses").text
        assert buche.get(PAGE).status_code == 404
        assert buche.get(f"{PAGE}/1").status_code == 404

    def test_another_centre_an_admin_and_a_district_see_nobody(self, staff: Staff, world: World):
        teach(world)
        assert staff("lead2").get(PAGE).status_code == 404
        assert staff("eiche").get(PAGE).status_code == 404
        for login in ("admin", "district"):
            assert staff(login).get("/desk/courses").status_code == 403

    def test_a_course_long_over_leaves_the_list_and_keeps_its_page(self, staff: Staff, world: World):
        teach(world)
        set_clock(world, SECOND + timedelta(weeks=2))
        desk = staff("desk")
        desk.get("/desk/courses")
        assert "Vorbei und abgesagt" in desk.page.text
        set_clock(world, SECOND + timedelta(weeks=20))
        assert "Noch keine Kurse" in desk.get("/desk/courses").text
        assert desk.get(PAGE).status_code == 200
