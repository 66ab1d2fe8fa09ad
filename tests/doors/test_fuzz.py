"""Whatever anybody sends to any form, in whatever order: the answer is a page, and the plan holds.

Forms are found in the app, names of fields in its sources, and what can be pressed on its pages, so that whoever adds a
form adds nothing here.
"""

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from werkzeug.routing import Rule

from tests.build import World
from tests.doors.oddities import Sent, requests, typed
from tests.doors.town import HOMES, Town, address_of, looked_at, offered

TRAP = "website"
"""The field that only programs fill in."""

picks = st.lists(st.integers(0, 999), max_size=6)
words = st.lists(typed, min_size=1, max_size=3)
spoilt = st.none() | st.none() | st.integers(0, 9)


def shortly(least: int, **more: int) -> settings:
    """What failed is printed as it was drawn: making it smaller takes too long over a database."""
    length = max(least, settings.default.max_examples // 40)
    return settings(max_examples=length, phases=[Phase.generate], suppress_health_check=list(HealthCheck), **more)


@pytest.fixture
def town(app: Flask, world: World, staff, device) -> Town:
    return Town(app, world, staff, device)


def test_whatever_is_sent_to_any_form_is_answered(town: Town):
    for form in town.rules("POST"):

        @shortly(2)
        @given(form=st.just(form), who=st.just(town.who_may(form)), tries=st.lists(requests, min_size=3, max_size=9))
        def send(form: Rule, who: str, tries: list[Sent]) -> None:
            town.begin_again()
            first, *more = tries
            answer = town.send(who, form, first)
            assert answer.status_code != 400, "the form's token was not taken"
            assert answer.location not in {"/kiosk/pairing", "/desk/sign-in"} or "sign" in form.endpoint, "no way in"
            for sent in more:
                town.come_in()
                town.send(who, form, sent)
            town.everything_holds()

        send()


class Day(RuleBasedStateMachine):
    """People press what their pages offer, mostly as it is meant, and others send what no page offers."""

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town

    @initialize()
    def begin(self) -> None:
        self.town.begin_again()

    @rule(page=st.integers(0, 999), picks=picks, words=words, spoilt=spoilt)
    def open(self, page: int, picks: list[int], words: list[str], spoilt: int | None) -> None:
        """Whoever may opens a page, and goes on from there."""
        pages = self.town.rules("GET")
        opened = pages[page % len(pages)]
        who = self.town.who_may(opened)
        looked_at(self.town.browsers[who].get(address_of(opened)))
        self.go_on(who, picks, words, spoilt)

    @rule(who=st.sampled_from(["guest", "guest", "kiosk", *HOMES]), picks=picks, words=words, spoilt=spoilt)
    def go_on(self, who: str, picks: list[int], words: list[str], spoilt: int | None) -> None:
        """One thing after the other on the page that is there."""
        browser = self.town.browsers[who]
        for pick in picks:
            forms, links = offered(browser.page)
            if forms and pick % 5:
                action, fields = forms[pick % len(forms)]
                answer = browser.post(action, data=self.town.fill(filled_in(fields, pick, words, spoilt)))
            else:
                answer = browser.get(links[pick % len(links)] if links else HOMES[who])
            looked_at(answer)
            if answer.location:
                looked_at(browser.get(answer.location))

    @rule(who=st.sampled_from(list(HOMES)), form=st.integers(0, 999), sent=requests)
    def send(self, who: str, form: int, sent: Sent) -> None:
        forms = self.town.rules("POST")
        self.town.send(who, forms[form % len(forms)], sent)

    @invariant()
    def everything_holds(self) -> None:
        self.town.everything_holds()

    def teardown(self) -> None:
        for who, home in HOMES.items():
            looked_at(self.town.browsers[who].get(home))


def filled_in(fields: dict[str, list[str]], pick: int, words: list[str], spoilt: int | None) -> dict[str, str]:
    """A form with one of the values each field offers, words where it offers none, and one field spoilt."""
    form = {name: values[pick % len(values)] or words[pick % len(words)] for name, values in fields.items()}
    form |= {name: words[0] for place, name in enumerate(fields) if place == spoilt}
    return form | ({TRAP: ""} if TRAP in form and pick % 9 else {})


def test_no_order_of_forms_breaks_a_page_or_the_plan(town: Town):
    run_state_machine_as_test(lambda: Day(town), settings=shortly(10, stateful_step_count=25))
