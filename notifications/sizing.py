"""How a text travels as SMS: plain characters, encoding, segments (S-01). Pure."""

from dataclasses import dataclass

MOST_SEGMENTS = 3

GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
_PLAIN = str.maketrans("–—’‘“”„«»\u00a0\u200c", "--''" + 5 * '"' + "  ")


@dataclass(frozen=True)
class Size:
    """How a text travels: its encoding, how many of that encoding's units stand in each segment, and how many could."""

    encoding: str
    parts: tuple[int, ...]
    room: int

    @property
    def units(self) -> int:
        """The length of the whole text."""
        return sum(self.parts)

    @property
    def segments(self) -> int:
        """What it costs."""
        return len(self.parts)


def plain(text: str) -> str:
    """Typographic characters as plain ones: a single dash would double the price of a German text (S-01)."""
    return text.translate(_PLAIN)


def size_of(text: str) -> Size:
    """Encoding and segments of a text as networks count them (S-01); escapes and surrogate pairs are not split."""
    if all(c in GSM_BASIC or c in GSM_EXTENDED for c in text):
        widths = [2 if c in GSM_EXTENDED else 1 for c in text]
        return _packed("GSM-7", widths, 160, 153)
    return _packed("UCS-2", [2 if ord(c) > 0xFFFF else 1 for c in text], 70, 67)


def _packed(encoding: str, widths: list[int], single: int, part: int) -> Size:
    if sum(widths) <= single:
        return Size(encoding, (sum(widths),), single)
    parts = [0]
    for width in widths:
        if parts[-1] + width > part:
            parts.append(0)
        parts[-1] += width
    return Size(encoding, tuple(parts), part)
