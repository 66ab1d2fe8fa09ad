"""Looks over a rendered page: axe for accessibility, and our own eyes for size, contrast and the house's rules."""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

LOOK = (Path(__file__).parent / "look.js").read_text()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ASKED = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
"""Only what is wrong is told: to tell everything that is right takes longer than to find it."""


def look(page: Page, *, kiosk: bool = False, axe: bool = True, ppi: int = 96) -> None:
    """Asserts that nothing is cut off, on each other, unreadable or too small, and that axe finds nothing."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    faults = page.evaluate(f"({LOOK})({'true' if kiosk else 'false'}, {ppi})")
    assert faults == [], (page.url, faults)
    if not axe:
        return
    asked = {**ASKED, "rules": {"color-contrast-enhanced": {"enabled": kiosk}}}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate("asked => axe.run(asked).then(found => found.violations)", asked)
    assert violations == [], [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in violations]
