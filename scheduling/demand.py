"""Demand nobody could meet, counted without a person: which service, where, in which language."""

from foundation.db import Transaction
from scheduling.happened import Happened
from scheduling.models import Centre, Service

SCOPE = "demand"
"""Of its own, so that no desk looks anew because of it."""


def note_unmet(tx: Transaction, service: Service, centre: Centre, language: str) -> int:
    """Somebody said that nothing fits. Returns the service's id; keeps codes only, nothing of whoever said it."""
    tx.record(Happened.UNMET, "service", service.id, SCOPE, centre=centre.code, service=service.code, language=language)
    return service.id
