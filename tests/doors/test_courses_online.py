"""Courses on the phone: found, joined in three steps, left with one press; each sees herself alone."""

import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import func, select

from foundation.facts import SYSTEM
from scheduling.colliding import Wanted
from scheduling.courses import call_off, tick
from scheduling.enrolling import course_to_change, enrolment_to_change
from scheduling.interval import Interval
from scheduling.models import Enrolment, EnrolmentState, Visit
from scheduling.sessions import cancel_session, move_session
from scheduling.visits import manage_token
from scheduling.waitlist import leave
from tests.build import KEYS, MONDAY, NOW, OTHER_PHONE, PHONE, World, at, join, teach
from tests.doors.client import LookingClient
from tests.doors.conftest import set_clock
from tests.doors.test_house_rules import VALUES

TUESDAY = MONDAY + timedelta(days=1)
TAGS = ["de", "de-simple", "en", "ar", "uk"]


def enrolments(world: World) -> list[Enrolment]:
    with world.database.reading() as session:
        found = session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
        for one in found:
            _ = one.visit.party
        return list(found)


def states(world: World) -> list[EnrolmentState]:
    return [one.state for one in enrolments(world)]


def open_page(client: LookingClient, world: World, enrolment_id: int) -> None:
    """By her secret link."""
    with world.database.reading() as session:
        visit = session.get_one(Enrolment, enrolment_id).visit
        assert client.get(f"/t/{manage_token(KEYS, visit)}").location == "/visit"
    client.get("/visit", follow_redirects=True)


def through_the_steps(client: LookingClient, **typed: str) -> None:
    """Up to the page that asks whether all is right."""
    client.get("/courses/deutsch/join")
    party = {name: typed.pop(name) for name in ("party", "children") if name in typed}
    assert client.send("/courses/deutsch/join", {"party": "1", **party}).location == "/courses/deutsch/join/contact"
    client.get("/courses/deutsch/join/contact")
    assert (
        client.send("/courses/deutsch/join/contact", {"sms": "no", **typed}).location == "/courses/deutsch/join/check"
    )
    client.get("/courses/deutsch/join/check")


def press(client: LookingClient, path: str, **typed: str):
    """By the button of the page that is open."""
    return client.send(path, {"form_key": client.page.field("form_key"), **typed})


