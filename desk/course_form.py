"""A course as staff type it: read, checked, refused with a sentence; what was typed stays."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from flask import request
from werkzeug.datastructures import MultiDict

from desk.addresses import YEARS
from desk.course_words import LEVELS, RHYTHMS
from doorway.binding import the_house
from foundation.errors import NotFound, Refusal, desk_sentence
from foundation.formats import latin_digits
from foundation.languages import SOURCE
from scheduling.colliding import Wanted
from scheduling.course_changes import CourseWords
from scheduling.courses import CoursePlan
from scheduling.interval import Interval
from scheduling.meeting_days import MOST_SESSIONS, Meetings
from scheduling.models import Centre, Course
from scheduling.models.places import Texts
from scheduling.opening import local_moment

LONGEST_TITLE, LONGEST_TEXT = 60, 200
MOST_WEEKS = 99
PARTS = {"title": LONGEST_TITLE, "about": LONGEST_TEXT, "audience": LONGEST_TEXT}
"""What is written in every language, and how long it may be (C-03)."""

SERIES = ("first", "weekday", "rhythm", "last", "count", "schools")
"""The fields that say on which days it meets."""


class CodeBroken(Refusal):
    """No short name that can stand in an address."""

    text = desk_sentence(
        "Bitte ein Kürzel aus 2 bis 20 kleinen Buchstaben, Ziffern oder Strichen, zum Beispiel a1-abend."
    )
    status = 422


class TitleMissing(Refusal):
    """A course without a German title."""

    text = desk_sentence("Bitte schreiben Sie einen deutschen Titel.")
    status = 422


class DaysMissing(Refusal):
    """Nothing that says when it begins, or when it ends."""

    text = desk_sentence("Bitte geben Sie den ersten Tag an und entweder den letzten Tag oder die Zahl der Termine.")
    status = 422


class TimesBroken(Refusal):
    """No two wall times in order."""

    text = desk_sentence("Bitte geben Sie an, von wann bis wann: zwei Uhrzeiten desselben Tages.")
    status = 422


class CountBroken(Refusal):
    """No whole number where one is asked for."""

    text = desk_sentence("Bitte schreiben Sie ganze Zahlen: Plätze, Kinder, Termine, Fehltage.")
    status = 422


@dataclass(frozen=True)
class CourseForm:
    """The form as typed; methods check what they need and raise the refusals of this module."""

    typed: MultiDict[str, str]

    @classmethod
    def sent(cls) -> "CourseForm":
        """Of this request, digits of any script as Latin ones, without control characters."""
        pairs = ((name, _clean(value)) for name, values in request.form.lists() for value in values)
        return cls(MultiDict(list(pairs)))

    @classmethod
    def of(cls, course: Course) -> "CourseForm":
        """A course as it is, to be changed or made once more; when it is, is not part of that."""
        texts = {"title": course.titles, "about": course.abouts, "audience": course.audience}
        pairs = [(f"{part}-{tag}", text) for part, by_tag in texts.items() for tag, text in by_tag.items()]
        numbers = ("seats", "childcare", "late_sessions", "absences", "level", "place", "room_id", "teacher_id")
        pairs += [(name, str(value)) for name in numbers if (value := getattr(course, name)) is not None]
        pairs += [(name, "on") for name in ("women_only", "drop_in") if getattr(course, name)]
        return cls(MultiDict(pairs))

    def like(self, course: Course) -> "CourseForm":
        """With the weekdays and times a course had, so that only a first day is missing."""
        sessions, zone = course.standing or course.sessions, course.centre.zone
        starts = [one.starts_at.astimezone(zone) for one in sessions]
        more = [("weekday", str(day)) for day in sorted({start.weekday() for start in starts})]
        if sessions:
            more += [("starts", f"{starts[0]:%H:%M}"), ("ends", f"{sessions[0].ends_at.astimezone(zone):%H:%M}")]
            more += [("count", str(len(sessions)))]
        return CourseForm(MultiDict([*self.typed.items(multi=True), *more]))

    def get(self, name: str) -> str:
        """What stands in a field."""
        return self.typed.get(name, "")

    def has(self, name: str, value: str = "on") -> bool:
        """Whether a box is ticked."""
        return value in self.typed.getlist(name)

    @property
    def days_shown(self) -> str:
        """Of which series the days are that the form shows."""
        return "|".join(f"{name}={','.join(self.typed.getlist(name))}" for name in SERIES)

    def series(self) -> Meetings:
        """When it meets. Raises DaysMissing, CountBroken, NotFound for a rhythm that is none."""
        first, last = self.day("first"), self.day("last")
        count = self._number("count", MOST_SESSIONS) or None
        if first is None or (last is None and count is None) or (last and last < first):
            raise DaysMissing
        rhythm = self.get("rhythm") or "w1"
        if rhythm not in RHYTHMS:
            raise NotFound
        weekdays = frozenset(int(day) for day in self.typed.getlist("weekday") if day in set("0123456"))
        numbers = frozenset(int(digit) for digit in rhythm[1:])
        return Meetings(
            first, weekdays or frozenset({first.weekday()}), every_weeks=min(numbers) if rhythm[0] == "w" else 1,
            of_month=numbers if rhythm[0] == "m" else frozenset(), last=last, count=count,
            as_schools=self.has("schools"),
        )  # fmt: skip

    def ticked(self) -> list[date]:
        """The days of the list that are to be. Raises DaysMissing."""
        return [_day(written) for written in self.typed.getlist("day")[:MOST_SESSIONS]]

    def wanted(self, centre: Centre, days: Sequence[date]) -> list[Wanted]:
        """Sessions on these days. Raises TimesBroken."""
        starts, ends = self.times()
        return [
            Wanted(
                Interval(local_moment(day, starts, centre.zone), local_moment(day, ends, centre.zone)),
                self._id("teacher_id") or 0, self._id("room_id"),
            )
            for day in days
        ]  # fmt: skip

    def times(self) -> tuple[time, time]:
        """From when to when. Raises TimesBroken."""
        try:
            starts, ends = time.fromisoformat(self.get("starts")[:5]), time.fromisoformat(self.get("ends")[:5])
        except ValueError as fault:
            raise TimesBroken from fault
        if starts.tzinfo or ends.tzinfo or starts >= ends:
            raise TimesBroken
        return starts, ends

    def plan(self) -> CoursePlan:
        """All but the days. Raises CodeBroken and what `words` raises."""
        code, words = self.get("code").lower(), self.words()
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,18}[a-z0-9]", code, re.ASCII):
            raise CodeBroken
        room_id = self._id("room_id")
        return CoursePlan(
            code, **vars(words), drop_in=self.has("drop_in"), teacher_id=self._id("teacher_id") or 0, room_id=room_id,
            place=None if room_id else self.get("place")[:LONGEST_TITLE] or None, seats=self._number("seats"),
            childcare=self._number("childcare"),
        )  # fmt: skip

    def words(self) -> CourseWords:
        """What it says of itself. Raises TitleMissing, CountBroken, NotFound."""
        texts = {part: self._texts(part, longest) for part, longest in PARTS.items()}
        if SOURCE not in texts["title"]:
            raise TitleMissing
        level = self.get("level")
        if level and level not in LEVELS:
            raise NotFound
        return CourseWords(
            texts["title"], texts["about"], texts["audience"], level or None, self.has("women_only"),
            self._number("late_sessions", MOST_WEEKS), self._number("absences", MOST_WEEKS) or None,
        )  # fmt: skip

    def places(self) -> tuple[int, int]:
        """Seats and places in childcare. Raises CountBroken."""
        return self._number("seats"), self._number("childcare")

    def _texts(self, part: str, longest: int) -> Texts:
        tags = the_house().languages.by_tag
        return {tag: text[:longest] for tag in tags if (text := self.get(f"{part}-{tag}"))}

    def day(self, name: str) -> date | None:
        """The day in a field, if there is one. Raises DaysMissing."""
        return _day(self.get(name)) if self.get(name) else None

    def _number(self, name: str, most: int = 999) -> int:
        typed = self.get(name) or "0"
        if not (typed.isascii() and typed.isdecimal() and len(typed) <= len("999") and int(typed) <= most):
            raise CountBroken
        return int(typed)

    def _id(self, name: str) -> int | None:
        typed = self.get(name)
        if typed and not (typed.isascii() and typed.isdecimal() and len(typed) < len("9999999999")):
            raise NotFound
        return int(typed) if typed else None


def _day(written: str) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError as fault:
        raise DaysMissing from fault
    if day.year not in YEARS:
        raise DaysMissing
    return day


def _clean(value: str) -> str:
    typed = "".join(letter if letter.isprintable() else " " for letter in value[: 2 * LONGEST_TEXT])
    return latin_digits(" ".join(typed.split()))
