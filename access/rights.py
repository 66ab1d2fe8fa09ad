"""Who may do what: one table (X-10)."""

from enum import StrEnum


class Role(StrEnum):
    """What an account is for."""

    COUNSELLOR = "counsellor"
    FRONT_DESK = "front_desk"
    LEAD = "lead"
    DISTRICT_LEAD = "district_lead"
    ADMIN = "admin"


class Right(StrEnum):
    """What a gate asks for."""

    SEE_DAY = "see_day"
    CALL = "call"
    RECEIVE = "receive"
    REACH = "reach"
    SEE_WEEKS = "see_weeks"
    RECORD_ABSENCE = "record_absence"
    SEE_MESSAGES = "see_messages"
    PAIR_DEVICES = "pair_devices"
    APPROVE_SENTENCES = "approve_sentences"
    KEEP_REGISTER = "keep_register"
    SEE_COURSES = "see_courses"
    RUN_COURSES = "run_courses"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.COUNSELLOR: frozenset({Right.SEE_DAY, Right.CALL, Right.RECEIVE, Right.SEE_COURSES}),
    Role.FRONT_DESK: frozenset(
        {
            Right.SEE_DAY, Right.RECEIVE, Right.REACH, Right.SEE_WEEKS, Right.RECORD_ABSENCE, Right.SEE_MESSAGES,
            Right.SEE_COURSES, Right.RUN_COURSES,
        }
    ),
    Role.LEAD: frozenset(Right) - {Right.CALL},
    Role.DISTRICT_LEAD: frozenset(),
    Role.ADMIN: frozenset({Right.SEE_MESSAGES, Right.PAIR_DEVICES, Right.APPROVE_SENTENCES}),
}  # fmt: skip
"""A district lead sees aggregates, an admin sets up; neither sees a client.

Only who may reach people sees phone numbers of visits that are not her own. Who sees courses sees and ticks those she
teaches; who runs them all of her centre's.
"""


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return right in RIGHTS[role]
