"""E-mail addresses as people type them: simple ones, which can stand in a header without harm."""

import re

LONGEST = 254
_ADDRESS = re.compile(
    r"[A-Za-z0-9.+_'&=~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)


def is_email(text: str) -> bool:
    """Whether it is one plain address: ASCII, one @, a dot in the domain, no space, quote, comment or line break."""
    return len(text) <= LONGEST and _ADDRESS.fullmatch(text) is not None
