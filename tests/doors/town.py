"""Everybody's browser over a small world that can be as it was in the beginning; what can be sent from there."""

import re
from datetime import timedelta
from urllib.parse import quote, urlencode

from flask import Flask
from sqlalchemy import select, update
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from access.models import Account
from access.rights import Right
from foundation.clock import domain_now, machine_now
from foundation.facts import CLIENT, SYSTEM, ChangeTag
from foundation.model import Base
from queueing.tickets import check_in_by_code
from scheduling.asking_interpreters import ask_by_hand
from scheduling.askings import asking_token
from scheduling.invariants import examine
from scheduling.models import Asking, Centre, Visit
from scheduling.register import Entry, add_to_register
from scheduling.visits import manage_token
from tests.build import KEYS, MONDAY, NOW, PHONE, World, at, teach
from tests.doors.client import LookingClient, Page
from tests.doors.oddities import CODE, LINK, SENSIBLE, URLENCODED, Sent
from tests.doors.test_house_rules import VALUES
from wsgi import ROOT

ANSWERS = {200, 204, 302, 303, 308, 400, 403, 404, 405, 409, 413, 422, 429}
"""308: an address with doubled slashes is led to the tidy one."""

HOMES = {
    "client": "/visit", "guest": f"/book/pfullingen/other/B02?day={MONDAY}", "kiosk": "/kiosk/", "display": "/display/",
    "ahorn": "/desk/", "desk": "/desk/", "lead": "/desk/devices", "admin": "/desk/languages", "interpreter": "/asked",
}  # fmt: skip

_ASKED = re.compile(r'(?:\bfield|form\.get|getlist)\(\s*"(\w+)"')
_DOORS = [file for door in ("booking", "kiosk", "desk", "demo") for file in ROOT.glob(f"{door}/*.py")]
NAMES = sorted({name for file in _DOORS for name in _ASKED.findall(file.read_text())} | {"form_key"})
"""Every field that any form is asked for."""


class Town:
    """A client with a booked visit, somebody at the times, kiosk, display and staff with one ticket waiting."""

    def __init__(self, app: Flask, world: World, staff, device) -> None:
        self.app, self.world = app, world
        booked, arrived = world.book(at("10:10")), world.book(at("09:35"))
        teach(world, seats=4, childcare=2)
        with world.database.transaction(CLIENT, NOW) as tx:
            check_in_by_code(tx, tx.session.get_one(Centre, world.centre), world.code(arrived))
            link = f"/t/{manage_token(KEYS, tx.session.get_one(Visit, booked))}"
        self._said = {CODE: world.code(booked), LINK: f"https://x{link}"}
        self.browsers: dict[str, LookingClient] = {"client": app.test_client(), "guest": app.test_client()}
        self.browsers |= {kind: device(kind) for kind in ("kiosk", "display")}
        self.browsers |= {login: staff(login) for login in ("ahorn", "desk", "lead", "admin")}
        self.browsers["client"].get(link)
        self.browsers["interpreter"] = app.test_client()
        self.browsers["interpreter"].get(asked_somebody(world))
        self._seen = self._look_around()
        for who, browser in self.browsers.items():
            browser.get("/visit/contact" if who == "client" else "/desk/sign-in")  # a page with a form, for its token
            browser.get(HOMES[who])
        self._kept = {who: (dict(b._cookies), b.page, b.token) for who, b in self.browsers.items()}
        with world.database.reading() as session:
            tables = [table for table in Base.metadata.sorted_tables if table is not ChangeTag.__table__]
            self._rows = {t: [dict(row) for row in session.execute(select(t)).mappings()] for t in tables}

    def begin_again(self) -> None:
        with self.world.database.transaction(SYSTEM, NOW) as tx:
            for table in reversed(self._rows):
                tx.session.execute(table.delete())
            for table, rows in self._rows.items():
                if rows:
                    tx.session.execute(table.insert(), rows)
            tx.session.execute(update(ChangeTag).values(version=ChangeTag.version + 1))
        self.come_in()

    def come_in(self) -> None:
        """Everybody is signed in, paired or known by her link again."""
        for who, browser in self.browsers.items():
            cookies, browser.page, browser.token = self._kept[who]
            browser._cookies = dict(cookies)

    def everything_holds(self) -> None:
        with self.world.database.reading() as session:
            findings = examine(session, domain_now(session, machine_now()))
        assert len(findings) >= 20
        assert not [finding for finding in findings if finding.broken]

    def rules(self, method: str) -> list[Rule]:
        found = [rule for rule in self.app.url_map.iter_rules() if method in (rule.methods or ())]
        return [rule for rule in found if rule.endpoint != "static"]

    def who_may(self, rule: Rule) -> str:
        """Whose browser passes the gate of a page or form."""
        kind, _, what = self.app.view_functions[rule.endpoint].gate.partition(":")
        if kind != "staff":
            return {
                "open": "guest",
                "visitor": "client",
                "follower": "client",
                "signed_in": "ahorn",
                "asked": "interpreter",
            }.get(kind, what)
        with self.world.database.reading() as session:
            accounts = session.scalars(select(Account).where(Account.login.in_(self.browsers)).order_by(Account.login))
            return next(account.login for account in accounts if account.may(Right(what)))

    def send(self, who: str, rule: Rule, sent: Sent) -> TestResponse:
        """POST anything to a form; its token comes along as a header."""
        if sent.instead:
            part, times, kind = sent.instead
            body = part * times
        else:
            body, kind = self._form(rule, sent), URLENCODED
        sent_with = {"X-CSRFToken": self.browsers[who].token, **sent.headers}
        path = f"{address_of(rule, sent.address)}?{quote(sent.query)}"
        return looked_at(self.browsers[who].post(path, data=body, content_type=kind, headers=sent_with))

    def fill(self, fields: dict[str, str]) -> dict[str, str]:
        """What was typed, with the code and the link of the client's visit where they are meant."""
        return {name: self._said.get(value, value) for name, value in fields.items()}

    def _form(self, rule: Rule, sent: Sent) -> bytes:
        """What pages offer under the form's names, some of it spoilt; where none was seen, every name there is."""
        fields = self._seen.get(rule.endpoint) or {name: [CODE, *SENSIBLE] for name in NAMES}
        names = [*fields, "form_key"]
        form: dict[str, str | list[str] | None] = {name: some[sent.pick % len(some)] for name, some in fields.items()}
        form |= {names[place % len(names)]: value for place, value in sent.spoilt}
        pairs = [(name, v) for name, value in form.items() for v in (value if isinstance(value, list) else [value])]
        return urlencode([(name, self._said.get(v, v)) for name, v in pairs if v is not None]).encode()

    def _look_around(self) -> dict[str, dict[str, list[str]]]:
        """The forms of all pages, by where they lead: names of fields, and the values offered."""
        seen: dict[str, dict[str, list[str]]] = {}
        for page in self.rules("GET"):
            browser = self.browsers[self.who_may(page)]
            browser.get(address_of(page))
            for action, fields in offered(browser.page)[0]:
                endpoint, _ = self.app.url_map.bind("").match(action, "POST")
                for name, values in fields.items():
                    if name != "csrf_token":
                        seen.setdefault(endpoint, {}).setdefault(name, []).extend(values)
        return seen


