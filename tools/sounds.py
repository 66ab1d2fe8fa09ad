"""`python -m tools.sounds`: put what the kiosk and the display say into static/audio, recorded or synthesised.

A recording in `translations/<tag>/audio/<id>.mp3` (or .opus, .m4a, .wav) wins; for what nobody has recorded a
placeholder is made where there is a voice. Without voice, encoder or network nothing fails: the state is «none».
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from foundation.db import Database, make_engine
from foundation.languages import TRANSLATIONS, facts_of
from foundation.sounds import AUTONYM, LIST, SIGNS, Sound, SoundState, sound_id
from scheduling.models import Centre, Counter, TopicGroup
from tools.audio_list import listed
from tools.voice import Voice

ROOT = TRANSLATIONS.parent
AUDIO = ROOT / "static" / "audio"
FORMATS = (".mp3", ".opus", ".m4a", ".wav")
Manifest = dict[str, tuple[str, str]]


def main() -> None:
    """One language after the other; says how many sounds of which kind each has."""
    os.nice(10)
    _fetch_voice()
    content = house_words(os.environ.get("DATABASE_URL", f"sqlite:///{ROOT / 'instance' / 'empfang.sqlite3'}"))
    for home in sorted((path.parent for path in TRANSLATIONS.glob("*/language.toml")), key=_order):
        wanted = sounds_wanted(home, content)
        found = bring_up(home, wanted, AUDIO / home.name)
        states = [state for state, _ in found.values()]
        print(f"{home.name}: " + ", ".join(f"{states.count(state)} {state}" for state in SoundState), flush=True)


def sounds_wanted(home: Path, content: dict[str, dict[str, str]]) -> list[Sound]:
    """What is said in a language: its name, its audio list, the signs of numbers, and set-up content."""
    facts = facts_of(home / "language.toml")
    named = [Sound(AUTONYM, facts["autonym"], facts["autonym"])]
    if not (home / LIST).exists():
        return named
    signs = [Sound(sign, sign, sign) for sign in SIGNS]
    own = [
        Sound(sound_id((german,)), german, texts[home.name]) for german, texts in content.items() if home.name in texts
    ]
    return [*named, *listed(home), *signs, *own]


def bring_up(home: Path, wanted: list[Sound], folder: Path) -> Manifest:
    """Make the sounds of one language in a folder and write the list of them last; what is there already stays."""
    facts = facts_of(home / "language.toml")
    voice = Voice.named(facts.get("voice", ""), facts.get("pace", 140))
    found: Manifest = {}
    folder.mkdir(parents=True, exist_ok=True)
    for sound in wanted:
        recorded = next((f for f in map((home / "audio" / sound.id).with_suffix, FORMATS) if f.exists()), None)
        if recorded:
            shutil.copy(recorded, folder / recorded.name)
            found[sound.id] = (SoundState.RECORDED, _address(folder / recorded.name))
        elif voice:
            found[sound.id] = (SoundState.PLACEHOLDER, _placeholder(voice, sound, folder))
        else:
            found[sound.id] = (SoundState.NONE, "")
    manifest, written = folder / "manifest.json", json.dumps(found, indent=0)
    if not manifest.exists() or manifest.read_text() != written:
        manifest.write_text(written)
    return found


def house_words(database_url: str) -> dict[str, dict[str, str]]:
    """What this house itself has named: topics, waiting areas, doors; German → language → text."""
    try:
        engine = make_engine(database_url)
        with Database(engine).reading() as session:
            topics = session.scalars(select(TopicGroup)).all()
            areas = session.scalars(select(Centre)).all()
            labels = session.scalars(select(Counter.label).distinct()).all()
            texts = [*(topic.titles for topic in topics), *(centre.waiting_area for centre in areas)]
            return {text["de"]: dict(text) for text in texts} | {label: {"de": label} for label in labels}
    except SQLAlchemyError:
        return {}


def _placeholder(voice: Voice, sound: Sound, folder: Path) -> str:
    digest = hashlib.sha256(f"{voice.name} {voice.pace} {sound.said}".encode()).hexdigest()[:6]
    file = folder / f"{sound.id}.{digest}.mp3"
    if not file.exists():
        for older in folder.glob(f"{sound.id}.*.mp3"):
            older.unlink()
        file.write_bytes(voice.say(sound.said))
    return file.name


def _address(file: Path) -> str:
    return f"{file.name}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:6]}"


def _order(home: Path) -> int:
    return int(facts_of(home / "language.toml")["order"])


def _fetch_voice() -> None:
    """The voice and the encoder are no part of the running system: they come only when sounds are made."""
    uv = Path(sys.executable).parent / "uv"
    if Voice.at_hand() or not uv.exists():
        return
    environment = {**os.environ, "VIRTUAL_ENV": str(Path(sys.executable).parent.parent)}
    requirements = str(ROOT / "requirements-voice.txt")
    subprocess.run([uv, "pip", "install", "-q", "--require-hashes", "-r", requirements], env=environment, check=False)


if __name__ == "__main__":
    main()
