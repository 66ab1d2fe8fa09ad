"""What catalogues cost of a page, and how long another language takes: on the server, and by one tap on a phone."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

from babel.support import NullTranslations
from flask import Flask
from playwright.sync_api import Page, sync_playwright

from benchmarks.databases import databases
from benchmarks.race import serving
from demo.seed import seed
from foundation.clock import machine_now
from foundation.db import Database, make_engine
from foundation.languages import Languages
from notifications.outbox import write_messages
from tests.browser.conftest import FLAGS, chromium
from tests.conftest import settings_for
from wsgi import create_app

PAGES = ("/", "/book/pfullingen", "/book/pfullingen/letters/B03", "/languages")
TAGS = ("ar", "uk", "de-simple")
ROUNDS, TAPS = 200, 30


def run() -> str:
    """The part of the report."""
    with databases("sqlite") as place:
        url = place.fresh()
        engine = make_engine(url)
        database = Database(engine)
        database.subscribers.append(write_messages)
        seed(database, machine_now())
        engine.dispose()
        app = create_app(settings_for(url))
        rows = [_cost(app, page, tag) for page in PAGES for tag in TAGS]
        with serving(url) as port:
            taps = {tag: _tap(f"http://127.0.0.1:{port}", tag) for tag in TAGS}
    costs = [
        f"| `{page}` | {tag} | {real:.2f} ms | {bare:.2f} ms | {1 - bare / real:+.1%} |"
        for page, tag, real, bare in rows
    ]
    lines = [
        f"Catalogues against identity gettext: the same page, rendered in turns, medians of {ROUNDS} each. *One tap*:",
        f"from the press on another language to the loaded page in a phone-sized Chromium, {TAPS} times, same machine.",
        "",
        "| page | language | with catalogue | identity | catalogues cost (≤ 5 %) |",
        "| --- | --- | --- | --- | --- |",
        *costs,
        "",
        "| another language | wanted | one tap, median | slowest |",
        "| --- | --- | --- | --- |",
        *[f"| {tag} | ≤ 300 ms | {median(found):.0f} ms | {max(found):.0f} ms |" for tag, found in taps.items()],
    ]
    return "\n".join(lines)


def _cost(app: Flask, page: str, tag: str) -> tuple[str, str, float, float]:
    house = app.extensions["empfang"]
    real = house.languages
    bare = Languages([replace(language, catalogue=NullTranslations()) for language in real.all.values()])
    client = app.test_client()
    client.get(f"{page}?lang={tag}")
    times: dict[int, list[float]] = {0: [], 1: []}
    for turn in range(2 * ROUNDS + 20):
        house.languages = (real, bare)[turn % 2]
        began = time.perf_counter()
        client.get(page)
        times[turn % 2].append((time.perf_counter() - began) * 1000)
    house.languages = real
    return page, tag, median(times[0][10:]), median(times[1][10:])


def _tap(url: str, tag: str) -> list[float]:
    with _phone() as open_page:
        page = open_page()
        found = []
        for _ in range(TAPS):
            page.goto(f"{url}/book/pfullingen/letters/B03?lang=de", wait_until="load")
            page.locator(".p-langs summary").click()
            began = time.perf_counter()
            page.locator(f".p-langs a[lang={tag}]").click()
            page.wait_for_function(f"document.documentElement.lang === '{tag}' && document.readyState === 'complete'")
            found.append((time.perf_counter() - began) * 1000)
        return found


@contextmanager
def _phone() -> Iterator[Callable[[], Page]]:
    path = chromium() or "chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, timeout=60_000)
        yield lambda: browser.new_context(viewport={"width": 390, "height": 844}).new_page()
        browser.close()
