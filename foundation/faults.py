"""How a fault is written to the log: where it happened, never what was in it."""

import traceback


def told_without_values(fault: BaseException) -> str:
    """Kind and place of a fault; its message is left out, because databases put whole rows into it."""
    return f"{type(fault).__name__}\n{''.join(traceback.format_tb(fault.__traceback__))}"
