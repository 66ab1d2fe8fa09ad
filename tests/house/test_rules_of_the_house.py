"""Rules of the house that tools can check: gates, floors, templates, styles, texts, lock files."""

import ast
import re
import runpy
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from foundation.facts import Fact
from foundation.languages import CATALOGUES, SOURCE, TRANSLATIONS, Languages
from foundation.model import Base
from tests.conftest import settings_for
from tools.catalogues import ROOT, sentences, waiting
from wsgi import create_app

LANGUAGES = Languages.load(TRANSLATIONS)
FLOORS = ("foundation", "scheduling", "queueing", "access", "notifications")
PACKAGES = (*FLOORS, "doorway", "kiosk", "booking", "desk", "demo")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
MODULES = [p for name in PACKAGES for p in sorted((ROOT / name).rglob("*.py"))] + [ROOT / "wsgi.py", ROOT / "worker.py"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_route_has_a_gate():
    app = create_app(settings_for("sqlite://"))
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            assert getattr(app.view_functions[rule.endpoint], "gate", ""), rule.endpoint


def test_the_lower_floors_start_without_flask():
    code = "import sys\n" + "".join(
        f"import {name(path)[:-3].replace('/', '.').removesuffix('.__init__')}\n"
        for path in MODULES
        if path.relative_to(ROOT).parts[0] in FLOORS
    )
    code += "assert not [m for m in sys.modules if m.split('.')[0] in ('flask', 'werkzeug', 'flask_sqlalchemy')]"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_nobody_imports_the_roof():
    for path in MODULES:
        if path.name not in {"wsgi.py", "worker.py"}:
            imported = {
                alias.name if isinstance(node, ast.Import) else node.module or ""
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            }
            assert not imported & {"wsgi", "worker"}, name(path)


def test_only_the_database_module_commits():
    for path in MODULES:
        if name(path) != "foundation/db.py":
            assert ".commit(" not in path.read_text(), name(path)


def test_no_cycle_hides_behind_type_checking():
    assert not [name(path) for path in MODULES if "TYPE_CHECKING" in path.read_text()]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_files_stay_small(path: Path):
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_have_no_text_style_or_script_of_their_own(path: Path):
    text = path.read_text()
    assert len(text.splitlines()) <= 120
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)|\son\w+=", text)
    bare = re.sub(r"{% block kind %}[\w -]*{% endblock %}", "", text)  # a class name, not a word
    bare = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", bare, flags=re.S)
    bare = re.sub(r"<!doctype html>|<[^>]*>", " ", bare, flags=re.S)
    words = set(re.findall(r"[^\W\d_]{2,}", bare.replace("&shy;", "")))
    assert words <= {"Empfang", "Integrationszentren"}, words


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.name.startswith("_")], ids=name)
def test_a_fragment_is_one_element_whose_id_is_its_name(path: Path):
    text = re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text(), flags=re.S).strip()
    tag, identity = re.match(r'<(\w+)[^>]* id="([\w-]+)"', text).groups()
    assert identity == path.stem.removeprefix("_")
    assert text.endswith(f"</{tag}>")


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_live_parts_ask_with_the_tag_they_show(path: Path):
    for element in re.findall(
        r"<\w+(?:[^<>{]|{{.*?}}|{%.*?%})*hx-trigger=\"[^\"]*every(?:[^<>{]|{{.*?}}|{%.*?%})*>", path.read_text()
    ):
        assert re.search(r'hx-get="{{ url_for\([^"]*\bv=', element), "the lock takes its polls for acts of a person"


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_styles_know_start_and_end_not_left_and_right(path: Path):
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    found = re.findall(
        r"(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![\w-])(?:left|right|top|bottom|width|height)\s*:|"
        r"text-align:\s*(?:left|right)|float:|text-overflow|(?<![\w-])(?:min|max)-(?:width|height)\s*:",
        rules,
    )
    assert not [f for f in found if not f.startswith(("min-", "max-"))], found
    assert not re.search(r":lang\((?!en\b)", rules), "a rule for one language; direction and script carry it"
    if not path.name.startswith("tokens"):
        allowed = {"#000", "#000000", "#fff", "#ffffff"}
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) <= allowed


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_format_nothing_and_say_nothing(path: Path):
    text = path.read_text()
    assert not re.search(r"toLocale|Intl\.|innerHTML|eval\(|https?://", text)
    literals = re.findall(r"(?:\"[^\"\n]*\"|`[^`]*`)", re.sub(r"//.*|/\*.*?\*/", "", text, flags=re.S))
    words = [w for w in literals if re.search(r"[a-zäöüß]{2,} [a-zäöüß]{2,}", w, re.I) and w != '"use strict"']
    assert words == []


