"""How a kiosk stands: how fine its panel is and whether everything that is pressed keeps low (K-04, K-05)."""

from flask import Response, g, request
from werkzeug.wrappers import Response as BaseResponse

from access.models import LEAST_PPI, MOST_PPI, USUAL_PPI, Device
from doorway.binding import the_house
from doorway.gates import current_device, device
from kiosk.pairing import blueprint

COOKIE = "low"
YEAR = 31_536_000


@blueprint.context_processor
def reach() -> dict[str, object]:
    """What the layout asks for."""
    paired: Device | None = g.get("device")
    return {"low": _is_low(paired), "ppi": paired.ppi if paired.ppi != USUAL_PPI else None} if paired else {}


@blueprint.get(f"/size-<int(min={LEAST_PPI}, max={MOST_PPI}):ppi>.css")
@device("kiosk")
def size(ppi: int) -> Response:
    """Everything is as large on this panel as it is on one of 96 pixels an inch; a style in the page is forbidden."""
    answer = Response(f":root {{ --ppi: {ppi}; }}", mimetype="text/css")
    answer.cache_control.max_age, answer.cache_control.private = YEAR, True
    return answer


def turned_low(answer: BaseResponse) -> BaseResponse:
    """The other way round from now on; until the next person, who finds it as the device is set up."""
    now_low = "0" if _is_low(current_device()) else "1"
    answer.set_cookie(COOKIE, now_low, path="/kiosk/", samesite="Strict", secure=the_house().settings.secure)
    return answer


def _is_low(paired: Device) -> bool:
    return request.cookies.get(COOKIE, str(int(paired.low))) == "1"
