"""Rules of the house that tools can check: gates, floors, templates, styles, texts, lock files."""

import ast
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from foundation.facts import Fact
from foundation.model import Base
from tests.conftest import settings_for
from tools.catalogues import KEYWORDS, METHODS, OPTIONS, ROOT, SKIPPED
from wsgi import create_app

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
    words = set(re.findall(r"[^\W\d_]{2,}", bare))
    assert words <= {"Empfang", "Integrationszentren"}, words


@pytest.mark.parametrize("path", [p for p in TEMPLATES if p.name.startswith("_")], ids=name)
def test_a_fragment_is_one_element_whose_id_is_its_name(path: Path):
    text = re.sub(r"{#.*?#}|{%.*?%}", "", path.read_text(), flags=re.S).strip()
    tag, identity = re.match(r'<(\w+)[^>]* id="([\w-]+)"', text).groups()
    assert identity == path.stem.removeprefix("_")
    assert text.endswith(f"</{tag}>")


@pytest.mark.parametrize("path", STYLES, ids=name)
def test_styles_know_start_and_end_not_left_and_right(path: Path):
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    found = re.findall(
        r"(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![\w-])(?:left|right|top|bottom|width|height)\s*:|"
        r"text-align:\s*(?:left|right)|float:|text-overflow|(?<![\w-])(?:min|max)-(?:width|height)\s*:",
        rules,
    )
    assert not [f for f in found if not f.startswith(("min-", "max-"))], found
    if path.name != "tokens.css":
        allowed = {"#000", "#000000", "#fff", "#ffffff"}
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) <= allowed


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_scripts_format_nothing_and_say_nothing(path: Path):
    text = path.read_text()
    assert not re.search(r"toLocale|Intl\.|innerHTML|eval\(|https?://", text)


def test_pages_load_nothing_from_another_host():
    for path in [*TEMPLATES, *STYLES]:
        assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", path.read_text()), name(path)


def test_every_sentence_of_the_code_is_in_every_catalogue():
    found = {
        message if isinstance(message, str) else message[0]
        for _, _, message, _, _ in extract_from_dir(ROOT, METHODS, OPTIONS, KEYWORDS, directory_filter=_ours)
    }
    assert len(found) > 250
    for tag in ("en", "ar", "uk"):
        catalogue = read_po(BytesIO((ROOT / "translations" / tag / "messages.po").read_bytes()), locale=tag)
        there = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.id and m.string}
        assert found - there == set(), tag
        assert there - found == set(), f"{tag}: sentences nobody says any more"


def _ours(folder: str) -> bool:
    return Path(folder).name not in SKIPPED


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