class TestTheList:
    def test_it_says_what_when_where_and_that_there_is_room_but_no_number_of_people(self, client: LookingClient, world):
        teach(world, seats=12, childcare=4, women_only=True)
        client.get("/courses")
        for said in ("Deutsch A1", "Dienstag 14:00–15:30", "ab Dienstag, 24.11.", "Pfullingen", "Für Frauen",
                     "Kinder-Betreuung", "Noch Plätze frei"):  # fmt: skip
            assert said in " ".join(client.page.text.split()), said
        assert "12" not in client.page.text

    @pytest.mark.parametrize(
        ("seats", "taken", "said"),
        [(4, 0, "Noch Plätze frei"), (4, 1, "Nur noch wenige"), (2, 2, "Voll. Es gibt eine Warteliste")],
    )
    def test_seats_are_said_in_words(self, client: LookingClient, world: World, seats: int, taken: int, said: str):
        course = teach(world, seats=seats)
        for _ in range(taken):
            join(world, course)
        client.get("/courses")
        assert said in client.page.text
        client.get("/courses/deutsch")
        assert said in client.page.text

    @pytest.mark.parametrize(
        "query", ["centre=dettingen", "level=B1", "women=yes", "childcare=yes", "centre=dettingen&level=A1"]
    )
    def test_what_does_not_fit_is_left_out_and_the_next_step_is_said(self, client: LookingClient, world, query: str):
        teach(world)
        client.get(f"/courses?{query}")
        assert "Deutsch A1" not in client.page.text
        assert "Dazu gibt es gerade keinen Kurs" in client.page.text
        assert "/courses" in {a.get("href") for a in client.page.all("a")}
        client.get("/courses?centre=pfullingen&level=A1")
        assert "Deutsch A1" in client.page.text

    def test_each_choice_is_a_link_that_can_be_taken_back(self, client: LookingClient, world: World):
        teach(world)
        client.get("/courses")
        chips = {a["href"] for a in client.page.all("a") if "level=A1" in a["href"]}
        client.get(chips.pop())
        (chosen,) = [a for a in client.page.all("a") if a.get("aria-current") and a["class"] == "chip"]
        assert chosen["href"] == "/courses"

    def test_who_wants_to_begin_with_the_others_finds_only_what_has_not_begun(self, client: LookingClient, world):
        teach(world, late_sessions=2)
        set_clock(world, at("18:00", TUESDAY))
        client.get("/courses")
        assert "das nächste Mal: Dienstag, 01.12." in client.page.text
        client.get("/courses?start=new")
        assert "Deutsch A1" not in client.page.text

    def test_an_event_without_enrolment_says_just_come(self, client: LookingClient, world: World):
        teach(world, drop_in=True, seats=0)
        client.get("/courses")
        assert "Ohne Anmeldung" in client.page.text
        client.get("/courses/deutsch")
        assert "/courses/deutsch/join" not in {a.get("href") for a in client.page.all("a")}
        assert client.get("/courses/deutsch/join").status_code == 409
        assert "braucht man keine Anmeldung" in client.page.text

    def test_drafts_and_what_is_over_are_on_no_list(self, client: LookingClient, world: World):
        teach(world, opened=False)
        client.get("/courses")
        assert "Gerade gibt es keinen Kurs" in client.page.text
        for path in ("/courses/deutsch", "/courses/deutsch/join", "/courses/deutsch/calendar", "/courses/%00"):
            assert client.get(path).status_code == 404

    @pytest.mark.parametrize(
        "query", ["page=9", "page=-1", "page=" + "9" * 400, "page=٣", "level=%00", "women=" + "x" * 99]
    )
    def test_odd_choices_are_no_fault_of_ours(self, client: LookingClient, world: World, query: str):
        teach(world)
        assert client.get(f"/courses?{query}").status_code == 200

    def test_a_title_nobody_has_translated_is_german_and_says_so(self, client: LookingClient, world: World):
        teach(world)
        client.get("/courses/deutsch?lang=ar")
        assert "ألماني A1" in client.page.text
        client.get("/courses/deutsch?lang=uk")
        assert '<span lang="de" dir="ltr">Deutsch A1</span>' in client.get("/courses/deutsch").text


class TestThePageOfACourse:
    def test_every_session_stands_there_cancelled_and_moved_ones_as_they_are(self, client: LookingClient, world: World):
        course_id = teach(world)
        with world.database.transaction(SYSTEM, NOW) as tx:
            first, second, _ = course_to_change(tx, course_id).sessions
            cancel_session(tx, first)
            start = at("16:00", TUESDAY + timedelta(days=8))
            move_session(tx, second, Wanted(Interval(start, start + timedelta(hours=1)), world.ahorn, second.room_id))
        client.get("/courses/deutsch")
        said = " ".join(client.page.text.split())
        assert "Dienstag, 24.11. 14:00–15:30 fällt aus" in said
        assert "Mittwoch, 02.12. 16:00–17:00" in said
        assert "Treffen: 2" in said
        assert len(client.page.all("s")) == 2
        assert "Ahorn" not in said

    def test_the_calendar_file_has_all_sessions_and_a_newer_one_corrects_it(self, client: LookingClient, world: World):
        course_id = teach(world)
        before = Calendar.from_ical(client.get("/courses/deutsch/calendar").data).walk("VEVENT")
        assert [str(event["summary"]) for event in before] == ["Kurs"] * 3
        with world.database.transaction(SYSTEM, NOW) as tx:
            cancel_session(tx, course_to_change(tx, course_id).sessions[0])
        after = Calendar.from_ical(client.get("/courses/deutsch/calendar").data).walk("VEVENT")
        assert [event["uid"] for event in after] == [event["uid"] for event in before]
        assert [str(event["status"]) for event in after] == ["CANCELLED", "CONFIRMED", "CONFIRMED"]
        assert after[0]["sequence"] > before[0]["sequence"]
        with world.database.transaction(SYSTEM, NOW) as tx:
            call_off(tx, course_to_change(tx, course_id))
        last = Calendar.from_ical(client.get("/courses/deutsch/calendar").data).walk("VEVENT")
        assert {str(event["status"]) for event in last} == {"CANCELLED"}
        assert all(new["sequence"] > old["sequence"] for new, old in zip(last, after, strict=True))
        client.get("/courses/deutsch")
        assert "findet nicht statt" in client.page.text

    def test_who_comes_too_late_is_told_so_and_led_on(self, client: LookingClient, world: World):
        teach(world)
        set_clock(world, at("18:00", TUESDAY))
        client.get("/courses/deutsch")
        assert "Anmelden geht nicht mehr" in client.page.text
        assert client.get("/courses/deutsch/join").status_code == 409
        assert "nicht mehr mitmachen" in client.page.text


