"""`python -m tools.catalogues`: bring every catalogue up to the sentences of the code; new ones stay empty."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po
from babel.plural import to_gettext

from foundation.catalogues import LEGAL, CatalogueError, Provenance, locale_of, provenance_of
from foundation.languages import CATALOGUES, TRANSLATIONS, Languages, State, facts_of
from notifications.linter import checked
from tools.audio_list import said_on_kiosk, sounds_in, write_list

ROOT = TRANSLATIONS.parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS: dict[str, dict[str, str]] = {}
Keywords = dict[str, tuple[int, ...] | None]
CLIENTS: Keywords = {
    "sentence": None, "_": None, "gettext": None, "legal": None, "ngettext": (1, 2), "n_": (1, 2), "said": (2,),
}  # fmt: skip
STAFF: Keywords = {**CLIENTS, "desk_sentence": None}
SKIPPED = {
    ".venv", "node_modules", "tests", "tools", "migrations", "benchmarks", "proofs", "static", "instance",
}  # fmt: skip
NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""In the head of every catalogue: a date that changes with every run would say nothing. Git knows the real ones."""

STAFFS_FILES = (
    "templates/desk/", "templates/layouts/desk.html", "templates/components/desk.html",
    "templates/components/lock.html", "templates/components/alarm.html",
    "templates/components/case.html", "templates/components/numbers.html", "templates/kiosk/pairing.html",
    "templates/kiosk/ruler.html", "templates/components/devices.html", "templates/demo/home.html",
    "templates/components/call_voice.html", "templates/components/reminders.html",
    "templates/components/messages.html", "templates/components/journey.html", "desk/",
)  # fmt: skip
"""What only staff read, or who tries the demo: in the languages of the desk."""


@cache
def sentences() -> tuple[Catalog, Catalog]:
    """The sentences of the code: what clients read, and what only staff read; none is in both."""
    clients, staff = Catalog(project="empfang"), Catalog(project="empfang")
    for catalogue, keywords in ((clients, CLIENTS), (staff, STAFF)):
        for file, message, comments, context in _found(keywords):
            if catalogue is clients and not file.startswith(STAFFS_FILES):
                clients.add(message, None, [(file, 1)], auto_comments=comments, context=context)
            elif catalogue is staff and message not in clients:
                staff.add(message, None, [(file, 1)], auto_comments=comments, context=context)
    for _, message, _, _ in _found({LEGAL: None}):
        clients[message].flags.add(LEGAL)
    return clients, staff


def waiting() -> str:
    """The table for `docs/human-checks.md`: how many entries of each language wait for a native speaker."""
    rows = ["| language | entries | draft | back-translated |", "| --- | --- | --- | --- |"]
    for tag, files in _catalogues().items():
        said = [m for path in files for m in read_po(BytesIO(path.read_bytes()), locale=_locale(path)) if m.id]
        counts = [sum(provenance_of(m) is p for m in said) for p in (Provenance.DRAFT, Provenance.BACK_TRANSLATED)]
        rows.append(f"| {_facts(files[0])['autonym']} (`{tag}`) | {len(said)} | {counts[0]} | {counts[1]} |")
    return "\n".join(rows)


def main() -> None:
    """Write the catalogues of the finished languages anew, sorted as the code is; says what is missing."""
    for name, template in zip(CATALOGUES, sentences(), strict=True):
        for path in sorted(TRANSLATIONS.glob(f"*/{name}")):
            _bring_up(path, template)
    page = ROOT / "docs" / "human-checks.md"
    before, mark, _ = page.read_text().partition("<!-- counted by make catalogues -->\n")
    page.write_text(f"{before}{mark}{waiting()}\n")
    write_audio_lists()


def write_audio_lists() -> None:
    """What is to be recorded in each finished language; waits until its catalogues are full."""
    said = [message for message in sentences()[0] if message.id and said_on_kiosk(message)]
    try:
        languages = checked(Languages.load(TRANSLATIONS))
    except CatalogueError as gap:
        print(f"The audio lists wait: {gap}")
        return
    for language in languages.by_tag.values():
        write_list(TRANSLATIONS / language.tag, sounds_in(language, said))


def _found(keywords: Keywords) -> Iterator[tuple[str, str | tuple[str, ...], list[str], str | None]]:
    found = extract_from_dir(
        ROOT, METHODS, OPTIONS, keywords, ("TRANSLATORS:",), strip_comment_tags=True, directory_filter=_ours
    )
    for file, _, message, comments, context in found:
        yield str(file), message, comments, context


def _ours(folder: str) -> bool:
    return Path(folder).name not in SKIPPED


def _catalogues() -> dict[str, list[Path]]:
    homes = sorted({path.parent for path in TRANSLATIONS.glob("*/*.po")}, key=lambda home: _facts(home / "x")["order"])
    return {home.name: sorted(home.glob("*.po")) for home in homes}


def _facts(path: Path) -> dict[str, Any]:
    return facts_of(path.parent / "language.toml")


def _locale(path: Path) -> str:
    return str(_facts(path).get("cldr", path.parent.name)).replace("-", "_")


def _bring_up(path: Path, template: Catalog) -> None:
    catalogue = read_po(BytesIO(path.read_bytes()), locale=_locale(path))
    if _facts(path)["state"] == State.FINISHED:
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
    for message in catalogue:
        if message.id and provenance_of(message) is None:
            message.user_comments = [Provenance.DRAFT.value]
    catalogue.header_comment, catalogue.fuzzy = f"# {path.parent.name}", False
    catalogue.project, catalogue.version, catalogue.msgid_bugs_address = "empfang", "1", ""
    catalogue.mime_headers = [("Plural-Forms", _plural_rule(_locale(path)))]
    catalogue.creation_date = catalogue.revision_date = NO_DATE
    catalogue.last_translator = catalogue.language_team = ""
    written = BytesIO()
    write_po(written, catalogue, width=110, include_lineno=False, sort_by_file=True)
    path.write_bytes(written.getvalue())
    missing = [message.id for message in catalogue if message.id and not message.string]
    print(f"{path.parent.name}/{path.name}: {len(catalogue)} sentences, {len(missing)} missing", *missing, sep="\n  ")


def _plural_rule(cldr: str) -> str:
    """For other gettext tools; ours count by CLDR itself. Their language knows no compact exponent `e`."""
    return re.sub(r"\be\b", "0", to_gettext(locale_of(cldr.replace("_", "-")).plural_form))


if __name__ == "__main__":
    main()
