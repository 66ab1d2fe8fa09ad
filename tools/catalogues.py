"""`python -m tools.catalogues`: bring every catalogue up to the sentences of the code; new ones stay empty."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS: dict[str, dict[str, str]] = {}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "sentence": None, "_": None, "gettext": None, "ngettext": (1, 2), "n_": (1, 2),
}  # fmt: skip
SKIPPED = {".venv", "node_modules", "tests", "tools", "migrations", "benchmarks", "static", "instance"}


def main() -> None:
    """Write `translations/*/messages.po` anew, sorted as the code is; says what is missing."""
    template = Catalog(project="empfang")
    found = extract_from_dir(ROOT, METHODS, OPTIONS, KEYWORDS, directory_filter=lambda d: Path(d).name not in SKIPPED)
    for file, _, message, comments, context in found:
        template.add(message, None, [(file, 1)], auto_comments=comments, context=context)
    for path in sorted((ROOT / "translations").glob("*/messages.po")):
        catalogue = read_po(BytesIO(path.read_bytes()), locale=path.parent.name.replace("-", "_"))
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with path.open("wb") as written:
            write_po(written, catalogue, width=110, include_lineno=False, sort_by_file=True)
        missing = [message.id for message in catalogue if message.id and not message.string]
        print(f"{path.parent.name}: {len(catalogue)} sentences, {len(missing)} missing", *missing, sep="\n  ")


if __name__ == "__main__":
    main()
