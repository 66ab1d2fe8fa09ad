"""Heartbeats, screens and house messages. Time here is machine time."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from access.devices import make_device, note_wrong_code, pair, revoke
from access.heartbeat import BEAT, SILENT_AFTER, devices_in_trouble, has_many_wrong_codes, is_due, note_beat
from access.house_messages import choose_messages, chosen_messages, messages_on
from access.models import Device
from access.refusals import LineTooOdd
from access.screens import change_screen, note_measured, show_line, shows_line, true_ppi
from foundation.db import change_tag
from foundation.facts import SYSTEM, Fact
from scheduling.models import Centre
from tests.build import MONDAY, NOW, World

SECOND = timedelta(seconds=1)


def paired(world: World, kind: str = "kiosk", centre: int | None = None) -> int:
    with world.database.transaction(SYSTEM, NOW) as tx:
        _, code = make_device(tx, kind, tx.session.get_one(Centre, centre or world.centre), f"{kind} A")
        return pair(tx, code)[0].id


def beat(world: World, device_id: int, now) -> None:
    with world.database.transaction(SYSTEM, now) as tx:
        note_beat(tx, device_id, "v1", now)


def in_trouble(world: World, now) -> list[int]:
    with world.database.reading() as session:
        return [device.id for device in devices_in_trouble(session, world.centre, now)]


def state(world: World) -> tuple[int, int]:
    with world.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Fact)) or 0, change_tag(
            session, f"centre:{world.centre}"
        )


def test_a_heartbeat_is_no_fact_and_redraws_no_page(world: World):
    device_id, before = paired(world), state(world)
    beat(world, device_id, NOW + BEAT)
    assert state(world)[1] == before[1]
    assert state(world)[0] == before[0]


def test_a_heartbeat_is_written_once_in_fifteen_seconds_or_when_the_version_is_new(world: World):
    device_id = paired(world)
    beat(world, device_id, NOW)
    with world.database.reading() as session:
        device = session.get_one(Device, device_id)
        assert not is_due(device, "v1", NOW + BEAT - SECOND)
        assert is_due(device, "v1", NOW + BEAT)
        assert is_due(device, "v2", NOW + SECOND)


def test_a_kiosk_not_heard_for_45_seconds_is_silent_until_it_is_heard_again(world: World):
    device_id = paired(world)
    assert in_trouble(world, NOW + SILENT_AFTER - SECOND) == []
    assert in_trouble(world, NOW + SILENT_AFTER) == [device_id]
    beat(world, device_id, NOW + 2 * SILENT_AFTER)
    assert in_trouble(world, NOW + 2 * SILENT_AFTER + SECOND) == []


def test_nobody_misses_a_device_of_another_centre_one_never_paired_or_one_revoked(world: World):
    paired(world, centre=world.other_centre)
    gone = paired(world, "display")
    with world.database.transaction(SYSTEM, NOW) as tx:
        make_device(tx, "kiosk", tx.session.get_one(Centre, world.centre), "B")
        revoke(tx, tx.session.get_one(Device, gone))
    assert in_trouble(world, NOW + timedelta(days=1)) == []


def test_ten_wrong_codes_in_a_row_are_told_to_the_desk_five_are_not(world: World):
    device_id = paired(world)
    for n in range(1, 11):
        with world.database.transaction(SYSTEM, NOW) as tx:
            note_wrong_code(tx, device_id, NOW)
        assert in_trouble(world, NOW) == ([device_id] if n == 10 else [])
    with world.database.reading() as session:
        device = session.get_one(Device, device_id)
        assert has_many_wrong_codes(device, NOW)
        assert not has_many_wrong_codes(device, NOW + timedelta(minutes=10))


@pytest.mark.parametrize(("ppi", "millimetres", "true"), [(96, 100, 96), (96, 50, 192), (192, 100, 192), (96, 96, 100)])
def test_a_measured_line_tells_how_large_an_inch_is(ppi: int, millimetres: int, true: int):
    assert true_ppi(ppi, millimetres) == true


def test_a_line_nobody_can_have_measured_changes_nothing(world: World):
    device_id = paired(world)
    for odd in (0, 5, 999):
        with pytest.raises(LineTooOdd), world.database.transaction(SYSTEM, NOW) as tx:
            note_measured(tx, tx.session.get_one(Device, device_id), odd)
    with world.database.reading() as session:
        assert session.get_one(Device, device_id).ppi == 96


def test_the_line_is_shown_for_five_minutes_and_a_kiosk_keeps_its_name_unless_given_one(world: World):
    device_id = paired(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        device = tx.session.get_one(Device, device_id)
        show_line(tx, device)
        change_screen(tx, device, "", low=True, prints=False)
    with world.database.reading() as session:
        device = session.get_one(Device, device_id)
        assert (device.name, device.low) == ("kiosk A", True)
        assert shows_line(device, NOW + timedelta(minutes=4))
        assert not shows_line(device, NOW + timedelta(minutes=5))


def test_a_house_message_is_shown_to_the_end_of_its_day_and_unknown_ones_never(world: World):
    tomorrow = MONDAY + timedelta(days=1)
    with world.database.transaction(SYSTEM, NOW) as tx:
        centre = tx.session.get_one(Centre, world.centre)
        choose_messages(tx, centre, {"water": tomorrow, "by_appointment": MONDAY, "about Lila": tomorrow})
    with world.database.reading() as session:
        centre = session.get_one(Centre, world.centre)
        assert set(chosen_messages(session, centre)) == {"water", "by_appointment"}
        assert len(messages_on(session, centre, MONDAY)) == 2
        assert messages_on(session, centre, tomorrow) == ["Wasser und Toilette: Fragen Sie am Empfang."]
        assert messages_on(session, session.get_one(Centre, world.other_centre), MONDAY) == []


def test_new_house_messages_redraw_the_display_and_replace_the_old_ones(world: World):
    before = state(world)[1]
    for chosen in ({"water": MONDAY}, {"children": MONDAY}):
        with world.database.transaction(SYSTEM, NOW) as tx:
            choose_messages(tx, tx.session.get_one(Centre, world.centre), chosen)
    assert state(world)[1] == before + 2
    with world.database.reading() as session:
        assert set(chosen_messages(session, session.get_one(Centre, world.centre))) == {"children"}
