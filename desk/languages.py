"""How far each language has come, and where a person says that a native speaker has read a sentence (L-11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from flask import render_template, request
from werkzeug.wrappers import Response

from access.approvals import approve, approved_digests, digest_of, withdraw
from access.rights import Right
from desk.session import blueprint
from doorway.binding import actor, reading, the_house
from doorway.gates import current_account, staff
from doorway.pages import field, see_other
from doorway.sounds import sound_states
from foundation.catalogues import Entry, Provenance
from foundation.clock import machine_now
from foundation.errors import NotFound
from foundation.languages import SOURCE, Language
from foundation.sounds import SoundState

ON_A_PAGE = 40


@dataclass(frozen=True)
class Read:
    """A sentence with how far it has come."""

    entry: Entry
    digest: str
    provenance: Provenance


@blueprint.get("/languages")
@staff(Right.APPROVE_SENTENCES)
def languages_() -> str:
    """One row a language: how many sentences are drafts, translated back, approved."""
    rows = [
        (language, _counts(read_entries(language)), sound_states(language.tag))
        for language in the_house().languages.all.values()
    ]
    return render_template(
        "desk/languages.html", rows=rows, account=current_account(), Provenance=Provenance, State=SoundState
    )


@blueprint.get("/languages/<tag>")
@staff(Right.APPROVE_SENTENCES)
def sentences_of(tag: str) -> str:
    """The sentences of a language beside the German ones: law first, then what is open, then the rest."""
    chosen = _translated(tag)
    found = sorted(read_entries(chosen), key=lambda read: (_done(read), not read.entry.legal))
    pages = ceil(len(found) / ON_A_PAGE)
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return render_template(
        "desk/sentences.html", chosen=chosen, shown=shown, counts=_counts(found), page=page, account=current_account(),
        pages=pages, Provenance=Provenance,
    )  # fmt: skip


@blueprint.post("/languages/<tag>")
@staff(Right.APPROVE_SENTENCES)
def vouch(tag: str) -> Response:
    """Approve a sentence as it stands now, or take that back; another text needs another reading."""
    digest, back = field("digest", 64), field("act", 10) == "withdraw"
    if digest not in {read.digest for read in read_entries(_translated(tag))}:
        raise NotFound
    with the_house().database.transaction(actor(), machine_now()) as tx:
        (withdraw if back else approve)(tx, tag, digest)
    return see_other(".sentences_of", tag=tag, page=request.args.get("page", 1, type=int))


def read_entries(language: Language) -> list[Read]:
    """All sentences of a language with how far each has come."""
    approved = approved_digests(reading(), language.tag)
    digests = [digest_of(entry.message, entry.said) for entry in language.entries]
    return [
        Read(entry, digest, Provenance.NATIVE_APPROVED if digest in approved else entry.provenance)
        for entry, digest in zip(language.entries, digests, strict=True)
    ]


def _translated(tag: str) -> Language:
    chosen = the_house().languages.all.get(tag)
    if chosen is None or tag == SOURCE or not chosen.entries:
        raise NotFound
    return chosen


def _done(read: Read) -> bool:
    return read.provenance is Provenance.NATIVE_APPROVED


def _counts(read: Sequence[Read]) -> dict[Provenance, int]:
    return {provenance: sum(r.provenance is provenance for r in read) for provenance in Provenance}
