"""Who vouches for a sentence: approved once, gone with the text it was given for."""

from sqlalchemy import select

from access.approvals import approve, approved_digests, digest_of, withdraw
from foundation.facts import Actor, Fact
from tests.build import NOW, World

LEAD = Actor("staff", 1)
YES = digest_of(("Ja",), ("نعم",))


def kinds(world: World) -> list[str]:
    with world.database.reading() as session:
        return list(session.scalars(select(Fact.kind).where(Fact.subject_kind == "approval").order_by(Fact.id)))


def approved(world: World, tag: str) -> frozenset[str]:
    with world.database.reading() as session:
        return approved_digests(session, tag)


def test_a_sentence_is_approved_once_and_it_is_known_by_whom(world: World):
    for _ in range(2):
        with world.database.transaction(LEAD, NOW) as tx:
            approve(tx, "ar", YES)
    assert approved(world, "ar") == {YES}
    assert approved(world, "uk") == frozenset()
    assert kinds(world) == ["sentence.approved"]
    with world.database.reading() as session:
        fact = session.scalars(select(Fact).where(Fact.kind == "sentence.approved")).one()
        assert (fact.actor_kind, fact.actor_id, fact.at) == ("staff", 1, NOW)


def test_an_approval_can_be_taken_back(world: World):
    with world.database.transaction(LEAD, NOW) as tx:
        approve(tx, "ar", YES)
    for _ in range(2):
        with world.database.transaction(LEAD, NOW) as tx:
            withdraw(tx, "ar", YES)
    assert approved(world, "ar") == frozenset()
    assert kinds(world) == ["sentence.approved", "sentence.approval_withdrawn"]


def test_another_text_has_to_be_read_again():
    assert digest_of(("Ja",), ("نعم",)) != digest_of(("Ja",), ("أجل",))
    assert digest_of(("Ja",), ("نعم",)) != digest_of(("Nein",), ("نعم",))
    assert digest_of(("a", "b"), ("c",)) != digest_of(("a",), ("b", "c"))
