"""What somebody knows of a session that has changed: by that is decided whether there is anything to tell (C-04)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.about_courses import BY_PERSON, CALLED, OF_CHANGES, OF_SESSION, TELLS
from notifications.of_courses import Known, known_before
from notifications.planner import UNASKED
from notifications.texts import Kind
from scheduling.models import EnrolmentState
from tests.build import NOW

PLACES = st.builds(Known, st.sampled_from([NOW + timedelta(days=n) for n in range(3)]), st.booleans())


@given(st.lists(PLACES, min_size=2, max_size=8), st.data())
def test_she_knows_what_she_was_told_last_and_at_first_what_stood_when_she_came(
    states: list[Known], data: st.DataObject
):
    """Each version replaces a state; it is told, or not, or not to be told because she knew it already."""
    came = data.draw(st.integers(0, len(states) - 2))
    knows, told = states[came], {}
    for version in range(came + 1, len(states)):
        changes = {one: states[one - 1] for one in range(1, version + 1)}
        assert known_before(changes, version, told) == knows
        if states[version] == knows:
            continue
        told[version] = data.draw(st.booleans())
        if told[version]:
            knows = states[version]


def test_every_state_of_an_enrolment_has_its_message():
    assert set(TELLS) == set(EnrolmentState)
    assert OF_CHANGES < OF_SESSION
    assert BY_PERSON < CALLED


def test_what_nobody_asked_for_is_told_inside_the_window_only():
    own_act = {Kind.ENROLLED, Kind.ON_LIST, Kind.LEFT}
    assert (OF_SESSION | set(TELLS.values())) - UNASKED == own_act
