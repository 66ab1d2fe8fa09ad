"""The kinds of facts this floor records."""

from enum import StrEnum


class Happened(StrEnum):
    """What can happen to a ticket. The subject is the ticket, but for `HELP_*` and `ALARM_*`: the call for people."""

    ISSUED = "ticket.issued"
    CALLED = "ticket.called"
    RECALLED = "ticket.recalled"
    MISSED = "ticket.missed"
    PARKED = "ticket.parked"
    BACK = "ticket.back"
    HANDED_OVER = "ticket.handed_over"
    SENT_ON = "ticket.sent_on"
    NOTED = "ticket.noted"
    STARTED = "ticket.started"
    FINISHED = "ticket.finished"
    NO_SHOW = "ticket.no_show"
    UNDONE = "ticket.undone"
    LEFT = "ticket.left"
    URGENT = "ticket.urgent"
    CORRECTED = "ticket.corrected"
    CLOSED_OVER = "ticket.closed_over"
    ALARM_RAISED = "alarm.raised"
    ALARM_ANSWERED = "alarm.answered"
    ALARM_WITHDRAWN = "alarm.withdrawn"
    ALARM_CLOSED = "alarm.closed"
    JOINED = "ticket.joined"
    TURN_WISHED = "ticket.turn_wished"
    TURN_NEAR = "ticket.turn_near"
    HELP_ASKED = "help.asked"
    HELP_COMING = "help.coming"
