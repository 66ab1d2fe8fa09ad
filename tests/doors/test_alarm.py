"""The quiet alarm at the desks of a centre: red for the others, a dot for her who raised it."""

from sqlalchemy import func, select

from access.rights import Right, Role, may
from queueing.alarms import Alarm
from tests.build import World
from tests.doors.client import LookingClient

LIVE = {"HX-Request": "true"}


def raised(staff, login: str = "ahorn") -> LookingClient:
    browser = staff(login)
    browser.get("/desk/")
    assert browser.send("/desk/alarm").location == "/desk/"
    browser.get("/desk/")
    return browser


def poll(browser: LookingClient) -> str:
    """What the live part of the page that is open asks next."""
    return next(a["hx-get"] for a in browser.page.all("div") if a.get("id") == "alarm")


def test_the_other_desks_hear_with_their_next_poll_and_see_the_room(staff):
    buche = staff("buche")
    buche.get("/desk/links")
    asked = poll(buche)
    assert buche.get(asked, headers=LIVE).status_code == 204
    raised(staff)
    heard = buche.get(asked, headers=LIVE)
    assert heard.status_code == 200
    assert "Notfall: Zimmer 1, 09:00" in buche.page.text
    assert 'role="alert"' in heard.text
    assert buche.get(poll(buche), headers=LIVE).status_code == 204, "and then it is quiet again"


def day_poll(browser: LookingClient) -> str:
    """What the day asks next, with the alarms that its page shows."""
    day = next(a["hx-get"] for a in browser.page.all("div") if a.get("id") == "day")
    return f"{day}&alarms={browser.page.field('alarms')}"


def alarm_part(browser: LookingClient) -> dict[str, str]:
    return next(a for a in browser.page.all("div") if a.get("id") == "alarm")


def test_the_poll_of_the_day_brings_the_alarm_along_once(staff):
    buche = staff("buche")
    buche.get("/desk/")
    assert "every" not in alarm_part(buche)["hx-trigger"], "one question for both"
    before = day_poll(buche)
    assert buche.get(before, headers=LIVE).status_code == 204
    raised(staff)
    there = {**LIVE, "HX-Current-URL": "http://localhost/desk/?all=1"}
    assert buche.get(before, headers=there).status_code == 200
    assert "Notfall: Zimmer 1, 09:00" in buche.page.text
    assert alarm_part(buche)["hx-swap-oob"] == "true"
    assert "every" not in alarm_part(buche)["hx-trigger"]
    assert buche.get(day_poll(buche), headers=LIVE).status_code == 204, "and then it is quiet again"


def test_an_alarm_that_came_before_her_own_press_is_brought_all_the_same(staff):
    buche = staff("buche")
    buche.get("/desk/")
    shown = buche.page.field("alarms")
    raised(staff)
    pressed = buche.post("/desk/help-coming", headers={"X-CSRFToken": buche.token, **LIVE})
    assert 'id="alarm"' not in pressed.text
    newest = next(a["hx-get"] for a in buche.page.all("div") if a.get("id") == "day")
    assert buche.get(newest, headers=LIVE).status_code == 204
    assert buche.get(f"{newest}&alarms={shown}", headers=LIVE).status_code == 200
    assert "Notfall: Zimmer 1" in buche.page.text


def test_only_beside_the_day_the_alarm_does_not_ask_itself(staff):
    buche = staff("buche")
    for path in ("/desk/links", "/desk/week", "/desk/courses"):
        buche.get(path)
        assert alarm_part(buche)["hx-trigger"] == "every 2s", path
    buche.get("/desk/alarm?v=old", headers={**LIVE, "HX-Current-URL": "http://localhost/desk/week"})
    assert alarm_part(buche)["hx-trigger"] == "every 2s"


def test_her_own_screen_shows_a_dot_and_nothing_that_a_client_would_notice(staff):
    ahorn = raised(staff)
    shown = ahorn.get("/desk/alarm?v=old", headers=LIVE).text
    assert "gemeldet" in shown
    assert "zurücknehmen" in shown
    assert "alert" not in shown
    assert "Notfall" not in shown


def test_somebody_goes_there_and_closes_it(staff):
    ahorn, buche, desk = raised(staff), staff("buche"), staff("desk")
    for browser in (buche, desk):
        browser.get("/desk/")
    which = {"alarm": buche.page.field("alarm")}
    assert buche.send("/desk/alarm/answer", which).location == "/desk/"
    buche.get("/desk/")
    assert "Sie gehen hin." in buche.page.text
    desk.get(poll(desk), headers=LIVE)
    assert "Buche geht hin." in desk.page.text
    assert "Ich gehe hin" not in desk.page.text
    ahorn.get(poll(ahorn), headers=LIVE)
    assert "gesehen" in ahorn.page.text
    desk.send("/desk/alarm/close", which)
    for browser in (ahorn, buche, desk):
        browser.get("/desk/")
        assert "Notfall:" not in browser.page.text
        assert "gesehen" not in browser.page.text


def test_taken_back_the_others_are_asked_to_look_all_the_same(staff):
    ahorn, buche = raised(staff), staff("buche")
    assert "gemeldet" not in ahorn.post("/desk/alarm/withdraw", headers={"X-CSRFToken": ahorn.token, **LIVE}).text
    buche.get("/desk/")
    assert "Um 09:00 zurückgenommen. Bitte trotzdem nachsehen." in buche.page.text
    assert "Ich gehe hin" not in buche.page.text


def test_a_desk_without_a_room_is_told_by_the_persons_name(staff):
    raised(staff, "desk")
    buche = staff("buche")
    buche.get("/desk/")
    assert "Notfall: Desk, 09:00" in buche.page.text


def test_another_centre_hears_nothing(staff, world: World):
    raised(staff)
    eiche = staff("eiche")
    eiche.get("/desk/")
    assert "Notfall:" not in eiche.page.text
    assert eiche.send("/desk/alarm/close", {"alarm": "1"}).status_code == 303
    assert eiche.send("/desk/alarm/close", {"alarm": "x"}).status_code == 404
    with world.database.reading() as session:
        assert session.scalar(select(func.count()).where(Alarm.closed_at.is_(None))) == 1


def test_danger_does_not_wait_for_a_password(staff):
    ahorn, buche = staff("ahorn"), staff("buche")
    for browser in (ahorn, buche):
        browser.get("/desk/")
        assert "desk-locked from:.d-body" in alarm_part(browser)["hx-trigger"], "behind the lock it asks itself"
        browser.send("/desk/lock")
        browser.get("/desk/locked")
    raised_behind = ahorn.post("/desk/alarm", headers={"X-CSRFToken": ahorn.token, **LIVE})
    assert "gemeldet" in raised_behind.text
    heard = buche.get("/desk/alarm?v=0", headers=LIVE)
    assert "Notfall: Zimmer 1" in buche.page.text
    assert heard.headers["HX-Trigger"] == "desk-locked", "a page without another live part is covered by this one"
    assert buche.get("/desk/?v=0&alarms=0", headers=LIVE).headers["HX-Trigger"] == "desk-locked"
    buche.get("/desk/locked")
    assert "Notfall: Zimmer 1" in buche.page.text


def test_who_does_not_see_the_day_has_no_alarm(staff):
    assert not may(Role.ADMIN, Right.SEE_DAY)
    admin = staff("admin")
    admin.get("/desk/devices")
    assert not [a for a in admin.page.all("div") if a.get("id") == "alarm"]
    assert admin.send("/desk/alarm").status_code == 403
