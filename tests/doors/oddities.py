"""What a browser, a person in a hurry or a program may send: sensible words, odd ones, bodies that are none."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.build import MONDAY, PASSWORD, PHONE

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
PART = b'--b\r\nContent-Disposition: form-data; name="code"\r\n\r\n1\r\n'
CODE, LINK, SLOT = "CODE", "LINK", "2026-11-23T09:45Z"
"""The first two stand for a visit's code and secret link, which are known only when it is booked."""

SENSIBLE = [
    CODE, LINK, SLOT, "B02", "B03", "pfullingen", "yes", "no", PHONE, "de", "ar", "1", "100", "buche", str(MONDAY),
    "desk", "kiosk", "other", "waiting", PASSWORD,
]  # fmt: skip
_WELL_KNOWN = [
    "", " ", "\0", "\x1b[2J", "\r\nSet-Cookie: a=b", "٣٤٥٦٧٨", "²", "Ⅷ", "-1", "9" * 5000, "1e309", "NaN", "%00",
    "\u202e", "2026-02-30", "0001-01-01T00:00Z", "9999-12-31T23:59Z", "' OR 1=1 --", "<script>", "../../wsgi.py",
    "🦉" * 99, "+49152٢٨٨١٧٣٨٦", "https://x/t/", "-2147483649", "9223372036854775808",
]  # fmt: skip
_BROKEN = [b"%zz=%&=&&;code=%ff%fe&\xc3", b"code=%ED%A0%80&lang=%00", b'[{"start": null}]', PART, PART[:30], b"code=1&"]
_KINDS = [
    URLENCODED, URLENCODED + "; charset=utf-16", MULTIPART, "multipart/form-data", 'multipart/form-data; boundary="',
    "application/json", "text/plain; charset=none", "", ";;=",
]  # fmt: skip

odd = st.one_of(
    st.sampled_from(_WELL_KNOWN),
    st.text(max_size=40),
    st.text(st.characters(categories=["Nd", "Cc", "Cf", "Zl"]), max_size=12),
    st.integers(-(2**70), 2**70).map(str),
    st.dates().map(str),
    st.datetimes().map(lambda moment: f"{moment:%Y-%m-%dT%H:%MZ}"),
)
sensible = st.sampled_from(SENSIBLE)
typed = st.booleans().flatmap(lambda plain: sensible if plain else odd)
several = typed | st.none() | st.lists(typed, max_size=3)
"""What stands under one name: once, not at all, or more than once."""

broken = st.tuples(
    st.sampled_from(_BROKEN) | st.binary(max_size=60), st.sampled_from([1, 1, 1, 1100, 9000]), st.sampled_from(_KINDS)
)
"""Bytes, how many times, and what they are said to be."""

_latin = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=20)
headers = st.fixed_dictionaries(
    {},
    optional={
        "HX-Request": st.just("true"),
        "HX-History-Restore-Request": st.just("true"),
        "Sec-Fetch-Site": st.sampled_from(["same-origin", "none", "cross-site"]),
        "Content-Encoding": st.just("gzip"),
        **dict.fromkeys(["Accept-Language", "Referer", "Range", "If-None-Match", "X-Forwarded-For"], _latin),
    },
)


@dataclass(frozen=True)
class Sent:
    """A request: which of the values offered, which fields hold something else, and what is odd around them."""

    pick: int
    spoilt: list[tuple[int, str | list[str] | None]]
    instead: tuple[bytes, int, str] | None
    address: str | None
    query: str
    headers: dict[str, str]


requests = st.builds(
    Sent,
    pick=st.integers(0, 999),
    spoilt=st.lists(st.tuples(st.integers(0, 99), several), max_size=4),
    instead=st.none() | st.none() | st.none() | broken,
    address=st.none() | st.none() | st.none() | odd,
    query=st.just("") | odd,
    headers=st.just({}) | headers,
)
