"""The audio list of a language, `translations/<tag>/audio.tsv`: what the kiosk and the display say, to be recorded.

`make catalogues` writes it: id, the German sentence, the sentence to read aloud. `{…}` never occurs: a sentence with
placeholders is recorded in pieces, numbers sign by sign.
"""

from pathlib import Path

from babel.messages.catalog import Message

from foundation.languages import SOURCE, Language
from foundation.sounds import LIST, Sound, sounds_of

KIOSK = (
    "templates/kiosk/", "templates/layouts/kiosk.html", "templates/display/", "templates/components/kiosk.html",
    "templates/components/waiting.html", "templates/components/sound.html", "templates/components/demo_pill.html",
    "kiosk/", "queueing/refusals.py", "queueing/sign_names.py", "foundation/errors.py", "foundation/languages.py",
)  # fmt: skip
"""Whose sentences are said; the page for pairing is read by staff."""


def said_on_kiosk(message: Message) -> bool:
    """Whether a sentence of the code stands on a kiosk's screen or is called on the display."""
    return any(file.startswith(KIOSK) for file, _ in message.locations)


def sounds_in(language: Language, messages: list[Message]) -> list[Sound]:
    """What is said of these sentences in a language."""
    said = {entry.message: entry.said for entry in language.entries}
    sources = sorted(tuple(m.id) if isinstance(m.id, list | tuple) else (str(m.id),) for m in messages)
    spoken = [(source, source if language.tag == SOURCE else said.get(source, ())) for source in sources]
    return [sound for source, forms in spoken for sound in sounds_of(source, forms)]


def write_list(home: Path, sounds: list[Sound]) -> None:
    """One line a sound, in the order of the German sentences."""
    rows = ["\t".join((sound.id, sound.source, sound.said)) for sound in sounds]
    (home / LIST).write_text("\n".join([*rows, ""]))


def listed(home: Path) -> list[Sound]:
    """The sounds of a list."""
    return [Sound(*row.split("\t")) for row in (home / LIST).read_text().splitlines()]
