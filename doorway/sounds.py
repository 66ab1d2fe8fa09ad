"""What a kiosk's screen can say: every sentence it shows, with the recordings it is said with (K-01 … K-03).

A kiosk's templates need no mark-up for it: whatever they take from the catalogues is noted with its ids while the
screen is drawn, and the layout hands the notes to `sound.js`, which finds the sentences in the screen by their text.
Set-up content (topics, places) may be private, so it is noted only where a template says `aloud(…)`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from flask import current_app, request
from markupsafe import Markup

from foundation.errors import Refusal
from foundation.languages import Language
from foundation.sounds import AUTONYM, SoundState, plan, sound_id, spelled

MANIFEST = "manifest.json"
Words = dict[str, Any]
Text = TypeVar("Text", bound=str)


def sound_words(words: Words, spoken: Language, languages: Iterable[Language]) -> Words:
    """The words of templates, taught to note what they say on kiosk screens; elsewhere as they were."""
    common = {"sound_lists": lambda: sound_lists(language.tag for language in languages)}
    if request.blueprint != "kiosk":
        return words | common
    notes = _Notes(spoken, {language.autonym: f"{language.tag}/{AUTONYM}" for language in languages})
    return words | common | notes.listening(words)


class _Notes:
    """Text on this screen → the recordings that say it, as `tag/id` one after the other; empty: not to be heard."""

    def __init__(self, spoken: Language, said: dict[str, str]) -> None:
        self.spoken, self.said, self.content = spoken, said, dict[str, str]()

    def listening(self, words: Words) -> Words:
        """`_`, `n_`, `legal`, `refused`, `said` and `content` that note; `aloud`, and `sounds`, which tells."""

        def sentence(message: str, **values: object) -> Markup:
            shown: Markup = words["_"](message, **values)
            return self.note(shown, self.spoken, (message,), values)

        def plural(one: str, many: str, n: int, **values: object) -> Markup:
            shown: Markup = words["n_"](one, many, n, **values)
            return self.note(shown, self.spoken, (one, many), {"n": n, **values})

        def legal(message: str) -> Markup:
            self.note(self.spoken.gettext(message), self.spoken, (message,), {})
            return cast(Markup, words["legal"](message))

        def refused(refusal: Refusal) -> Markup:
            shown: Markup = words["refused"](refusal)
            return self.note(shown, self.spoken, (refusal.text,), refusal.values)

        def said(other: Language, message: str) -> str:
            shown: str = words["said"](other, message)
            return self.note(shown, other, (message,), {})

        def content(texts: Mapping[str, str]) -> Markup:
            shown: Markup = words["content"](texts)
            tag = self.spoken.tag if self.spoken.tag in texts else "de"
            self.content[plain(shown)] = f"{tag}/{sound_id((texts['de'],))}"
            return shown

        def aloud(shown: Markup) -> Markup:
            self.said[plain(shown)] = self.content.get(plain(shown)) or self.said.get(plain(shown), "")
            return shown

        def sound_of(shown: str) -> str:
            return self.said.get(plain(shown), "")

        noting: dict[str, Callable[..., object]] = {
            "_": sentence, "n_": plural, "legal": legal, "refused": refused, "said": said, "content": content,
            "aloud": aloud, "sound_of": sound_of, "sounds": lambda: json.dumps(self.said, ensure_ascii=False),
        }  # fmt: skip
        return noting

    def note(self, shown: Text, spoken: Language, source: tuple[str, ...], values: Mapping[str, object]) -> Text:
        """Remember how a sentence is said; returns it."""
        raw, form = _raw(spoken, source, values.get("n", 1))
        ids = plan(source, form, raw, {name: self._value(value) for name, value in values.items()})
        self.said.setdefault(plain(shown), " ".join(i if "/" in i else f"{spoken.tag}/{i}" for i in ids))
        return shown

    def _value(self, value: object) -> list[str]:
        text = plain(str(value))
        return self.said[text].split() if text in self.said else spelled(text)


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
    """How many sounds of a language are recorded and how many are placeholders, as set-up has found them."""
    file = _folder() / tag / MANIFEST
    listed = _read(file, file.stat().st_mtime_ns) if file.is_file() else {}
    return Counter(SoundState(state) for state, _ in listed.values())


@lru_cache(maxsize=64)
def _read(file: Path, changed: int) -> dict[str, tuple[str, str]]:
    listed: dict[str, tuple[str, str]] = json.loads(file.read_text())
    return listed


def _folder() -> Path:
    return Path(current_app.static_folder or "static") / "audio"


def _raw(spoken: Language, source: tuple[str, ...], n: object) -> tuple[str, int]:
    """A sentence with its placeholders as this language writes it, and the number of its plural form."""
    if len(source) == 1:
        return spoken.catalogue.gettext(source[0]), 0
    forms = next((entry.said for entry in spoken.entries if entry.message == source), source)
    text = spoken.catalogue.ngettext(source[0], source[1], cast(int, n))
    return text, forms.index(text)
