"""Numbers and signs of tickets (W-01). Pure."""

from dataclasses import dataclass

FIRST_NUMBER, LAST_NUMBER = 100, 899

COLOURS = ("blue", "orange", "green", "red", "purple", "yellow")
"""Pink and black are kept for tickets made without network."""

ANIMALS = (
    "fish", "bird", "horse", "camel", "butterfly", "elephant", "turtle", "bee", "rabbit", "lion", "sheep", "cat",
)  # fmt: skip

SHAPES = {
    "blue": "circle", "orange": "circle", "red": "square", "yellow": "square",
    "green": "diamond", "black": "diamond", "purple": "flower", "pink": "flower",
}  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """Colour and animal beside a number, for people who do not read digits; each colour has its own shape."""

    colour: str
    animal: str

    @property
    def shape(self) -> str:
        """The outline that always goes with the colour."""
        return SHAPES[self.colour]


def sign_of(number: int) -> Sign:
    """The sign of a number: the remainder by 72 over 6 colours × 12 animals; neighbours differ in both."""
    row, animal = divmod(number % 72, len(ANIMALS))
    return Sign(COLOURS[(animal + row) % len(COLOURS)], ANIMALS[animal])


def next_number(last: int | None, waiting: set[int]) -> int | None:
    """The number after `last` whose sign nobody who waits has; None when the day's numbers are used up.

    Where so many wait that every sign is taken, signs repeat: the numbers stay different.
    """
    shown = {sign_of(number) for number in waiting}
    first = FIRST_NUMBER if last is None else last + 1
    free = (number for number in range(first, LAST_NUMBER + 1) if sign_of(number) not in shown)
    return next(free, first if first <= LAST_NUMBER else None)
