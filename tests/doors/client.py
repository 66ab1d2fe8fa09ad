"""A client that looks at every page it fetches, as a person and a screen reader would."""

import re
import unicodedata
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from foundation.languages import TRANSLATIONS, Languages

LANGUAGES = Languages.load(TRANSLATIONS)
NAMES = {"Empfang", "SMS", "QR", "Demo", "IZ", "BITV", "EN"}
"""Latin words that stand in lines of any script."""

VOID = {"meta", "link", "input", "br", "hr", "img", "path", "use", "circle", "rect"}


class Page(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.title = ""
        self.foreign: list[str] = []
        self.turned: list[str] = []
        self._inside: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {k: v or "" for k, v in attrs}
        self.tags.append((tag, said))
        _, outer_lang, outer_dir = self._inside[-1] if self._inside else ("", "", "")
        lang, direction = said.get("lang", outer_lang), said.get("dir", "auto" if tag == "bdi" else outer_dir)
        if "lang" in said and lang in LANGUAGES.all and direction not in {"auto", LANGUAGES.all[lang].direction}:
            self.turned.append(f"<{tag} lang={lang}> runs {direction}")
        if tag not in VOID:
            self._inside.append((tag, "" if tag == "bdi" and "lang" not in said else lang, direction))

    def handle_endtag(self, tag: str) -> None:
        if tag in {name for name, _, _ in self._inside}:
            while self._inside.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        around = {tag for tag, _, _ in self._inside}
        if "title" in around:
            self.title += data
        elif not {"style", "script", "textarea"} & around:  # what is typed is nobody's language
            self.text += data
            lang = self._inside[-1][1] if self._inside else ""
            self.foreign += [f"{word} in {lang}" for word in _foreign(data, lang)]

    def all(self, name: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.tags if tag == name]

    def field(self, name: str) -> str:
        return next(i.get("value", "") for i in self.all("input") if i.get("name") == name)

    @property
    def slots(self) -> list[str]:
        return [b["value"] for b in self.all("button") if b.get("name") == "start"]


class LookingClient(FlaskClient):
    """Checks title, one h1, unique ids, labels, lang and dir, no inline script or style, on every whole page."""

    page: Page
    token = ""

    def open(self, *args: object, **kwargs: object) -> TestResponse:
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and answer.status_code not in {303, 308}:
            self.page = Page(answer.text)
            self.token = next((i["value"] for i in self.page.all("input") if i.get("name") == "csrf_token"), self.token)
            if "<html" in answer.text:
                self._look(self.page)
        return answer

    def send(self, path: str, data: dict[str, str] | None = None, **kwargs: object) -> TestResponse:
        """POST a form of the page that was fetched last, with the newest token and the visit it names."""
        named = {i["name"]: i["value"] for i in self.page.all("input") if i.get("name") == "visit"}
        return self.post(path, data={"csrf_token": self.token, **named, **(data or {})}, **kwargs)

    @staticmethod
    def _look(page: Page) -> None:
        (html,) = page.all("html")
        assert html["lang"]
        assert html["dir"] in {"ltr", "rtl"}
        assert page.title.strip().strip("· "), "a page without a title"
        assert len(page.all("h1")) == 1, [tag for tag, _ in page.tags]
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(ids) == len(set(ids)), ids
        labelled = {label["for"] for label in page.all("label") if "for" in label}
        for field in page.all("input") + page.all("select"):
            if field.get("type") not in {"hidden", "radio"} and "d-input" not in field.get("class", ""):
                assert field["id"] in labelled, field
        assert not [a for _, a in page.tags if "style" in a or any(k.startswith("on") for k in a)]
        assert all("src" in script for script in page.all("script"))
        assert not page.turned, page.turned
        assert not page.foreign, page.foreign
        assert not re.search(r"[{%]{2}|\bNone\b|Undefined", page.text)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]


def _foreign(text: str, lang: str) -> list[str]:
    """Words written in another script than their language's; inside `bdi` names may stand in any."""
    if lang not in LANGUAGES.all:
        return []
    own = _script(LANGUAGES.all[lang].autonym[0])
    return [w for w in re.findall(r"[^\W\d_]{2,}", text) if _script(w[0]) != own and w not in NAMES]
