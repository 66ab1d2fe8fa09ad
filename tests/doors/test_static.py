"""Static files: small on the wire, kept for a year; pages are never compressed (decision 14)."""

import gzip
from pathlib import Path

import brotli
import pytest
from flask import Flask

from tests.doors.client import LookingClient
from tests.doors.test_house_rules import every_path

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
FILE = "/static/css/phone.css"


@pytest.mark.parametrize(
    ("accepted", "sent", "opened"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_style_sheet_comes_as_the_browser_can_read_it(app: Flask, accepted: str, sent: str | None, opened):
    answer = app.test_client().get(FILE, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == sent
    assert opened(answer.data) == (Path(app.static_folder) / "css" / "phone.css").read_bytes()
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000"


def test_a_browser_that_kept_a_compressed_file_is_told_to_keep_it(app: Flask):
    first = app.test_client().get(FILE, headers=BROWSER)
    again = app.test_client().get(FILE, headers=BROWSER | {"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_a_file_is_the_same_whatever_cookie_asks_for_it(app: Flask, staff):
    browser = staff("ahorn")
    answer = browser.get(FILE)
    assert "Cookie" not in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" in browser.get("/desk/").headers["Vary"]


def test_no_page_is_compressed(app: Flask, client: LookingClient, staff):
    pages = [path for path in every_path(app, "GET") if not path.startswith("/static/")]
    for browser in (client, staff("ahorn")):
        for path in pages:
            assert "Content-Encoding" not in browser.get(path, headers=BROWSER).headers, path
