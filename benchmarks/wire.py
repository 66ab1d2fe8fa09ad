"""Row W1: a client with an old phone on a slow line opens a centre's link and books: bytes on the wire, and seconds.

Chromium itself slows the line (each request waits for the latency, TCP's and TLS's handshakes do not) and the
processor. Each booking is a browser context of its own: nothing is kept from the one before.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.databases import databases
from benchmarks.doors import serving_floor
from benchmarks.race import serving
from demo.seed import seed
from foundation.clock import machine_now
from foundation.db import Database, make_engine
from notifications.outbox import write_messages
from tests.browser.conftest import FLAGS, chromium

LANGUAGES = {"de": "de-DE", "ar": "ar"}
SAMPLES, HEAVIEST, SLOWER = 3, 9, 4
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
LINK = "/book/pfullingen"
PRESSES = (
    "a.row[href$=letters]", "a.row[href*=B03]", ".p-do button", "button.slot", ".p-do button",
    "form[action$=confirm] button",
)  # fmt: skip
"""Topic, service, wishes, time, contact, check."""
WATCH = Path(__file__).with_name("painted.js")
FLOOR = """import flask
app = flask.Flask(__name__)
app.get("/")(lambda: "<!doctype html><title>x</title><main><h1>x</h1><a class=row href=/>x</a></main>")
"""
HEAD = f"""Row W1: a phone-sized Chromium, nothing kept, 400 kbit/s each way, 400 ms for every request, the processor
{SLOWER} times slower, from a centre's link to the confirmed visit: medians of {SAMPLES} bookings. Bytes are what
Chromium received, headers too; *identity*: a client who accepts no encoding. *Painted*: the frame after the first in
which the element has a box, but not before Chromium's own first contentful paint; *answer*: the first row, time or
button of `main`. Handshakes are not in it: TCP and TLS 1.3 are two round trips, DNS one, 0.8 to 1.2 s once. The floor
is one h1 and one link, by Flask alone on the same gunicorn.

| | first page (≤ 60 kB) | whole booking (≤ 200 kB) | both, identity | h1, answer painted (≤ 5 s) | next page, slowest \
(≤ 3 s) |
| --- | --- | --- | --- | --- | --- |"""


@dataclass
class Trip:
    """One booking, page by page: bytes by resource, address, milliseconds until h1 and first answer are painted."""

    weights: list[Counter[str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    h1: list[float] = field(default_factory=list)
    answer: list[float] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def asked(self, event: dict) -> None:
        """A request goes out; an answer that only led on to it counts too."""
        if "redirectResponse" in event:
            self.weights[-1]["(303)"] += int(event["redirectResponse"]["encodedDataLength"])
        self.names[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def came(self, event: dict) -> None:
        """All of an answer is here; nothing came if it was kept."""
        self.weights[-1][self.names[event["requestId"]]] += int(event["encodedDataLength"])

    def at_rest(self, page: Page) -> None:
        """The page has loaded all it wants: note its address and moments."""
        page.wait_for_load_state("networkidle")
        page.wait_for_function("'h1' in painted")
        painted = page.evaluate("painted")
        drawn = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        self.paths.append(urlsplit(page.url).path)
        self.h1.append(max(painted["h1"], drawn))
        self.answer.append(max(painted.get("answer", 0), drawn))


def travel(browser: Browser, address: str, locale: str, presses: tuple[str, ...] = PRESSES, **more: object) -> Trip:
    """Open the address and press one after the other, each when its page has come to rest."""
    trip, context = Trip(), browser.new_context(viewport={"width": 360, "height": 740}, locale=locale, **more)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(path=WATCH)
    session = context.new_cdp_session(page)
    session.on("Network.requestWillBeSent", trip.asked)
    session.on("Network.loadingFinished", trip.came)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    for selector in (None, *presses):
        trip.weights.append(Counter())
        with page.expect_navigation():
            page.locator(selector).first.click() if selector else page.goto(address)
        trip.at_rest(page)
    if presses and not page.locator(".pass__code b").count():
        raise SystemExit(f"{page.url} is no booked visit")
    context.close()
    return trip


@contextmanager
def opened() -> Iterator[tuple[Browser, str, str]]:
    """A browser, the link of a centre with demo data, and the address of the floor."""
    with databases("sqlite") as place, sync_playwright() as playwright:
        url = place.fresh()
        database = Database(make_engine(url))
        database.subscribers.append(write_messages)
        seed(database, machine_now())
        database.engine.dispose()
        with serving(url) as port, serving_floor(FLOOR) as floor:
            browser = playwright.chromium.launch(executable_path=chromium() or "chromium", args=FLAGS, timeout=60_000)
            yield browser, f"http://127.0.0.1:{port}{LINK}", f"http://127.0.0.1:{floor}/"
            browser.close()


def run() -> str:
    """The part of the report."""
    floors, trips, plain = [], {tag: [] for tag in LANGUAGES}, {}
    with opened() as (browser, link, floor):
        for _ in range(SAMPLES):
            floors.append(travel(browser, floor, "de-DE", ()))
            for tag, locale in LANGUAGES.items():
                trips[tag].append(travel(browser, link, locale))
        for tag, locale in LANGUAGES.items():
            plain[tag] = travel(browser, link, locale, extra_http_headers={"Accept-Encoding": "identity"})
    rows = [f"| {tag} | {_bytes(trips[tag])} | {_bytes([plain[tag]], ', ')} | {_times(trips[tag])} |" for tag in plain]
    rows += [f"| floor | {_bytes(floors)} | – | {_times(floors)} |", ""]
    first = {**{tag: found[-1].weights[0] for tag, found in trips.items()}, "ar, identity": plain["ar"].weights[0]}
    rows += [f"| heaviest of the first page | {' | '.join(first)} |", "| --- " * (1 + len(first)) + "|"]
    for name, _ in first["ar, identity"].most_common(HEAVIEST):
        rows.append(f"| `{name}` | {' | '.join(f'{weight[name] / 1000:.1f} kB' for weight in first.values())} |")
    return "\n".join([HEAD, *rows])


def _bytes(trips: list[Trip], between: str = " | ") -> str:
    first = median(trip.weights[0].total() for trip in trips)
    whole = median(sum(weight.total() for weight in trip.weights) for trip in trips)
    return f"{first / 1000:.1f} kB{between}{whole / 1000:.1f} kB"


def _times(trips: list[Trip]) -> str:
    h1, answer = (median(getattr(trip, what)[0] for trip in trips) / 1000 for what in ("h1", "answer"))
    following = [max(zip(trip.h1[1:], trip.paths[1:], strict=True), default=(0, "–")) for trip in trips]
    slowest, path = sorted(following)[len(trips) // 2]
    return f"{h1:.2f} s, {answer:.2f} s | " + (f"{slowest / 1000:.2f} s, `{path}`" if slowest else "–")
