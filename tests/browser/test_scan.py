"""Scanning at the kiosk: by the tablet's camera, and by a scanner that types."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import qrcode
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import FLAGS, Site, chromium
from tests.build import at

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WIDTH, HEIGHT = 640, 480
THURSDAY = date(2026, 12, 3)


def film_of(text: str, path: Path) -> Path:
    """A short film of a QR code held before the camera, as raw video."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    size = min(WIDTH, HEIGHT) // len(rows)
    left, top = (WIDTH - size * len(rows)) // 2, (HEIGHT - size * len(rows)) // 2
    picture = [bytearray(b"\xff" * WIDTH) for _ in range(HEIGHT)]
    for y, row in enumerate(rows):
        line = b"".join((b"\x10" if dark else b"\xeb") * size for dark in row)
        for n in range(size):
            picture[top + y * size + n][left : left + len(line)] = line
    frame = b"FRAME\n" + b"".join(picture) + b"\x80" * (WIDTH * HEIGHT // 2)
    path.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 3)
    return path


def booked_link(site: Site, page: Page) -> str:
    page.goto(f"{site.url}/book/pfullingen/letters/B03?day={THURSDAY}")
    page.locator("button.slot").first.click()
    page.locator(".p-do button").click()
    page.locator("form[action$=confirm] button").click()
    site.set_clock(at("08:40", THURSDAY))
    return page.locator(".secret a").get_attribute("href") or ""


def open_code_screen(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/demo/")
    page.locator("form[action$='pair/kiosk/pfullingen'] button").click()
    page.wait_for_load_state("load")
    page.locator("button[lang=uk]").click()
    page.locator(".tile__go").first.click()
    page.locator("#code-form").wait_for()
    page.wait_for_load_state("load")  # a scanner types long after the page is there


def test_a_scanner_that_types_checks_in(site: Site, window: Callable[..., Page]):
    link = booked_link(site, window(390, 844))
    kiosk = window(1080, 1920)
    open_code_screen(site, kiosk)
    kiosk.clock.install()
    kiosk.clock.pause_at(kiosk.evaluate("Date.now() + 1000"))  # a busy machine types no slower
    kiosk.keyboard.type(link[:-22])
    for letter in link[-22:]:  # as slow as fingers: nobody means a scan
        kiosk.clock.run_for(130)
        kiosk.keyboard.type(letter)
    kiosk.keyboard.press("Shift")
    assert kiosk.locator("#scan-form [name=scan]").input_value() == ""
    for _ in range(6):
        kiosk.keyboard.press("Backspace")
    kiosk.clock.run_for(130)
    kiosk.keyboard.type("7")  # the figures among what fingers type are a code
    expect(kiosk.locator("#code")).to_have_value("7")
    kiosk.clock.run_for(130)
    kiosk.keyboard.type(link)
    expect(kiosk.locator("#code")).to_have_value("7")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator(".ticket__no")).to_be_visible()


def test_without_a_camera_the_screen_says_so_and_the_keys_work(site: Site, chrome: Browser):
    context = chrome.new_context(viewport={"width": 1080, "height": 1920})
    context.add_init_script("navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no camera'))")
    kiosk = context.new_page()
    open_code_screen(site, kiosk)
    expect(kiosk.locator("[data-no-camera]")).to_be_visible()
    kiosk.locator(".key[data-digit='7']").click()
    expect(kiosk.locator("#code")).to_have_value("7")
    context.close()


def test_the_camera_reads_the_code_from_the_phone(
    site: Site, window: Callable[..., Page], chrome: Browser, tmp_path: Path
):
    link = booked_link(site, window(390, 844))
    film = film_of(link, tmp_path / "code.y4m")
    filming = chrome.browser_type.launch(
        executable_path=chromium(), args=[*FLAGS, f"--use-file-for-fake-video-capture={film}"], timeout=60_000
    )
    kiosk = filming.new_context(viewport={"width": 1080, "height": 1920}, permissions=["camera"]).new_page()
    open_code_screen(site, kiosk)
    expect(kiosk.locator(".ticket__no")).to_be_visible(timeout=15_000)
    filming.close()
