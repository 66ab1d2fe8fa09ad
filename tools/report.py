"""Reports that are written part by part: a part that is measured anew replaces what it said before."""

import os
import platform
import re
from pathlib import Path

from foundation.clock import machine_now


def write_part(report: Path, head: str, title: str, body: str) -> None:
    """Put a part under `## title` into a report, which begins with `head` when it is new."""
    when = f"{machine_now():%Y-%m-%d}, Python {platform.python_version()}, {os.cpu_count()} cores"
    part = f"## {title}\n\n*{when}*\n\n{body.strip()}\n"
    sections = re.split(r"(?m)^(?=## )", report.read_text() if report.exists() else head)
    kept = [section.strip() for section in sections if section.strip() and not section.startswith(f"## {title}\n")]
    report.write_text("\n\n".join([*kept, part]))