def test_pages_load_nothing_from_another_host():
    for path in [*TEMPLATES, *STYLES]:
        assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", path.read_text()), name(path)


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES.by_tag if tag != SOURCE])
def test_every_sentence_of_the_code_is_in_every_finished_catalogue(tag: str):
    for file, template in zip(CATALOGUES, sentences(), strict=True):
        found = {m.id[0] if isinstance(m.id, tuple) else m.id for m in template if m.id}
        assert len(found) > 100
        path = TRANSLATIONS / tag / file
        if path.exists() or file == CATALOGUES[0]:
            there = {m.id[0] if isinstance(m.id, tuple) else m.id for m in read_po(BytesIO(path.read_bytes())) if m.id}
            assert found - there == set(), f"{path}: run make catalogues"
            assert there - found == set(), f"{path}: sentences nobody says any more"


def test_the_desk_speaks_german_and_english():
    assert [tag for tag, language in LANGUAGES.by_tag.items() if language.at_desk] == ["de", "en"]


def test_languages_in_preparation_say_only_sentences_of_the_code():
    known = {m.id for m in sentences()[0] if m.id}
    for language in LANGUAGES.prepared:
        for entry in language.entries:
            assert (entry.message if len(entry.message) > 1 else entry.message[0]) in known, language.tag


def test_the_page_of_human_checks_counts_what_waits():
    assert waiting() in (ROOT / "docs" / "human-checks.md").read_text(), "run make catalogues"


SAID_BY = {"sentence", "desk_sentence", "gettext", "ngettext"}
NOT_FOR_PEOPLE = {"personal", "getLogger", "info", "warning", "error", "exception", "Markup", "text"}


def spoken_words(path: Path) -> list[str]:
    """Strings of several words that are neither a sentence of the catalogues nor a docstring, log line or mark-up."""
    tree = ast.parse(path.read_text())
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        called = node.func if isinstance(node, ast.Call) else None
        if getattr(called, "id", getattr(called, "attr", "")) in SAID_BY | NOT_FOR_PEOPLE:
            silent |= {id(inner) for inner in ast.walk(node)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent
        if re.search(r"[^\W\d_]{2,} [^\W\d_]{2,}", node.value)
    ]


@pytest.mark.parametrize("door", ["kiosk", "booking", "desk", "doorway"])
def test_doors_say_nothing_that_is_not_in_the_catalogues(door: str):
    paths = sorted((ROOT / door).rglob("*.py"))
    assert {name(path): words for path in paths if (words := spoken_words(path))} == {}


def test_every_refusal_says_a_sentence_of_the_catalogues():
    said = 0
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "Refusal" for base in node.bases):
                (text,) = [
                    line.value for line in node.body
                    if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "text"
                ]  # fmt: skip
                assert isinstance(text, ast.Call), (name(path), node.name)
                assert getattr(text.func, "id", "") in SAID_BY, (name(path), node.name)
                said += 1
    assert said > 30


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_what_screen_readers_say_is_in_the_catalogues(path: Path):
    spoken = re.findall(r'\s(?:aria-label|title|alt|placeholder|aria-description)="([^"]*)"', path.read_text())
    for words in spoken:
        bare = re.sub(r"{%.*?%}|{{.*?}}", "", words)
        assert not re.search(r"[^\W\d_]{2,}", bare), words


def test_no_flag_stands_for_a_language():
    for path in [*TEMPLATES, *STYLES, *(ROOT / "static" / "art").glob("*.svg")]:
        text = re.sub(r"{#.*?#}|/\*.*?\*/", "", path.read_text(), flags=re.S)
        assert not re.search(r"\bflag|[\U0001F1E6-\U0001F1FF]", text), name(path)


def test_the_server_takes_headers_as_long_as_browsers_with_many_languages_send_them():
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["limit_request_field_size"] > 10 * 1024


def test_no_access_log_tells_a_path_or_who_came():
    line = runpy.run_path(str(ROOT / "gunicorn.conf.py"))["access_log_format"]
    assert set(re.findall(r"%\((\w+|{[^}]*}\w)\)s", line)) == {"t", "m", "s", "b", "L"}


def test_no_lock_file_names_a_host():
    for file in ("requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json", ".npmrc"):
        text = (ROOT / file).read_text()
        assert not re.search(r"https?://(?!\S*(?:paypal|opencollective|github\.com/sponsors|funding))", text), file


def test_facts_are_append_only_in_the_code():
    for path in MODULES:
        assert not re.search(r"(?:update|delete)\(Fact\)", path.read_text()), name(path)
    assert "data_personal" not in Fact.__table__.columns


def test_every_constraint_has_a_name():
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            assert constraint.name, (table.name, constraint)


def test_the_rules_page_names_tests_that_exist():
    text = (ROOT / "docs" / "rules.md").read_text()
    tests = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text)
    assert len(tests) > 30
    for file, function in tests:
        assert (ROOT / file).exists(), file
        assert not function or f"def {function}(" in (ROOT / file).read_text(), (file, function)
