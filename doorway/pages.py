"""Page or fragment from one context, redirects after POST, addresses of assets, QR codes."""

import hashlib
from collections.abc import MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

import qrcode
from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.templating import Environment
from flask_htmx import HTMX
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from foundation.errors import NotFound
from foundation.formats import latin_digits
from foundation.tokens import random_token
from queueing.sign_names import name_of

htmx = HTMX()


class Templates(Environment):
    """Jinja asks for a template's globals whenever it is imported: as a plain dict, not a chain of two, that is quick.

    They are all set before the first template is loaded.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Those of every template, and its own."""
        return {**self.globals, **(d or {})}


def prepare_pages(app: Flask) -> None:
    """Give templates the addresses of assets, fresh form keys and the names of signs."""
    htmx.init_app(app)
    app.jinja_env.globals.update(asset=asset, has_asset=has_asset, form_key=random_token, sign_name=name_of, qr=qr_path)


def page_or_fragment(page: str, fragment: str, status: int = 200, **context: Any) -> Response:
    """The whole page, or for htmx its one live part; never a fragment when htmx restores history."""
    wants_fragment = bool(htmx) and not htmx.history_restore_request
    answer = make_response(render_template(fragment if wants_fragment else page, **context), status)
    answer.headers["Vary"] = "HX-Request"
    return answer


def see_other(endpoint: str, **values: Any) -> BaseResponse:
    """After a POST that did its work: 303 to the page that shows it."""
    return redirect(url_for(endpoint, **values), 303)


def unchanged(tag: str) -> bool:
    """Whether a live part that asks with its change tag has the newest state (answer 204, not 304)."""
    return bool(htmx) and request.args.get("v") == tag


def field(name: str, longest: int = 200) -> str:
    """A form field, trimmed and cut, without control characters, digits of any script as Latin ones (L-06)."""
    typed = "".join(c for c in request.form.get(name, "") if c.isprintable())
    return latin_digits(typed.strip()[:longest])


def number_field(name: str) -> int:
    """A number that a form of ours has named; raises NotFound for anything else."""
    typed = field(name, 9)
    if not (typed.isascii() and typed.isdecimal()):
        raise NotFound
    return int(typed)


def text_field(name: str, longest: int) -> str:
    """A form field of several lines, as one line; trimmed and cut, without control characters."""
    typed = "".join(c if c.isprintable() else " " for c in request.form.get(name, "")[: 2 * longest])
    return " ".join(typed.split())[:longest]


@cache
def asset(name: str) -> str:
    """The address of a static file with its content's hash, so that it can be kept for a year. Read once a process."""
    file = _static() / name
    fingerprint = hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "0"
    return f"{current_app.static_url_path}/{name}?v={fingerprint}"


@cache
def has_asset(name: str) -> bool:
    """Whether a file built at set-up is there; pages work without. Looked up once a process."""
    return (_static() / name).is_file()


def qr_path(text: str) -> dict[str, object]:
    """A QR code as side length and SVG path, in modules with a quiet zone of four."""
    code = qrcode.QRCode(border=4, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"side": len(rows), "path": Markup(path)}


def _static() -> Path:
    return Path(current_app.static_folder or "static")
