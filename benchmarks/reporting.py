"""Where the figures go, and how the engine's are said."""

from pathlib import Path

from benchmarks.engine import Report

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "docs" / "benchmarks.md"
CURVES = ROOT / "docs" / "pictures" / "growth.svg"
HEAD = """# Benchmarks

Written by `make bench`, part by part (`make bench PARTS=engine`); floors in the same run. Figures of one machine
differ by a quarter from run to run: compare only what stands in one table.
"""


WORLD = """World: 3 centres, 40 counsellors, 20 rooms, 6 weeks, 60 % of what the rooms can hold booked. Every search
opens a session of its own. *Warm*: the process has searched before; versions are read each time and show that nothing
has changed. *After a booking*: two resources are read anew. *Cold*: a new process. The floor reads the claims of only
three of the counsellors in the same window by one indexed range query, as plain rows."""


def engine_part(report: Report) -> str:
    """Rows E1 to E4 as tables."""
    lines = [
        *WORLD.splitlines(),
        "",
        "| row | what | wanted | SQLite | PostgreSQL |",
        "| --- | --- | --- | --- | --- |",
    ]

    def row(name: str, what: str, wanted: str, key: str, form: str = "{:.2f} ms", of: str = "search") -> None:
        found = getattr(report, of)
        cells = [form.format(found[kind][key]) for kind in ("sqlite", "postgresql")]
        lines.append(f"| {name} | {what} | {wanted} | {cells[0]} | {cells[1]} |")

    row("E1", "search, one centre, 4 weeks, warm: median", "≤ 2.5 ms", "one")
    row("E1", "the same, three centres", "≤ 6 ms", "three")
    row("E1", "statements, warm", "≤ 3", "statements", "{:.0f}")
    row("E1", "statements, cold", "≤ 3", "statements cold", "{:.0f}")
    row("–", "one centre, first search after a booking", "–", "changed")
    row("–", "one centre, cold", "–", "cold")
    row("floor", "one range read, three counsellors", "–", "floor")
    row("E3", "hold: share of the floor's rate", "≥ 50 %", "hold share", "{:.0%}", "writes")
    row("E3", "hold: a second", "–", "hold", "{:.0f}", "writes")
    row("floor", "the same statements by Core alone", "–", "hold floor", "{:.0f}", "writes")
    row("E3", "hold: statements", "≤ 8", "hold statements", "{:.0f}", "writes")
    row("E3", "confirm with SMS: share of the floor's rate", "≥ 50 %", "confirm share", "{:.0%}", "writes")
    row("E3", "confirm: a second", "–", "confirm", "{:.0f}", "writes")
    row("floor", "the same statements by Core alone", "–", "confirm floor", "{:.0f}", "writes")
    row("E3", "confirm: statements", "≤ 8", "confirm statements", "{:.0f}", "writes")
    memory = [f"{report.memory[kind]:.0f} MiB" for kind in ("sqlite", "postgresql")]
    lines.append(f"| E4 | cold search, 12 weeks, 400 counsellors: memory | ≤ 50 MB | {memory[0]} | {memory[1]} |")
    lines += ["", "Growth (row E2, wanted ≤ 1.25 ×): the same search while other weeks and other centres fill up.", ""]
    lines += ["| appointments | SQLite | PostgreSQL |", "| --- | --- | --- |"]
    for lite, post in zip(report.growth["sqlite"], report.growth["postgresql"], strict=True):
        lines.append(f"| {lite[1]:,} | {lite[2]:.2f} ms | {post[2]:.2f} ms |")
    grown = [report.growth[kind][-1][2] / report.growth[kind][0][2] for kind in ("sqlite", "postgresql")]
    lines += [
        f"| **last ÷ first** | **{grown[0]:.2f} ×** | **{grown[1]:.2f} ×** |",
        "",
        "![Growth](pictures/growth.svg)",
    ]
    CURVES.write_text(curves(report))
    return "\n".join(lines)


def curves(report: Report) -> str:
    """The growth as a picture: appointments (each step ten times more) against milliseconds."""
    width, height, left, bottom = 640, 300, 60, 40
    most = max(ms for points in report.growth.values() for _, _, ms in points) * 1.25
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-size="13">',
        "<style>text { font-family: sans-serif }</style><title>Search time against number of appointments</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<path d="M{left} 20V{height - bottom}H{width - 20}" fill="none" stroke="#333"/>',
    ]
    for tick in range(5):
        y = height - bottom - tick / 4 * (height - bottom - 30)
        parts.append(f'<text x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{most * tick / 4:.1f} ms</text>')
    for (kind, points), colour in zip(report.growth.items(), ("#0b5cad", "#b3541e"), strict=True):
        places = [
            (
                left + 40 + n * (width - left - 140) / (len(points) - 1),
                height - bottom - ms / most * (height - bottom - 30),
            )
            for n, (_, _, ms) in enumerate(points)
        ]
        line = " ".join(f"{x:.0f},{y:.0f}" for x, y in places)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{colour}"/>' for x, y in places]
        parts.append(f'<text x="{places[-1][0] + 10:.0f}" y="{places[-1][1] + 4:.0f}" fill="{colour}">{kind}</text>')
        if kind == "sqlite":
            parts += [
                f'<text x="{x:.0f}" y="{height - 18}" text-anchor="middle">{name}</text>'
                for (x, _), (name, _, _) in zip(places, points, strict=True)
            ]
    return "\n".join([*parts, "</svg>"]) + "\n"
