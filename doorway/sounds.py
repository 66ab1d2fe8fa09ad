"""What a kiosk's screen can say: every sentence it shows, with the recordings it is said with (K-01 … K-03).

A kiosk's templates need no mark-up for it: whatever they take from the catalogues is noted with its ids while the
screen is drawn, and the layout hands the notes to `sound.js`, which finds the sentences in the screen by their text.
Set-up content (topics, places) may be private, so it is noted only where a template says `aloud(…)`.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import current_app, request
from markupsafe import Markup

from foundation.errors import Refusal
from foundation.languages import SOURCE, TRANSLATIONS, Language
from foundation.sounds import AUTONYM, LIST, SoundState, plan, sound_id, spelled
from scheduling.models import Centre

MANIFEST = "manifest.json"
Words = dict[str, Any]
Text = TypeVar("Text", bound=str)


def sound_words(words: Words, spoken: Language, languages: Collection[Language]) -> Words:
    """The words of templates, on kiosk screens taught to note what they say; elsewhere as they were."""
    if request.blueprint != "kiosk":
        return words
    notes = Notes(words, spoken, {language.autonym: f"{language.tag}/{AUTONYM}" for language in languages})
    noting = {
        "_": notes.sentence, "n_": notes.plural, "legal": notes.legal, "refused": notes.refused, "said": notes.said,
        "clock": notes.clock, "content": notes.content, "aloud": notes.aloud, "sound_of": notes.sound_of,
        "sounds": notes.told,
    }  # fmt: skip
    return {**words, **noting}


class Notes:
    """Text on this screen → the recordings that say it, as `tag/id` one after the other; empty: not to be heard."""

    def __init__(self, words: Words, spoken: Language, known: dict[str, str]) -> None:
        """`words` are those of templates that know nothing of sounds; `known` is what is noted beforehand."""
        self.words, self.spoken, self.sounds, self.private = words, spoken, known, dict[str, str]()

    def sentence(self, message: str, **values: object) -> Markup:
        """`_`, noted."""
        shown: Markup = self.words["_"](message, **values)
        return self._note(shown, self.spoken, (message,), values)

    def plural(self, one: str, many: str, n: int, **values: object) -> Markup:
        """`n_`, noted."""
        shown: Markup = self.words["n_"](one, many, n, **values)
        return self._note(shown, self.spoken, (one, many), {"n": n, **values})

    def legal(self, message: str) -> Markup:
        """`legal`, noted without the German beside it."""
        self._note(self.spoken.gettext(message), self.spoken, (message,), {})
        shown: Markup = self.words["legal"](message)
        return shown

    def refused(self, refusal: Refusal) -> Markup:
        """`refused`, noted: errors are spoken (K-02)."""
        shown: Markup = self.words["refused"](refusal)
        return self._note(shown, self.spoken, (refusal.text,), refusal.values)

    def said(self, other: Language, message: str) -> str:
        """`said`, noted in the other language."""
        shown: str = self.words["said"](other, message)
        return self._note(shown, other, (message,), {})

    def clock(self, moment: datetime, centre: Centre) -> Markup:
        """`clock`, said figure by figure."""
        shown: Markup = self.words["clock"](moment, centre)
        figures = " ".join(f"{self.spoken.tag}/{figure}" for figure in spelled(plain(shown)))
        self.sounds.setdefault(plain(shown), figures)
        return shown

    def content(self, texts: Mapping[str, str]) -> Markup:
        """`content`, kept back: it may be what a person has chosen (K-03)."""
        shown: Markup = self.words["content"](texts)
        tag = self.spoken.tag if self.spoken.tag in texts else SOURCE
        self.private[plain(shown)] = f"{tag}/{sound_id((texts[SOURCE],))}"
        return shown

    def aloud(self, shown: Markup) -> Markup:
        """Set-up content that everybody in the room may hear, such as all topics there are."""
        text = plain(shown)
        if text in self.private:
            self.sounds[text] = self.private[text]
        return shown

    def sound_of(self, shown: str) -> str:
        """The recordings of what has been noted."""
        return self.sounds.get(plain(shown), "")

    def told(self) -> str:
        """All notes, for `sound.js`."""
        return json.dumps(self.sounds, ensure_ascii=False)

    def _note(self, shown: Text, spoken: Language, source: tuple[str, ...], values: Mapping[str, object]) -> Text:
        raw, form = _raw(spoken, source, values.get("n"))
        ids = plan(source, form, raw, {name: self._ids(value) for name, value in values.items()})
        self.sounds.setdefault(plain(shown), " ".join(i if "/" in i else f"{spoken.tag}/{i}" for i in ids))
        return shown

    def _ids(self, value: object) -> list[str]:
        text = plain(value)
        return self.sounds[text].split() if text in self.sounds else spelled(text)


def plain(shown: object) -> str:
    """A text as a person reads it, without mark-up, every gap one space."""
    return " ".join(Markup(shown).striptags().split())


def sound_lists(tags: Iterable[str]) -> str:
    """The addresses of the lists of recordings that there are, one after the other."""
    found = [(tag, _folder() / tag / MANIFEST) for tag in tags]
    return " ".join(
        f"{current_app.static_url_path}/audio/{tag}/{MANIFEST}?v={file.stat().st_mtime_ns}"
        for tag, file in found
        if file.is_file()
    )


def sound_states(tag: str) -> Counter[SoundState]:
    """How many sounds of a language are recorded, are placeholders, are missing: as set-up has found them."""
    file, wanted = _folder() / tag / MANIFEST, TRANSLATIONS / tag / LIST
    if file.is_file():
        return _counted(file, file.stat().st_mtime_ns)
    return Counter({SoundState.NONE: len(wanted.read_text().splitlines()) if wanted.is_file() else 0})


@lru_cache(maxsize=64)
def _counted(file: Path, _changed_at: int) -> Counter[SoundState]:
    return Counter(SoundState(state) for state, _ in json.loads(file.read_text()).values())


def _folder() -> Path:
    return Path(current_app.static_folder or "static") / "audio"


def _raw(spoken: Language, source: tuple[str, ...], n: object) -> tuple[str, int]:
    """A sentence with its placeholders as this language writes it, and the number of its plural form."""
    if len(source) == 1:
        return spoken.catalogue.gettext(source[0]), 0
    forms = next((entry.said for entry in spoken.entries if entry.message == source), source)
    text = spoken.catalogue.ngettext(source[0], source[1], cast(int, n))
    return text, forms.index(text) if text in forms else 0
