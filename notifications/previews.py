"""What a message looks like in every language before anybody gets it, and what it costs. Pure (S-01, S-02, S-10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from access.approvals import digest_of
from foundation.catalogues import PLACEHOLDER
from foundation.formats import figures
from foundation.languages import SOURCE, Language, State
from notifications.sizing import MOST_SEGMENTS, Size, plain, size_of
from notifications.texts import PLACEHOLDERS, TEXTS, TO_HELPER, TO_START, Kind

NOWHERE = "7fQ2kLm9XcVb3NpRs8TdYw"
"""As long as the secret of a real link; it opens nothing."""

SHOWS_APPOINTMENT = frozenset(
    {
        Kind.CONFIRMATION, Kind.ASKED, Kind.REMINDER, Kind.SOON, Kind.MOVED, Kind.CHANGED, Kind.SETTLED, Kind.DELAYED,
        Kind.SERIES,
    }
)  # fmt: skip
"""Messages whose link opens the page of an appointment that stands."""


@dataclass(frozen=True)
class Sample:
    """What a text is filled with: a centre, the day from which the longest weekday is taken, the own address."""

    place: str
    phone: str
    today: date
    public_url: str
    time: str = "14:05"
    code: str = "417308"

    def fill(self, template: str, day: str, link: str) -> str:
        """The text as a client would read it."""
        filled = template.format(place=self.place, day=day, time=self.time, code=self.code, phone=self.phone, link=link)
        return plain(filled)


@dataclass(frozen=True)
class Preview:
    """One text in one language. `template` is what translators wrote, `is_ascii` if without special letters (S-02)."""

    language: Language
    template: str
    body: str
    size: Size
    day: date
    source: str
    is_ascii: bool = False

    @property
    def names_nobody(self) -> bool:
        """Whether the text can be filled with place, day, time, code and link alone (S-10)."""
        return set(PLACEHOLDER.findall(self.template)) <= PLACEHOLDERS

    @property
    def fits(self) -> bool:
        """Whether it may be sent at all (S-01)."""
        return self.size.segments <= MOST_SEGMENTS

    @property
    def digest(self) -> str:
        """By this a native speaker's approval is kept; of exactly this wording."""
        return digest_of((self.source,), (self.template,))

    @property
    def written_here(self) -> bool:
        """Whether this is the language that the texts are written in: nobody has to approve a translation."""
        return self.language.tag == SOURCE

    @property
    def lines(self) -> tuple[str, str]:
        """The words, and the link alone."""
        words, _, link = self.body.rpartition("\n")
        return words, link


def previews(languages: Iterable[Language], kind: Kind, to_helper: bool, sample: Sample) -> list[Preview]:
    """The text in every language that has it, in their order; after it the spelling without special letters."""
    source = (TO_HELPER if to_helper else TEXTS)[kind]
    link = sample.public_url + _way(kind)
    found = []
    for language in languages:
        day = longest_day(language, sample.today)
        template = _said(language, source)
        if template:
            body = sample.fill(template, language.day(day), link)
            found.append(Preview(language, template, body, size_of(body), day, source))
        if template and not to_helper and kind in language.ascii:
            spelled = language.ascii[kind]
            said = f"{language.ascii_weekdays[day.weekday()]}{language.comma} {figures(day)}"
            body = sample.fill(spelled, said, link)
            found.append(Preview(language, spelled, body, size_of(body), day, source, is_ascii=True))
    return found


def longest_day(language: Language, today: date) -> date:
    """Of the coming week the day that takes the most letters: what is shown is what it costs at most."""
    return max((today + timedelta(days=n) for n in range(1, 8)), key=lambda day: len(language.day(day)))


def _said(language: Language, source: str) -> str | None:
    if language.state is State.SPOKEN:
        return None
    if language.state is State.FINISHED:
        return str(language.catalogue.gettext(source))
    return next((entry.said[0] for entry in language.entries if entry.message == (source,)), None)


def _way(kind: Kind) -> str:
    """What follows the own address in the link of a message."""
    if kind in TO_START:
        return ""
    return f"/{'n' if kind is Kind.TURN else 't'}/{NOWHERE}"