class TestJoining:
    def test_three_steps_and_the_own_page_with_link_code_and_calendar(self, client: LookingClient, world: World):
        teach(world, seats=4, childcare=3)
        through_the_steps(client, party="2", children="1", sms="yes", phone="0152 28817386", call_name="Lila")
        for said in ("Deutsch A1", "01522 8817386", "Lila"):
            assert said in client.page.text
        assert press(client, "/courses/deutsch/join/check").location == "/visit"
        assert client.get("/visit").location == "/visit/course"
        client.get("/visit/course")
        assert "Sie machen mit" in client.page.text
        assert "Dienstag, 24.11. (morgen)" in client.page.text
        assert [a for _, a in client.page.tags if a.get("class") == "qr"]
        hrefs = {a.get("href", "") for a in client.page.all("a")}
        assert "/courses/deutsch/calendar" in hrefs
        assert any("/t/" in href for href in hrefs)
        (hers,) = enrolments(world)
        assert (hers.state, hers.children, hers.visit.party) == (EnrolmentState.ENROLLED, 1, 2)
        assert (hers.visit.phone, hers.visit.call_name) == (PHONE, "Lila")
        assert hers.visit.consent_wording == "sms-2026-11 course-2026-12"

    def test_nothing_is_asked_twice_and_nothing_typed_is_in_an_address(self, client: LookingClient, world: World):
        teach(world, seats=4)
        through_the_steps(client, party="3", sms="yes", phone="0152 28817386")
        client.get("/courses/deutsch/join")
        assert [i["value"] for i in client.page.all("input") if "checked" in i] == ["3"]
        client.get("/courses/deutsch/join/contact?lang=ar")
        assert client.page.field("phone") == "0152 28817386"
        with world.database.reading() as session:
            assert session.scalar(select(func.count()).select_from(Visit)) == 0, "who does not finish leaves nothing"

    def test_after_an_hour_the_next_person_at_the_device_sees_nothing(self, client: LookingClient, world: World):
        teach(world)
        through_the_steps(client, sms="yes", phone="0152 28817386")
        with client.session_transaction() as kept:
            code, at_, *more = kept["joining"]
            kept["joining"] = [code, (datetime.fromisoformat(at_) - timedelta(minutes=61)).isoformat(), *more]
        assert client.get("/courses/deutsch/join/contact").location == "/courses/deutsch/join"
        with client.session_transaction() as kept:
            assert "joining" not in kept

    def test_steps_cannot_be_skipped_and_lead_to_what_is_missing(self, client: LookingClient, world: World):
        teach(world)
        client.get("/courses/deutsch/join")
        for step in ("/contact", "/check"):
            assert client.get(f"/courses/deutsch/join{step}").location == "/courses/deutsch/join"
            assert client.send(f"/courses/deutsch/join{step}", {"sms": "no"}).location == "/courses/deutsch/join"
        client.send("/courses/deutsch/join", {"party": "1"})
        assert client.get("/courses/deutsch/join/check").location == "/courses/deutsch/join/contact"
        assert states(world) == []

    def test_pressing_twice_enrols_once(self, client: LookingClient, world: World):
        teach(world)
        through_the_steps(client)
        form, cookies = {"form_key": client.page.field("form_key")}, dict(client._cookies)
        assert client.send("/courses/deutsch/join/check", form).location == "/visit"
        client._cookies = cookies  # the answer was lost on its way
        assert client.send("/courses/deutsch/join/check", form).location == "/visit"
        assert client.send("/courses/deutsch/join/check", form).location == "/visit"
        assert states(world) == [EnrolmentState.ENROLLED]
        assert client.get("/courses/deutsch/join/check").location == "/visit", "Back leads to what she has"

    @pytest.mark.parametrize(
        ("party", "children", "status"), [("0", "0", 303), ("-1", "x", 303), ("9", "0", 422), ("1", "1", 422)]
    )
    def test_more_than_there_ever_are_is_refused_with_what_was_typed(
        self, client: LookingClient, world: World, party: str, children: str, status: int
    ):
        teach(world, seats=4)
        client.get("/courses/deutsch/join")
        sent = {"party": party, "children": children}
        assert client.send("/courses/deutsch/join", sent).status_code == status
        assert status == 303 or "So viele Plätze hat dieser Kurs nicht" in client.page.text

    def test_a_landline_is_refused_beside_what_was_typed(self, client: LookingClient, world: World):
        teach(world)
        client.get("/courses/deutsch/join")
        client.send("/courses/deutsch/join", {"party": "1"})
        client.get("/courses/deutsch/join/contact")
        typed = {"sms": "yes", "phone": "0711 2345678", "call_name": "Lila"}
        assert client.send("/courses/deutsch/join/contact", typed).status_code == 422
        assert "keine Handy-Nummer" in client.page.text
        assert client.page.field("call_name") == "Lila"

    def test_a_number_that_is_not_wanted_is_not_kept(self, client: LookingClient, world: World):
        teach(world)
        through_the_steps(client, sms="no", phone="0152 28817386", call_name="Lila")
        client.get("/courses/deutsch/join/contact")
        assert (client.page.field("phone"), client.page.field("call_name")) == ("", "Lila")

    def test_the_same_number_enrols_once_and_is_told_so(self, client: LookingClient, world: World):
        join(world, teach(world, seats=3), PHONE)
        through_the_steps(client, sms="yes", phone="0152 28817386")
        assert press(client, "/courses/deutsch/join/check").status_code == 409
        assert "gibt es schon eine Anmeldung" in client.page.text
        assert len(states(world)) == 1

    def test_full_at_that_moment_keeps_everything_and_offers_the_waitlist(self, client: LookingClient, world: World):
        course = teach(world, seats=1)
        through_the_steps(client, sms="yes", phone="0152 28817386")
        join(world, course)
        assert press(client, "/courses/deutsch/join/check").status_code == 409
        assert "Ihre Angaben sind noch da" in client.page.text
        assert "01522 8817386" in client.page.text
        assert "an erster Stelle" in client.page.text
        assert press(client, "/courses/deutsch/join/check", wait="yes").location == "/visit"
        client.get("/visit/course")
        assert "Sie stehen auf der Warteliste" in client.page.text
        assert "Wir melden uns, wenn ein Platz frei wird" in client.page.text
        assert "/courses/deutsch/calendar" not in {a.get("href") for a in client.page.all("a")}, "nothing is promised"
        assert states(world) == [EnrolmentState.ENROLLED, EnrolmentState.WAITING]

    def test_who_would_wait_gets_the_seat_that_has_become_free_meanwhile(self, client: LookingClient, world: World):
        has = join(world, teach(world, seats=1))
        through_the_steps(client)
        with world.database.transaction(SYSTEM, NOW) as tx:
            leave(tx, enrolment_to_change(tx, has))
        assert press(client, "/courses/deutsch/join/check", wait="yes").status_code == 303
        assert states(world)[-1] is EnrolmentState.ENROLLED

    def test_what_somebody_who_waits_is_about_to_be_given_is_not_shown_as_free(self, client: LookingClient, world):
        course = teach(world, seats=1)
        has = join(world, course)
        join(world, course, waits=True)
        now = at("12:30", TUESDAY)  # too late for an offer by message: the desk calls
        with world.database.transaction(SYSTEM, now) as tx:
            leave(tx, enrolment_to_change(tx, has))
        set_clock(world, now)
        client.get("/courses/deutsch")
        assert "Voll. Es gibt eine Warteliste" in client.page.text
        through_the_steps(client)
        assert press(client, "/courses/deutsch/join/check").status_code == 409
        assert "an zweiter Stelle" in client.page.text
        assert press(client, "/courses/deutsch/join/check", wait="yes").status_code == 303
        assert [one.state for one in enrolments(world) if one.id != has] == [EnrolmentState.WAITING] * 2

    def test_far_back_in_the_list_no_place_is_named(self, client: LookingClient, world: World):
        course = teach(world, seats=1)
        join(world, course)
        for _ in range(3):
            join(world, course, waits=True)
        through_the_steps(client)
        assert "Stelle" not in client.page.text
        assert "Ohne Nachricht müssen Sie selbst" in client.page.text


