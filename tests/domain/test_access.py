"""Accounts and devices. Time here is machine time."""

from datetime import timedelta

import pytest

from access.accounts import check_password, note_sign_in
from access.devices import (
    codes_locked,
    device_by_secret,
    forget_wrong_codes,
    make_device,
    note_wrong_code,
    pair,
    revoke,
)  # fmt: skip
from access.models import Account, Device
from access.refusals import PairingFailed, SignInFailed, SignInPaused
from access.rights import RIGHTS, Right, Role
from foundation.facts import SYSTEM
from scheduling.models import Centre
from tests.build import NOW, PASSWORD, World


def fail(world: World, now, login: str = "ahorn") -> None:
    with world.database.reading() as session, pytest.raises(SignInFailed) as failed:
        check_password(session, login, "wrong", now)
    if failed.value.trace:
        with world.database.transaction(SYSTEM, now) as tx:
            failed.value.trace(tx)


def test_the_right_password_opens_and_forgets_failed_tries(world: World):
    fail(world, NOW)
    with world.database.reading() as session:
        account = check_password(session, "ahorn", PASSWORD, NOW)
    with world.database.transaction(SYSTEM, NOW) as tx:
        note_sign_in(tx, account)
        assert tx.session.get_one(Account, account.id).failed_sign_ins == 0


def test_five_wrong_passwords_pause_the_account_for_a_minute_never_for_good(world: World):
    for _ in range(5):
        fail(world, NOW)
    with world.database.reading() as session:
        with pytest.raises(SignInPaused):
            check_password(session, "ahorn", PASSWORD, NOW + timedelta(seconds=59))
        assert check_password(session, "ahorn", PASSWORD, NOW + timedelta(seconds=61)).login == "ahorn"


def test_an_unknown_name_looks_like_a_wrong_password(world: World):
    fail(world, NOW, "nobody")


def test_a_closed_account_opens_nothing(world: World):
    with world.database.transaction(SYSTEM, NOW) as tx:
        tx.session.query(Account).filter_by(login="ahorn").one().active = False
    with world.database.reading() as session, pytest.raises(SignInFailed):
        check_password(session, "ahorn", PASSWORD, NOW)


def paired(world: World, kind: str = "kiosk") -> tuple[int, str]:
    with world.database.transaction(SYSTEM, NOW) as tx:
        _, code = make_device(tx, kind, tx.session.get_one(Centre, world.centre), "Kiosk 1")
        device, secret = pair(tx, code)
        with pytest.raises(PairingFailed):
            pair(tx, code)
        return device.id, secret


def test_a_pairing_code_works_once_and_for_a_quarter_of_an_hour(world: World):
    paired(world)
    with world.database.transaction(SYSTEM, NOW) as tx:
        _, code = make_device(tx, "kiosk", tx.session.get_one(Centre, world.centre), "Kiosk 2")
    for wrong, now in ((code, NOW + timedelta(minutes=16)), ("12345678", NOW)):
        with pytest.raises(PairingFailed), world.database.transaction(SYSTEM, now) as tx:
            pair(tx, wrong)


def test_a_device_is_known_by_its_secret_for_its_kind_only_until_revoked(world: World):
    device_id, secret = paired(world)
    with world.database.reading() as session:
        assert device_by_secret(session, "kiosk", secret).id == device_id
        assert device_by_secret(session, "display", secret) is None
        assert device_by_secret(session, "kiosk", "") is None
    with world.database.transaction(SYSTEM, NOW) as tx:
        revoke(tx, tx.session.get_one(Device, device_id))
    with world.database.reading() as session:
        assert device_by_secret(session, "kiosk", secret) is None


def test_wrong_codes_rest_the_code_pane_for_one_minute_then_ten(world: World):
    device_id, _ = paired(world)

    def wrong(times: int) -> Device:
        for _ in range(times):
            with world.database.transaction(SYSTEM, NOW) as tx:
                note_wrong_code(tx, device_id, NOW)
        with world.database.reading() as session:
            return session.get_one(Device, device_id)

    assert not codes_locked(wrong(4), NOW)
    five = wrong(1)
    assert codes_locked(five, NOW + timedelta(seconds=59))
    assert not codes_locked(five, NOW + timedelta(seconds=60))
    assert codes_locked(wrong(5), NOW + timedelta(minutes=9))
    with world.database.transaction(SYSTEM, NOW) as tx:
        forget_wrong_codes(tx, device_id)
    still_the_same_day = wrong(50)
    assert codes_locked(still_the_same_day, NOW + timedelta(hours=12))
    assert not codes_locked(still_the_same_day, NOW + timedelta(days=1))


def test_a_right_code_ends_the_row_of_wrong_ones(world: World):
    device_id, _ = paired(world)
    for _ in range(2):
        for _ in range(4):
            with world.database.transaction(SYSTEM, NOW) as tx:
                note_wrong_code(tx, device_id, NOW)
        with world.database.transaction(SYSTEM, NOW) as tx:
            forget_wrong_codes(tx, device_id)
    with world.database.reading() as session:
        assert not codes_locked(session.get_one(Device, device_id), NOW)


def test_district_lead_and_admin_see_no_client():
    client_rights = {Right.SEE_DAY, Right.CALL, Right.RECEIVE}
    assert not RIGHTS[Role.DISTRICT_LEAD] & client_rights
    assert not RIGHTS[Role.ADMIN] & client_rights
    assert set(RIGHTS) == set(Role)
