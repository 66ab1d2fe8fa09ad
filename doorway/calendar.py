"""Calendar files: what is in them stands on other people's servers, so a word and a place is all they say (S-10)."""

from collections.abc import Iterable

from icalendar import Calendar, Event


def calendar_of(events: Iterable[Event]) -> bytes:
    """A calendar with these events, as a file."""
    made = Calendar.new(prodid="-//Empfang//")
    for event in events:
        made.add_component(event)
    return bytes(made.to_ical())