class TestTheOwnPage:
    def test_leaving_is_one_press_and_can_be_taken_back(self, client: LookingClient, world: World):
        open_page(client, world, join(world, teach(world)))
        assert client.send("/visit/course/leave").location == "/visit/course"
        assert client.send("/visit/course/leave").location == "/visit/course"
        client.get("/visit/course")
        assert "Sie sind nicht mehr im Kurs" in client.page.text
        assert client.send("/visit/course/again").location == "/visit/course"
        assert client.send("/visit/course/again").location == "/visit/course"
        client.get("/visit/course")
        assert "Sie machen mit" in client.page.text
        assert states(world) == [EnrolmentState.ENROLLED]

    def offered(self, client: LookingClient, world: World) -> tuple[int, int]:
        course = teach(world, seats=1)
        has, waits = join(world, course, PHONE), join(world, course, OTHER_PHONE, waits=True)
        with world.database.transaction(SYSTEM, NOW) as tx:
            leave(tx, enrolment_to_change(tx, has))
        open_page(client, world, waits)
        return has, waits

    @pytest.mark.parametrize(("answer", "state"), [("take", EnrolmentState.ENROLLED), ("leave", EnrolmentState.LEFT)])
    def test_an_offer_is_answered_with_one_press(self, client: LookingClient, world: World, answer: str, state):
        self.offered(client, world)
        assert "Ein Platz ist frei!" in client.page.text
        assert re.search(r"frei bis: \w+, \d\d\.\d\d\.", client.page.text)
        assert client.send("/visit/course/offer", {"answer": answer}).location == "/visit/course"
        assert states(world)[1] is state
        assert client.send("/visit/course/offer", {"answer": answer}).status_code == 303

    def test_after_the_deadline_it_is_said_clearly_and_she_can_wait_again(self, client: LookingClient, world: World):
        self.offered(client, world)
        set_clock(world, enrolments(world)[1].offered_until)
        assert client.send("/visit/course/offer", {"answer": "take"}).status_code == 409
        assert "gilt nicht mehr" in client.page.text
        client.get("/visit/course")
        assert "Der Platz ist weitergegeben" in client.page.text
        assert client.send("/visit/course/again").status_code == 303
        assert states(world)[1] in {EnrolmentState.WAITING, EnrolmentState.ENROLLED}

    def test_while_an_offer_stands_nobody_gets_a_second_seat_by_coming_back(self, client: LookingClient, world: World):
        self.offered(client, world)
        assert client.send("/visit/course/again").status_code == 409
        assert states(world)[1] is EnrolmentState.OFFERED

    def test_who_is_too_many_for_the_free_seat_is_told_so_and_keeps_her_rank(self, client: LookingClient, world: World):
        course = teach(world, seats=3)
        one, _ = join(world, course), join(world, course, party=2)
        family = join(world, course, PHONE, party=3, waits=True)
        with world.database.transaction(SYSTEM, NOW) as tx:
            leave(tx, enrolment_to_change(tx, one))
        open_page(client, world, family)
        assert "nicht genug für alle" in client.page.text
        assert "an erster Stelle" in client.page.text

    def test_she_sees_herself_alone(self, client: LookingClient, world: World):
        course = teach(world, seats=5, childcare=3)
        mine = join(world, course, PHONE, children=2)
        join(world, course, OTHER_PHONE, party=3)
        join(world, course, waits=True)
        with world.database.transaction(SYSTEM, at("16:00", TUESDAY)) as tx:
            tick(tx, course_to_change(tx, course).sessions[0], [mine])
        for path in ("/visit/course", "/visit/data", "/visit/contact", "/visit/erase", "/courses/deutsch"):
            open_page(client, world, mine)
            page = client.get(path).text
            theirs = enrolments(world)[1]
            assert "9980752" not in page
            assert f'value="{theirs.visit_id}"' not in page
        client.get("/visit/data")
        assert "da gewesen" in client.page.text
        client.get("/visit/course")
        assert client.send("/visit/course/leave", {"visit": str(theirs.visit_id)}).status_code == 409
        assert states(world)[1] is EnrolmentState.ENROLLED

    def test_number_and_language_can_be_changed_and_messages_ended(self, client: LookingClient, world: World):
        open_page(client, world, join(world, teach(world)))
        client.get("/visit/contact")
        assert "nur zu diesem Kurs" in client.page.text
        changed = {"sms": "yes", "phone": "0152 28817386", "ui_lang": "ar"}
        assert client.send("/visit/contact", changed).location == "/visit?saved=yes"
        assert "تم الحفظ" in client.get("/visit?saved=yes", follow_redirects=True).text
        (hers,) = enrolments(world)
        assert (hers.visit.phone, hers.visit.ui_lang) == (PHONE, "ar")
        client.get("/stop")
        assert client.send("/visit/no-sms").status_code == 303
        assert not enrolments(world)[0].visit.wants_messages

    def test_erasing_leaves_the_course_so_that_another_has_the_seat(self, client: LookingClient, world: World):
        course = teach(world, seats=1)
        mine, _ = join(world, course, PHONE), join(world, course, OTHER_PHONE, waits=True)
        open_page(client, world, mine)
        client.get("/visit/erase")
        assert "nicht mehr im Kurs" in client.page.text
        assert client.send("/visit/erase").status_code == 200
        assert states(world) == [EnrolmentState.LEFT, EnrolmentState.OFFERED]
        assert enrolments(world)[0].visit.phone is None
        assert client.get("/visit/course").status_code == 404

    def test_a_course_that_is_called_off_or_over_says_so(self, client: LookingClient, world: World):
        course = teach(world)
        mine = join(world, course, PHONE)
        open_page(client, world, mine)
        set_clock(world, at("18:00", TUESDAY + timedelta(days=14)))
        client.get("/visit/course")
        assert "Dieser Kurs ist vorbei" in client.page.text
        set_clock(world, NOW)
        with world.database.transaction(SYSTEM, NOW) as tx:
            call_off(tx, course_to_change(tx, course))
        client.get("/visit/course")
        assert "findet nicht statt" in client.page.text
        assert client.send("/visit/course/again").status_code == 409

    def test_the_link_is_over_the_day_after_the_course(self, client: LookingClient, world: World):
        mine = join(world, teach(world))
        set_clock(world, at("23:00", TUESDAY + timedelta(days=15)))
        open_page(client, world, mine)
        set_clock(world, at("09:00", TUESDAY + timedelta(days=17)))
        with world.database.reading() as session:
            token = manage_token(KEYS, session.get_one(Enrolment, mine).visit)
        assert client.get(f"/t/{token}").status_code == 409

    def test_every_page_and_form_behind_the_link_has_an_answer(self, app: Flask, client: LookingClient, world: World):
        mine, of_appointments = join(world, teach(world), PHONE), 0
        gates = {name: getattr(view, "gate", "") for name, view in app.view_functions.items()}
        for rule in app.url_map.iter_rules():
            if gates[rule.endpoint] != "visitor" or rule.endpoint == "visit.erase_all":
                continue
            path = re.sub(r"<(\w+)>", lambda part: VALUES[part[1]], rule.rule)
            open_page(client, world, mine)
            fields = {"start": "2026-11-24T08:00Z", "minutes": "10", "answer": "take", "sms": "no", "ui_lang": "de"}
            status = client.get(path).status_code if "GET" in rule.methods else client.send(path, fields).status_code
            assert status in {200, 303, 404, 409}, path
            of_appointments += status == 404
        assert of_appointments >= 6


@pytest.mark.parametrize("tag", TAGS)
def test_every_page_of_a_course_speaks_the_language(client: LookingClient, world: World, tag: str):
    course = teach(world, seats=3, childcare=2, women_only=True, audience={"de": "Für alle"})
    client.get(f"/courses?lang={tag}")
    client.get("/courses/deutsch")
    assert "Für alle" in client.page.text
    through_the_steps(client, party="1", children="1", sms="yes", phone="0152 28817386")
    press(client, "/courses/deutsch/join/check")
    client.get("/visit/course")
    join(world, course, party=2)
    with world.database.transaction(SYSTEM, NOW) as tx:
        (mine, _) = tx.session.scalars(select(Enrolment).order_by(Enrolment.id)).all()
        leave(tx, enrolment_to_change(tx, mine.id))
    join(world, course)
    client.get("/visit/course")
    client.send("/visit/course/again")
    client.get("/visit/course")
    assert states(world)[0] is EnrolmentState.WAITING
    client.get("/visit/data")
    client.get("/visit/erase")