def asked_somebody(world: World) -> str:
    """Somebody who speaks Farsi has booked, and one of the register is asked; where her link leads."""
    with world.database.transaction(SYSTEM, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        centre.pool_languages = ["fa"]
        one = add_to_register(tx, centre, Entry("Leila", "female", ["fa"], PHONE, None))
    world.book(at("10:10", MONDAY + timedelta(days=10)), language="fa")
    with world.database.transaction(SYSTEM, NOW) as tx:
        ask_by_hand(tx, tx.session.get_one(Centre, world.centre), 1, one.code, KEYS)
        return f"/d/{asking_token(KEYS, tx.session.scalars(select(Asking)).one())}"


def address_of(rule: Rule, odd: str | None = None) -> str:
    """Where a rule leads, with something odd wherever its address varies, if wanted."""
    return re.sub(r"<[^>]*?(\w+)>", lambda part: quote(VALUES[part[1]] if odd is None else odd or "-", ""), rule.rule)


def looked_at(answer: TestResponse) -> TestResponse:
    """An answer we mean to give; a page has shown its one h1 and language to its browser, else it is a fragment."""
    assert answer.status_code in ANSWERS, answer.status_code
    assert "Traceback" not in answer.text
    if answer.status_code >= 400:
        assert "<h1" in answer.text or answer.text.strip().startswith('<p class="notice"'), answer.text
    return answer


def offered(page: Page) -> tuple[list[tuple[str, dict[str, list[str]]]], list[str]]:
    """What can be pressed on a page: forms with their fields and the values of each, and where links lead."""
    forms: list[tuple[str, dict[str, list[str]]]] = []
    links, name = [], ""
    for tag, said in page.tags:
        if tag == "form":
            forms.append((said["action"] if said.get("method") == "post" else "", {}))
        elif tag == "a" and said.get("href", "").startswith("/"):
            links.append(said["href"])
        elif forms and (tag == "option" or "name" in said):
            name = said.get("name", name)
            forms[-1][1].setdefault(name, []).append(said.get("value", ""))
    return [form for form in forms if all(form)], links
