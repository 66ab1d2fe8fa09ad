"""Web fonts from the packages of the lock file: by script, and a tiny one for what all languages say at once."""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from foundation.languages import Languages

SUBSETS = ("latin", "latin-ext", "cyrillic", "arabic", "ethiopic")
WEIGHTS = (400, 500, 600)
STROKE = 500
"""The one weight of that family."""
OF_ALL = "Of all languages"
"""The family for lists where every language stands in its own script; its files hold those few characters only."""

SAID_IN_ALL = ("Willkommen", "Jetzt ist geschlossen.", "Keine Verbindung. Bitte fragen Sie am Empfang.")
"""Sentences that one page says in every finished language."""

SYSTEMS_OWN = frozenset(map(chr, range(0x20, 0x180)))
"""Latin letters: every device has them, so a list of languages needs no font for these."""


@dataclass(frozen=True)
class Face:
    """One file of a family: its weight (or range of weights) and the characters it is for."""

    family: str
    weight: str
    file: Path
    characters: str

    def rule(self) -> str:
        """The CSS that lets a browser load the file only when a page shows one of its characters."""
        return (
            f'@font-face {{ font-family: "{self.family}"; font-style: normal; font-weight: {self.weight}; '
            f'font-display: swap; src: url("{self.file.name}") format("woff2"); unicode-range: {self.characters}; }}'
        )


def write_fonts(modules: Path, target: Path, languages: Languages) -> None:
    """Copy the faces of every `@fontsource` package, cut the subset for lists of languages, write `fonts.css`."""
    faces = list(_faces(modules))
    for old in target.glob("*.woff2"):
        old.unlink()
    for face in faces:
        shutil.copy(face.file, target / face.file.name)
    lists = list(_cut(faces, target, characters_of_all(languages)))
    (target / "fonts.css").write_text("\n".join(face.rule() for face in faces))
    (target / "fonts-of-all.css").write_text("\n".join(face.rule() for face in lists))


def characters_of_all(languages: Languages) -> set[str]:
    """The characters of autonyms, greetings and what is said in all finished languages, but those every device has."""
    texts = [language.autonym for language in languages.all.values()]
    texts += [language.gettext(sentence) for language in languages.by_tag.values() for sentence in SAID_IN_ALL]
    texts += [language.glossary["welcome"] for language in languages.prepared]
    return {character for text in texts for character in text} - SYSTEMS_OWN


def covered(font: Path) -> set[int]:
    """The code points a font file has shapes for."""
    return set(TTFont(font).getBestCmap())


def _faces(modules: Path) -> Iterator[Face]:
    for package in sorted(modules.glob("@fontsource*/*")):
        about = json.loads((package / "metadata.json").read_text())
        ranges = json.loads((package / "unicode.json").read_text())
        variable = package.parent.name.endswith("variable")
        own = [name for name in SUBSETS if name in ranges and not (variable and name.startswith("latin"))]
        for name in own:
            for weight in ["100 900"] if variable else map(str, WEIGHTS):
                which = "wght" if variable else weight
                file = package / "files" / f"{about['id']}-{name}-{which}-normal.woff2"
                yield Face(about["family"], weight, file, ranges[name])


def _cut(faces: Iterable[Face], target: Path, wanted: set[str]) -> Iterator[Face]:
    for face in faces:
        here = sorted(wanted & set(map(chr, covered(face.file)))) if face.weight in ("100 900", str(STROKE)) else []
        if here:
            file = target / f"of-all-{face.file.name}"
            _subset(face.file, file, here)
            yield Face(OF_ALL, "100 900", file, ", ".join(f"U+{ord(character):04X}" for character in here))
            wanted = wanted - set(here)


def _subset(source: Path, target: Path, characters: Iterable[str]) -> None:
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    font = subset.load_font(str(source), options)
    if "fvar" in font:
        instancer.instantiateVariableFont(font, {axis.axisTag: STROKE for axis in font["fvar"].axes}, inplace=True)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(characters))
    cutter.subset(font)
    subset.save_font(font, str(target), options)
